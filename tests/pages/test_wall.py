"""The wall of the history: it asks its database no more than it must."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.domain.request import parse_request
from core.library.library import Library
from core.wiring import Studio


@pytest.fixture
def finds(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The pages that were looked for."""
    asked: list[object] = []
    find = Library.find

    def noted(self: Library, query: object, **options: object) -> object:
        asked.append(query)
        return find(self, query, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Library, "find", noted)
    return asked


def test_a_visit_looks_for_its_page_once_even_while_pictures_are_made(
    app: AppTest, opened: Studio, finds: list[object]
) -> None:
    opened.service.ask(parse_request({"prompt": "a boat"}))
    app.run()

    app.switch_page("pages/history.py").run()

    assert not app.exception
    assert "1 of 1 shown" in [caption.value for caption in app.caption]
    assert len(finds) == 1


def test_a_wall_that_moved_is_drawn_anew_once_all_is_made(
    app: AppTest, opened: Studio, finds: list[object]
) -> None:
    asked = opened.service.ask(parse_request({"prompt": "a boat"}))
    app.run()
    app.switch_page("pages/history.py").run()
    opened.decisions.cancel(asked.id)
    finds.clear()

    app.run()

    assert not app.exception
    assert len(finds) == 1


@pytest.mark.parametrize(
    "number", ["123", "9" * 19, "none"], ids=["unused", "too large", "no number"]
)
def test_a_link_to_no_picture_says_so(app: AppTest, number: str) -> None:
    for way in ("picture", "review", "detail"):
        app.run()
        app.query_params[way] = number
        app.switch_page("pages/history.py").run()
        assert [one.value for one in app.error if "leads to no picture" in one.value]
        assert not app.exception
