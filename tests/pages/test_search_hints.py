"""A search that finds nothing, or that names no field, offers what may have been meant."""

from __future__ import annotations

import html

from streamlit.testing.v1 import AppTest

from core.wiring import Studio
from tests.pages.making import make


def said(app: AppTest) -> str:
    return " ".join(html.unescape(element.proto.body) for element in app.get("html"))


def test_longer_words_are_offered_where_a_search_finds_nothing(
    app: AppTest, opened: Studio
) -> None:
    make(opened, "a copper kettle")
    app.run()
    app.switch_page("pages/history.py").run()
    app.text_input(key="history_search").set_value("kettl").run()

    assert app.button(key="history_longer").label.startswith("Search kettl")
    app.button(key="history_longer").click().run()

    assert app.text_input(key="history_search").value == "kettl*"
    assert "history_longer" not in {button.key for button in app.button}
    app.text_input(key="history_search").set_value("kettlx").run()
    assert "history_longer" not in {button.key for button in app.button}
    app.text_input(key="history_search").set_value("a lightning:soft").run()
    assert 'There is no field "lightning"' in said(app)
    app.button(key="history_use_0").click().run()
    assert app.text_input(key="history_search").value == "a lighting:soft"
    assert not app.exception
