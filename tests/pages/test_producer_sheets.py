"""Three producers' spreadsheets, as messy as real ones, go from drop to Start on the page."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from tests.intake.producers import ProducerSheet, producer_sheets

SHEETS = producer_sheets()


def keys(app: AppTest) -> set[str]:
    return {str(button.key) for button in app.button}


@pytest.mark.parametrize("sheet", SHEETS, ids=[one.name for one in SHEETS])
def test_a_messy_sheet_is_started_by_presses_alone(app: AppTest, sheet: ProducerSheet) -> None:
    app.run()
    app.switch_page("pages/batch.py").run()
    app.file_uploader(key="batch_file").set_value((sheet.name, sheet.content, "")).run()
    if sheet.encoding:
        app.button(key=f"batch_encoding_{sheet.encoding}").click().run()
    for code in sheet.questions:
        app.button(key=f"batch_answer_{code}").click().run()
        assert not app.exception
    if sheet.accepts:
        app.button(key="batch_accept_0").click().run()

    (ready,) = [table.value for table in app.dataframe if "Row" in table.value]
    assert tuple(ready["Prompt"]) == sheet.prompts
    assert "batch_start" in keys(app)
    app.button(key="batch_start").click().run()
    assert not app.exception
    assert "batch_start" not in keys(app)
