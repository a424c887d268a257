"""A press that comes together with a change is never carried out as it was before the change."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from core.wiring import Studio
from pages.parts.shared import safe_text
from pages.parts.shared.session import CHANGED_JUST_NOW
from tests.pages.making import make


def test_a_batch_is_not_started_with_choices_that_were_changed_just_before(
    app: AppTest, opened: Studio
) -> None:
    app.run()
    app.switch_page("pages/batch.py").run()
    app.text_area(key="batch_paste").set_value("a red boat\na blue boat").run()
    app.button(key="batch_check").click().run()

    app.selectbox(key="batch_resolution").set_value("draft")
    app.button(key="batch_start").click().run()

    assert not app.exception
    assert opened.batches.newest(limit=2) == []
    assert any(safe_text.as_label(CHANGED_JUST_NOW) in str(part.value) for part in app.error)

    app.button(key="batch_start").click().run()

    (started,) = opened.batches.newest(limit=2)
    lines = opened.batches.lines(started.batch.id, limit=5)
    assert [line.request["resolution"] for line in lines] == ["draft", "draft"]


def test_a_picture_is_refined_as_the_instruction_reads_now(app: AppTest, opened: Studio) -> None:
    boat = make(opened, "a red boat")
    app.query_params["detail"] = str(boat.id)
    app.run()
    app.switch_page("pages/history.py").run()
    instruction = f"instruction_{boat.id}"
    app.text_input(key=instruction).set_value("make it night").run()

    app.text_input(key=instruction).set_value("make it dawn")
    app.button(key="refine_make").click().run()

    assert not app.exception
    newest = opened.service.newest(limit=1)[0]
    assert (newest.parent_id, newest.instruction) == (boat.id, "make it dawn")
