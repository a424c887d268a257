"""A draft on the page: found again by its link, shared by windows, and told when it is gone."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from core.wiring import studio

FRESH = "pages/batch.py"


def pasted(app: AppTest, text: str) -> str:
    """Paste prompts, and return the draft that the address names then."""
    app.run()
    app.switch_page(FRESH).run()
    app.text_area(key="batch_paste").set_value(text).run()
    app.button(key="batch_check").click().run()
    assert not app.exception
    draft = app.query_params["draft"]
    return draft if isinstance(draft, str) else str(draft[0])


def opened(app: AppTest, draft: str) -> AppTest:
    """Open the link in another window."""
    app.run()
    app.query_params["draft"] = draft
    return app.switch_page(FRESH).run()


def prompts(app: AppTest) -> list[str]:
    return list(app.dataframe[0].value["prompt"])


def test_a_mended_draft_is_there_in_another_window(app: AppTest, other: AppTest) -> None:
    draft = pasted(app, "1. a kettle\n2. a mug")
    app.button(key="batch_answer_list_marks").click().run()

    assert prompts(opened(other, draft)) == ["a kettle", "a mug"]
    # and a window that shows it as it was reads it anew
    other.selectbox(key="batch_column_prompt").set_value(None).run()
    app.run()
    assert app.selectbox(key="batch_column_prompt").value is None
    assert not app.exception


def test_a_draft_that_is_gone_says_so_and_starts_nothing(app: AppTest, other: AppTest) -> None:
    draft = pasted(app, "a kettle\na mug")
    opened(other, draft)
    app.button(key="batch_start").click().run()
    assert "draft" not in app.query_params

    other.button(key="batch_start").click().run()

    assert any("not kept any more" in one.value for one in other.error)
    assert len(studio().batches.newest(limit=5)) == 1
    assert not other.exception


def test_a_link_to_no_draft_says_so(app: AppTest) -> None:
    for wrong in ("123", "none", "9" * 19):
        opened(app, wrong)
        assert [one.value for one in app.error if "not kept any more" in one.value]
        assert app.text_area(key="batch_paste") is not None


def test_a_link_to_no_batch_says_so_until_something_else_is_begun(app: AppTest) -> None:
    for wrong in ("123", "nothing", "9" * 19):
        app.run()
        app.query_params["batch"] = wrong
        app.switch_page(FRESH).run()
        assert [one.value for one in app.error if "There is no batch" in one.value]

    app.text_area(key="batch_paste").set_value("a kettle").run()
    app.button(key="batch_check").click().run()
    assert not [one for one in app.error if "There is no batch" in one.value]
    assert not app.exception
