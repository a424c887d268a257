"""A picture already owned is offered before anything is made or paid."""

from __future__ import annotations

import pytest
from sqlalchemy import delete
from streamlit.testing.v1 import AppTest

from core.domain.states import State
from core.tables.cache import CacheEntryRow
from core.wiring import Studio
from tests.pages.making import make


def buttons(app: AppTest) -> set[str]:
    return {str(button.key) for button in app.button}


def captions(app: AppTest) -> str:
    return " ".join(str(part.value) for part in app.caption)


@pytest.fixture
def filled(app: AppTest, opened: Studio) -> AppTest:
    make(opened, "a red boat", seed=None)
    app.run()
    app.text_area(key="prompt").set_value("a red boat").run()
    return app


def test_an_owned_picture_is_offered_for_nothing_or_as_a_new_variation(filled: AppTest) -> None:
    assert not filled.exception
    assert "You own this picture" in captions(filled)
    assert {"reuse", "variation"} <= buttons(filled)


def test_reusing_shows_the_owned_picture_and_makes_nothing(filled: AppTest, opened: Studio) -> None:
    filled.button(key="reuse").click().run()
    assert not filled.exception

    reused, first = opened.service.newest(limit=5)
    assert (reused.cached, first.cached) == (True, False)
    assert reused.image_sha256 == first.image_sha256
    assert filled.query_params["shown"] == str(reused.id)
    assert "reuse" not in buttons(filled)
    assert "variation" in buttons(filled)


def test_a_new_variation_is_another_seed_that_is_made_once(filled: AppTest, opened: Studio) -> None:
    filled.button(key="variation").click().run()
    assert not filled.exception

    queued, first = opened.service.newest(limit=5)
    assert queued.state is State.QUEUED
    assert queued.prompt == first.prompt
    assert queued.seed != first.seed
    assert not {"reuse", "variation"} & buttons(filled)


@pytest.mark.parametrize("button", ["reuse", "generate"])
def test_what_was_offered_for_nothing_is_never_paid_unasked(
    filled: AppTest, opened: Studio, button: str
) -> None:
    # another process clears the cache after this page was drawn
    with opened.database.writing() as session:
        session.execute(delete(CacheEntryRow))

    filled.button(key=button).click().run()
    assert not filled.exception

    assert len(opened.service.newest(limit=5)) == 1
    assert "no longer kept" in filled.error[0].value
    assert "You own" not in captions(filled)

    filled.button(key="generate").click().run()

    assert opened.service.newest(limit=5)[0].state is State.QUEUED


@pytest.mark.parametrize("key", ["seed", "lighting", "use_cache"])
def test_another_request_is_not_offered_this_picture(filled: AppTest, key: str) -> None:
    if key == "seed":
        filled.number_input(key="seed").set_value(5).run()
    elif key == "lighting":
        filled.selectbox(key="lighting").set_value("studio").run()
    else:
        filled.toggle(key="use_cache").set_value(False).run()

    assert "You own" not in captions(filled)
    assert not {"reuse", "variation"} & buttons(filled)


def test_a_picture_whose_file_is_gone_is_told_as_missing_and_made_for_its_price(
    filled: AppTest, opened: Studio
) -> None:
    filled.button(key="reuse").click().run()
    (shown, _) = opened.service.newest(limit=5)
    assert not filled.warning
    opened.service.picture_file(shown).path.unlink()

    filled.run()

    assert not filled.exception
    assert "The file of this picture is missing." in filled.warning[0].value
    assert "You own" not in captions(filled)
    assert f"download_{shown.id}" not in buttons(filled)

    filled.button(key="generate").click().run()
    assert not filled.exception

    newest = opened.service.newest(limit=5)[0]
    assert (newest.state, newest.cached) == (State.QUEUED, False)
