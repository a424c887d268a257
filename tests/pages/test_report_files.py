"""Every file of the public reports has its right outcome on the page, gone through in one tab."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.wiring import studio
from tests.intake.report_cases import CASES, ReportCase, names_of
from tests.pages.conftest import APP
from tests.shared import needs_shared, shared

pytestmark = needs_shared


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppTest]:
    """One tab on the page of batches, which goes from file to file."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FIBO_DATA_DIR", str(tmp_path_factory.mktemp("reports")))
        studio.cache_clear()
        running = studio()
        app = AppTest.from_file(APP, default_timeout=120)
        app.run()
        app.switch_page("pages/batch.py").run()
        yield app
        running.close()
        studio.cache_clear()


def drop(app: AppTest, path: Path) -> None:
    """Upload a file in a tab, in the place of the one before."""
    if any(button.key == "batch_give_up" for button in app.button):
        app.button(key="batch_give_up").click().run()
    if path.suffix == ".txt":
        app.text_area(key="batch_paste").set_value(path.read_text()).run()
        app.button(key="batch_check").click().run()
    else:
        app.file_uploader(key="batch_file").set_value((path.name, path.read_bytes(), "")).run()


def said(app: AppTest) -> str:
    """Return all that stands on the page."""
    bodies = [html.unescape(element.proto.body) for element in app.get("html")]
    labels = [button.label for button in app.button]
    errors = [re.sub(r"\\(.)", r"\1", str(error.value)) for error in app.error]
    return " ".join((*bodies, *labels, *errors))


def ready(app: AppTest) -> tuple[str, ...]:
    """Return the prompts of the rows that Start would start."""
    shown = [table.value for table in app.dataframe if "Prompt" in table.value]
    return tuple(shown[0]["Prompt"]) if shown else ()


@pytest.mark.parametrize("case", CASES, ids=names_of(CASES))
def test_each_file_is_told_about_and_can_be_started_after_one_press(
    tab: AppTest, case: ReportCase
) -> None:
    drop(tab, shared(f"data/reports/{case.name}"))

    assert not tab.exception
    page = said(tab)
    for words in (case.refused, *case.says):
        assert words in page
    if case.before is not None:
        assert len(ready(tab)) == case.before
    if case.question:
        kind = "other" if case.other else "answer"
        accept = "batch_accept_all"
        key = accept if case.question == "accept_all" else f"batch_{kind}_{case.question}"
        tab.button(key=key).click().run()
        assert not tab.exception
        assert key not in {button.key for button in tab.button}
    if case.ready:
        assert ready(tab) == case.prompts
        assert "batch_start" in {button.key for button in tab.button}
