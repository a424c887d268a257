"""Every file of the public reports has its right outcome by REST."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.intake.report_cases import CASES, ReportCase, names_of
from tests.shared import needs_shared, shared
from tests.web.api.sending import send

pytestmark = needs_shared


def check(client: TestClient, case: ReportCase, **answers: Any) -> Any:
    content = shared(f"data/reports/{case.name}").read_bytes()
    form = {name: str(value) for name, value in answers.items()}
    return send(client, "/api/batches/check", content, name=case.name, **form)


@pytest.mark.parametrize("case", CASES, ids=names_of(CASES))
def test_each_file_is_told_about_and_can_be_started_after_its_answer(
    client: TestClient, case: ReportCase
) -> None:
    answer = check(client, case)

    if case.refused:
        assert answer.status_code == 422
        assert answer.json()["error"]["message"].startswith(case.refused)
        return
    found = answer.json()
    said = [one["message"] for kind in ("questions", "notices", "errors") for one in found[kind]]
    said += [one["suggestion"] or "" for one in found["errors"]]
    for words in case.says:
        assert any(words in sentence for sentence in said), (words, said)
    if case.before is not None:
        assert found["valid"] == case.before
    if case.question == "accept_all":
        assert [error["suggestion"] for error in found["errors"]] == [
            prompt.removeprefix("kettle ") for prompt in case.prompts
        ]
        return
    if case.question:
        (asked,) = [one for one in found["questions"] if one["code"] == case.question]
        found = check(client, case, **asked["other_answer" if case.other else "answer"]).json()
        assert all(one["code"] != case.question for one in found["questions"])
    if case.ready:
        assert (found["valid"], found["rows"], found["errors"]) == (case.ready, case.ready, [])


def test_equal_rows_become_pictures_of_their_own_that_are_paid_for_once(client: TestClient) -> None:
    content = b"prompt,engine\n" + b"a kettle,preview\n" * 3
    once, all_three = (
        send(client, "/api/batches/check", content, equal_rows=answer).json()
        for answer in ("once", "variations")
    )

    assert (once["paying"], all_three["paying"]) == (1, 3)
    assert all_three["duplicates"] == []
    assert send(client, "/api/batches/check", content, equal_rows="twice").status_code == 422


def test_a_column_of_variations_asks_for_so_many_pictures_of_its_row(client: TestClient) -> None:
    content = b"row_id,prompt,variations\nkettle,a kettle,3\nmug,a mug,\n"

    found = send(client, "/api/batches/check", content).json()

    assert (found["rows"], found["valid"], found["paying"]) == (4, 4, 4)
    assert '2 rows become 4 by the column "variations".' in [
        notice["message"] for notice in found["notices"]
    ]
