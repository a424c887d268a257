"""Three producers' spreadsheets, as messy as real ones, go from upload to Start by REST."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.intake.producers import ProducerSheet, producer_sheets
from tests.web.api.sending import send

SHEETS = producer_sheets()


@pytest.mark.parametrize("sheet", SHEETS, ids=[one.name for one in SHEETS])
def test_a_messy_sheet_is_ready_once_its_questions_are_answered(
    client: TestClient, sheet: ProducerSheet
) -> None:
    form = {"encoding": sheet.encoding} if sheet.encoding else {}
    found: dict[str, Any] = {}
    said: list[str] = []
    for code in ("", *sheet.questions):
        if code:
            (asked,) = [one for one in found["questions"] if one["code"] == code]
            if "sheet" in asked["answer"]:
                form = {}
            form |= {name: str(value) for name, value in asked["answer"].items()}
        found = send(client, "/api/batches/check", sheet.content, name=sheet.name, **form).json()
        assert "error" not in found, found
        said += [one["message"] for kind in ("questions", "notices") for one in found[kind]]

    for words in sheet.says:
        assert any(words in sentence for sentence in said), words
    assert [error["suggestion"] for error in found["errors"]] == ["soft"] * sheet.accepts
    assert found["rows"] == len(sheet.prompts)
    assert found["valid"] == len(sheet.prompts) - sheet.accepts
    if not sheet.accepts:
        started = send(client, "/api/batches", sheet.content, name=sheet.name, **form)
        assert started.status_code == 202, started.json()
        client.post(f"/api/batches/{started.json()['id']}/cancel")
