"""The wall of pictures with its viewer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from pages.components.scripts import loader, styles
from pages.parts.shared.addresses import of_own_file


def draw_library(data: Mapping[str, Any], *, key: str, on_acts: Callable[[], None]) -> None:
    """Draw pictures as a wall; what is done there comes as `acts` of the widget's value.

    `data` is what pages/components/library/library.js reads. `on_acts` is called before the page
    is drawn anew, with the acts in the session state under `key`.
    """
    component = st.components.v2.component(
        "library",
        html='<div class="library"></div>',
        css=styles("library"),
        js=loader("library", of_own_file("")),
    )
    component(key=key, data=dict(data), on_acts_change=on_acts)
