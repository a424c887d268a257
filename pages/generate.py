"""Describe a picture, press Generate, see it."""

import streamlit as st

from pages.parts import session
from pages.parts.asking import draw_generate_button, draw_problems, shown_generation
from pages.parts.drafting import draw_draft
from pages.parts.picture import draw_picture, draw_recipe
from pages.parts.progress import draw_progress, draw_welcome
from pages.parts.shot_form import draw_shot_form

shown = shown_generation()
controls, stage = st.columns([0.36, 0.64], gap="large")

with controls, st.container(key="controls"):
    draw_shot_form(shown)
    draw_generate_button(shown)
    draw_problems(session.problems())
    if shown is not None:
        draw_draft()

with stage, st.container(key="stage"):
    if shown is None:
        if not draw_draft():
            draw_welcome()
    elif shown.image_sha256 is None:
        draw_progress(shown)
    else:
        draw_picture(shown)
        draw_recipe(shown)
