"""The pages as Streamlit runs them, without a browser and without a worker."""

from __future__ import annotations

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.domain.states import State
from core.errors import EngineError
from core.wiring import Studio
from tests.fakes.engine import PaintedEngine
from tests.pages.making import make
from tests.records.little_history import add_pictures


def captions(app: AppTest) -> str:
    return " ".join(str(part.value) for part in app.caption)


def test_an_empty_studio_offers_three_shots_to_begin_with(app: AppTest) -> None:
    app.run()
    assert not app.exception
    assert app.subheader[0].value == "Describe a picture, or begin with one of these"

    app.button(key="open_sample_0").click().run()

    assert app.text_area(key="prompt").value == "a woman in a teal coat on a city street"
    assert app.selectbox(key="lighting").value == "golden-hour"
    assert app.selectbox(key="style").value is None
    assert not app.subheader


def test_every_page_has_its_name_as_a_heading(app: AppTest) -> None:
    app.run()

    assert "<h1>Generate</h1>" in [element.proto.body for element in app.get("html")]


def test_a_press_on_generate_is_one_queued_row_with_the_whole_form(
    app: AppTest, opened: Studio
) -> None:
    app.run()
    app.text_area(key="prompt").set_value("a red boat").run()
    app.segmented_control(key="mode").set_value("manual").run()
    app.selectbox(key="fov").set_value("wide").run()
    app.selectbox(key="aspect_ratio").set_value("16:9").run()
    app.number_input(key="seed").set_value(42).run()
    app.button(key="generate").click().run()
    assert not app.exception

    (asked,) = opened.service.newest(limit=5)
    assert asked.state is State.QUEUED
    assert (asked.prompt, asked.mode, asked.seed) == ("a red boat", "manual", 42)
    assert (asked.parameters, asked.aspect_ratio) == ({"fov": "wide"}, "16:9")

    app.button(key="generate").click().run()
    assert len(opened.service.newest(limit=5)) == 1


def test_a_finished_picture_is_shown_with_its_facts_and_not_asked_again(
    app: AppTest, opened: Studio
) -> None:
    made = make(opened, "a red boat")
    app.query_params["shown"] = str(made.id)
    app.query_params["prompt"] = "a red boat"
    app.query_params["seed"] = str(made.seed)
    app.run()
    assert not app.exception
    assert "64 × 64 px" in " ".join(str(part.proto) for part in app.get("html"))

    app.button(key="generate").click().run()

    assert opened.service.newest(limit=5) == [made]


def test_a_failed_picture_says_why_and_what_it_cost(app: AppTest, opened: Studio) -> None:
    engine = PaintedEngine()
    engine.failures = [EngineError("The lamp broke.")]
    failed = make(opened, "a red boat", engine)
    app.query_params["shown"] = str(failed.id)

    app.run()

    assert "The lamp broke. Cost: free. Press Generate" in app.error[0].value


def test_keep_pins_the_seed_of_the_picture_shown(app: AppTest, opened: Studio) -> None:
    made = make(opened, "a red boat")
    app.query_params["shown"] = str(made.id)
    app.run()

    app.button(key="keep_seed").click().run()

    assert app.number_input(key="seed").value == made.seed
    app.button(key="new_seed").click().run()
    assert app.number_input(key="seed").value not in {None, made.seed}


@pytest.mark.parametrize("shown", ["12345", "x", "-1", "9" * 30, "<b>"])
def test_an_address_that_names_no_picture_shows_the_form(app: AppTest, shown: str) -> None:
    app.query_params["shown"] = shown
    app.run()

    assert not app.exception
    assert app.button(key="generate").label == "Generate"


def test_the_history_is_empty_then_teaches(app: AppTest) -> None:
    app.run()
    app.switch_page("pages/history.py").run()

    assert not app.exception
    assert app.subheader[0].value == "Nothing here yet"


def wall(app: AppTest) -> dict[str, Any]:
    """Return what the wall was told."""
    (component,) = app.get("bidi_component")
    told: dict[str, Any] = json.loads(component.proto.json)
    return told


def test_the_wall_begins_with_sixty_and_any_place_has_an_address(
    app: AppTest, opened: Studio
) -> None:
    newest_first = [
        str(number)
        for number in reversed(add_pictures(opened, *({"prompt": f"boat {n}"} for n in range(150))))
    ]
    app.run()
    app.switch_page("pages/history.py").run()
    assert not app.exception
    first = wall(app)
    assert [tile["id"] for tile in first["tiles"]] == newest_first[:60]
    assert (first["first"], first["total"]) == (0, "150")
    assert (first["hasNewer"], first["hasOlder"]) == (False, True)

    app.query_params["before"] = newest_first[99]
    app.run()
    second = wall(app)
    assert [tile["id"] for tile in second["tiles"]] == newest_first[100:]
    assert (second["first"], second["hasNewer"], second["hasOlder"]) == (100, True, False)


@pytest.mark.parametrize("way", ["picture", "review", "cull"])
def test_an_old_link_opens_the_viewer_where_the_picture_is(
    app: AppTest, opened: Studio, way: str
) -> None:
    ids = add_pictures(opened, *({"prompt": f"boat {n}"} for n in range(150)))
    app.query_params[way] = str(ids[20])
    app.run()
    app.switch_page("pages/history.py").run()

    told = wall(app)
    assert told["opened"] == {
        "way": "picture" if way == "picture" else "review",
        "id": str(ids[20]),
    }
    shown = [tile["id"] for tile in told["tiles"]]
    assert shown == [str(number) for number in reversed(ids[:81])]
    assert told["first"] + shown.index(str(ids[20])) == 129
    assert told["details"]["id"] == str(ids[20])


def test_a_picture_that_the_line_does_not_find_is_shown_all_the_same(
    app: AppTest, opened: Studio
) -> None:
    ids = add_pictures(opened, *({"prompt": f"boat {n}"} for n in range(3)))
    opened.library.throw_away([ids[1]])
    app.query_params["picture"] = str(ids[1])
    app.run()
    app.switch_page("pages/history.py").run()

    told = wall(app)
    assert [tile["id"] for tile in told["tiles"]] == [str(number) for number in reversed(ids)]
    assert told["details"]["isTrashed"] is True


def test_a_link_to_no_picture_shows_the_wall(app: AppTest, opened: Studio) -> None:
    add_pictures(opened, {"prompt": "a boat"})
    app.query_params["picture"] = "4711"
    app.run()
    app.switch_page("pages/history.py").run()

    assert not app.exception
    assert wall(app)["opened"] is None


def test_a_picture_opens_with_its_recipe(app: AppTest, opened: Studio) -> None:
    made = make(opened, "a red boat")
    app.query_params["detail"] = str(made.id)
    app.run()
    app.switch_page("pages/history.py").run()

    assert not app.exception
    assert '"short_description": "a square"' in app.code[-1].value
