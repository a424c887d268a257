"""A picture's request in the form again: all of it, also what no widget shows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit
from hypothesis import HealthCheck, given, settings
from streamlit.testing.v1 import AppTest

from core.domain.request import GenerationRequest, canonical_form, parse_request
from core.library.png_recipe import read_recipe, with_recipe
from core.settings import Settings
from core.wiring import Studio, build_studio
from pages.parts.generate import recipe_import
from pages.parts.generate import state as generate_state
from pages.parts.generate.submit import read_form
from tests.fakes.engine import PaintedEngine, painted_square
from tests.pages.making import make
from tests.records.any_request import requests, seeded, store

SCENE = '{"short_description": "a red boat"}'


class Oven(PaintedEngine):
    name = "bria"


class LittleOven(PaintedEngine):
    name = "bria-lite"


@pytest.fixture
def tab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    """A tab of a studio with all engines, without a page."""
    engines = [PaintedEngine(), Oven(), LittleOven()]
    running = build_studio(Settings(FIBO_DATA_DIR=tmp_path), engines=engines)
    monkeypatch.setattr(streamlit, "session_state", {})
    monkeypatch.setattr(streamlit, "query_params", {})
    for module in (generate_state, recipe_import):
        monkeypatch.setattr(module, "studio", lambda: running)
    yield running
    running.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(requests())
def test_the_form_asks_for_just_what_a_picture_was_asked_with(
    tab: Studio, request: GenerationRequest
) -> None:
    stored = store(tab, request)

    generate_state.fill_form(stored.recipe, picture=stored.id)
    again = read_form()
    streamlit.session_state.pop("scene", None)  # a reload forgets it; its address does not

    assert canonical_form(again) == canonical_form(seeded(request, stored))
    assert canonical_form(read_form()) == canonical_form(again)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(requests())
def test_the_form_asks_for_just_what_a_dropped_png_says(
    tab: Studio, request: GenerationRequest
) -> None:
    stored = store(tab, request)
    copy = with_recipe(painted_square(3), stored, tab.service.see_detail(stored.id))

    recipe_import._fill(read_recipe(copy))

    assert canonical_form(read_form()) == canonical_form(seeded(request, stored))


def test_a_prompt_that_is_written_anew_takes_no_scene_along(tab: Studio) -> None:
    request = parse_request({"prompt": "a boat", "structured_prompt": SCENE})
    stored = store(tab, request)
    generate_state.fill_form(stored.recipe, picture=stored.id, with_seed=False)
    assert read_form().structured_prompt == SCENE

    generate_state.write_prompt("a dog", {"fov": "macro"})

    assert read_form() == parse_request({"prompt": "a dog", "fov": "macro"})


def test_a_draft_that_is_carried_is_made_whole_by_an_engine_that_makes_none(tab: Studio) -> None:
    stored = store(tab, parse_request({"prompt": "a boat", "resolution": "draft"}))
    generate_state.fill_form(stored.recipe, picture=stored.id)

    assert read_form().resolution == "draft"
    assert read_form("bria").resolution == "full"


def test_reuse_shows_the_scene_in_a_line_that_can_be_removed(app: AppTest, opened: Studio) -> None:
    made = make(opened, "a boat", structured_prompt=SCENE, instruction="make it *night*")
    app.query_params["shown"] = str(made.id)
    app.run()
    assert "drop_carried" not in {button.key for button in app.button}

    app.button(key=f"reuse_{made.id}").click().run()
    line = " ".join(element.proto.body for element in app.get("html"))
    app.text_area(key="prompt").set_value("a dog").run()
    changed = " ".join(element.proto.body for element in app.get("html"))
    app.button(key="drop_carried").click().run()

    assert f"With the scene of picture {made.id}, changed by “make it *night*”" in line
    assert "The picture follows the scene, not the new prompt" in changed
    assert "The picture follows the scene" not in line
    assert "drop_carried" not in {button.key for button in app.button}
    assert not app.exception
