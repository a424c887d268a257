"""The preview engine: draws a shot with stand-ins, real camera and real light, without any AI."""

from core.domain.reading import Reading
from core.engines.preview.png import encode_png
from core.engines.preview.renderer import render
from core.engines.preview.shot import (
    BACKGROUND_ID,
    SUBJECT_IDS,
    VERSION,
    Picture,
    Shot,
)

__all__ = [
    "BACKGROUND_ID",
    "SUBJECT_IDS",
    "VERSION",
    "Picture",
    "Reading",
    "Shot",
    "encode_png",
    "render",
]
