"""Describe a picture, press Generate, see it."""

import streamlit as st

from pages.parts.generate import state as generate_state
from pages.parts.generate.form import draw_shot_form
from pages.parts.generate.live_preview import draw_live_preview
from pages.parts.generate.progress import draw_progress
from pages.parts.generate.result import draw_picture, draw_recipe
from pages.parts.generate.submit import (
    draw_generate_button,
    draw_how_to_connect,
    draw_problems,
    shown_generation,
)
from pages.parts.generate.welcome import draw_welcome
from pages.parts.shared import session

session.enter_page("generate")
shown = shown_generation()
controls, stage = st.columns([0.38, 0.62], gap="large")

with controls, st.container(key="controls"):
    draw_shot_form(shown)
    draw_generate_button(shown)
    draw_how_to_connect()
    draw_problems(session.problems())
    if shown is not None:
        draw_live_preview(beside=shown)

with stage, st.container(key="stage"):
    if shown is not None and shown.image_sha256 is not None:
        draw_picture(shown)
        draw_recipe(shown)
    elif shown is not None:
        draw_progress(shown)
    elif generate_state.is_form_empty():
        draw_welcome()
    else:
        draw_live_preview()
