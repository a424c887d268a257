"""Every picture ever made, newest first."""

from pages.parts.gallery import draw_gallery

draw_gallery()
