"""Start from a PNG: a dropped picture fills the form, whoever made it."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest

from core.wiring import Studio
from tests.library.test_recipes import GRAPH, SETTINGS, png
from tests.pages.making import make

INVOKE = {"positive_prompt": "a kettle", "seed": 42, "width": 768, "height": 1152}
SWARM = {"prompt": "a kettle", "seed": 42, "width": 1024, "height": 1536}
FOOOCUS = {"prompt": "a kettle", "seed": "42", "resolution": "(832, 1248)"}
TOOLS = {
    "AUTOMATIC1111": {"parameters": f"a kettle\nNegative prompt: blurry\n{SETTINGS}"},
    "ComfyUI": {"prompt": json.dumps(GRAPH)},
    "InvokeAI": {"invokeai_metadata": json.dumps({**INVOKE, "negative_prompt": "blurry"})},
    "Fooocus": {
        "fooocus_scheme": "fooocus",
        "parameters": json.dumps({**FOOOCUS, "negative_prompt": "blurry"}),
    },
    "SwarmUI": {
        "parameters": json.dumps({"sui_image_params": {**SWARM, "negativeprompt": "blurry"}})
    },
}


def drop(app: AppTest, content: bytes) -> None:
    app.run()
    app.file_uploader(key="recipe_drop").set_value(("picture.png", content, "image/png")).run()
    assert not app.exception


def captions(app: AppTest) -> list[str]:
    return [str(one.value) for one in app.caption]


def form(app: AppTest) -> tuple[object, ...]:
    return (
        app.text_area(key="prompt").value,
        app.number_input(key="seed").value,
        app.selectbox(key="aspect_ratio").value,
    )


@pytest.mark.parametrize("tool", TOOLS)
def test_a_picture_of_another_tool_fills_the_form_and_tells_what_is_not_used(
    app: AppTest, tool: str
) -> None:
    drop(app, png(TOOLS[tool]))
    assert f"Made with {tool}." in captions(app)
    assert "negative prompt" in " ".join(one.proto.body for one in app.get("html"))

    app.button(key="recipe_fill").click().run()

    assert form(app) == ("a kettle", 42, "2:3")
    assert not app.exception


def test_a_picture_of_ours_is_known_by_its_bytes_and_opens(app: AppTest, opened: Studio) -> None:
    boat = make(opened, "a red boat", aspect_ratio="16:9")
    drop(app, opened.service.picture_file(boat).path.read_bytes())
    assert any("You own this very picture" in one for one in captions(app))
    assert app.button(key="recipe_open").label == "Open it"

    app.button(key="recipe_fill").click().run()

    assert form(app) == ("a red boat", boat.seed, "16:9")


def test_a_picture_without_a_recipe_says_so_until_it_is_taken_away(app: AppTest) -> None:
    drop(app, png({}))
    assert len(app.error) == 1

    app.file_uploader(key="recipe_drop").set_value(None).run()

    assert not app.error
