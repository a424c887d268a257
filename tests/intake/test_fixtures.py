"""The fixtures of batches: each file has the outcome that EXPECTED.json gives it, word for word."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.intake.cells import neutral
from core.intake.check import CheckResult, check
from core.intake.corrections import correct, suggested_fixes
from core.intake.readers import read_file
from core.intake.table import EncodingUnknownError, Table, UnreadableFileError
from core.intake.writing import write_csv
from tests.intake.tables import cells_of, with_longer_prompts
from tests.shared import SHARED, needs_shared, shared

FOLDER = shared("data/batch-fixtures")
EXPECTED: dict[str, dict[str, Any]] = (
    json.loads((FOLDER / "EXPECTED.json").read_text()) if SHARED else {}
)


def table_in(name: str) -> Table:
    return read_file(name, (FOLDER / name).read_bytes())


def result_of(name: str) -> CheckResult:
    return check(with_longer_prompts(table_in(name)))


def refusal_of(name: str) -> UnreadableFileError:
    with pytest.raises(UnreadableFileError) as refused:
        table_in(name)
    assert refused.value.advice, "a refusal says what to do"
    return refused.value


def has_rows(name: str, count: int) -> None:
    result = result_of(name)
    errors_instead = len(result.errors) if "error_or" in EXPECTED[name] else 0
    assert result.valid + errors_instead == count


def has_errors(name: str, count: int) -> None:
    assert len(result_of(name).errors) == count


def has_columns(name: str, columns: list[str]) -> None:
    assert list(table_in(name).header) == columns


def has_error_rows(name: str, lines: list[int]) -> None:
    assert [problem.line for problem in result_of(name).errors] == lines


def names_row_errors(name: str, errors: dict[str, str]) -> None:
    found = [(p.line, p.code.replace("_", " "), p.column) for p in result_of(name).errors]
    words = {int(line): said.removesuffix("s") for line, said in errors.items()}
    assert found == [(line, said, "prompt") for line, said in words.items()]


def is_refused(name: str, said: str) -> None:
    sentence = said.partition(";")[0].removeprefix("file ").removeprefix("column ")
    if "appears twice" in sentence:  # asked about since then, not refused
        (problem,) = [p for p in result_of(name).errors if p.code == "duplicate_column"]
        assert sentence.lower() in problem.message.lower()
        return
    assert sentence.lower() in refusal_of(name).message.lower()


def has_rejected(name: str, rejected: list[str] | str) -> None:
    if isinstance(rejected, str):
        is_refused(name, rejected)
        return
    result = result_of(name)
    wrong = {problem.line for problem in result.errors if problem.column == "seed"}
    assert [letter for line, letter in enumerate("abcdefghijkl", 2) if line in wrong] == rejected


def has_accepted(name: str, accepted: dict[str, int | None]) -> None:
    rows = result_of(name).rows
    assert {row.request.prompt[0]: row.request.seed for row in rows if row.request} == accepted


def is_an_array_of_two(name: str, _: str) -> None:
    assert cells_of(table_in(name)) == [("a",), ("b",)]


def keeps_commas_in_an_error(name: str, _: str) -> None:
    table = table_in(name)
    (problem,) = check(with_longer_prompts(table)).errors
    assert problem.message.startswith("The row has 2 cells but the header has 1; a comma in")
    assert (problem.line, problem.suggestion) == (2, "a red fox, in snow")
    assert cells_of(correct(table, suggested_fixes([problem])))[0] == ("a red fox, in snow",)


def exports_no_formula(name: str, _: str) -> None:
    table = table_in(name)
    written = write_csv(table)
    bare = [neutral(prompt) for (prompt,) in cells_of(table)]
    assert all(cell.startswith("'") for cell in bare)
    assert cells_of(read_file(name, written)) == cells_of(table)
    assert cells_of(table)[6] == ("\uff1d1+1",)


def is_only_said(name: str, _: str) -> None:
    """A note about policy, or what must never be; the other keys of the file hold it."""
    assert len(EXPECTED[name]) > 1


CHECKS: dict[str, Callable[[str, Any], None]] = {
    "rows": has_rows,
    "errors": has_errors,
    "columns": has_columns,
    "error_rows": has_error_rows,
    "row_errors": names_row_errors,
    "error": is_refused,
    "rejected": has_rejected,
    "accepted": has_accepted,
    "rows_or_hint": is_an_array_of_two,
    "error_or": keeps_commas_in_an_error,
    "export": exports_no_formula,
    "never": is_only_said,
    "note": is_only_said,
}


@needs_shared
@pytest.mark.parametrize(
    ("name", "key"), [(name, key) for name, keys in EXPECTED.items() for key in keys]
)
def test_each_fixture_has_the_outcome_that_is_expected_of_it(name: str, key: str) -> None:
    CHECKS[key](name, EXPECTED[name][key])
    assert key in CHECKS


@needs_shared
def test_every_fixture_is_expected_and_every_expectation_has_its_file() -> None:
    files = {path.name for path in Path(FOLDER).iterdir()} - {"EXPECTED.json"}

    assert files == EXPECTED.keys()
    assert len(files) == 16


@needs_shared
def test_better_than_expected_one_letter_prompts_are_refused_and_not_paid_for() -> None:
    """EXPECTED.json counts `a` and `+1` as rows; a request needs three letters."""
    result = check(table_in("utf8_bom_quoted_header.csv"))

    assert (len(result.rows), result.valid) == (1, 0)
    (problem,) = result.errors
    assert (problem.line, problem.column, problem.value) == (2, "prompt", "a")
    assert problem.message == "The prompt has 1 character; write at least 3."


@needs_shared
def test_better_than_expected_the_seed_1e3_comes_with_a_button_that_writes_1000() -> None:
    table = with_longer_prompts(table_in("seed_forms.csv"))
    problems = {problem.value: problem.suggestion for problem in check(table).errors}
    mended = check(correct(table, suggested_fixes(check(table).errors)))

    assert problems == {
        "1e3": "1000",
        "-1": None,
        "1.5": None,
        "9223372036854775808": None,
        "1,000": "1000",
        "٣": "3",
        "NaN": None,
        "0x10": "16",
    }
    assert mended.valid == 8
    notices = {notice.value: notice.message for notice in check(table).notices}
    assert notices == {"01": 'seed "01" is read as 1.', "3.0": 'seed "3.0" is read as 3.'}


@needs_shared
def test_better_than_expected_a_wrong_encoding_is_shown_as_it_would_read() -> None:
    refusal = refusal_of("mixed_encodings.csv")

    assert isinstance(refusal, EncodingUnknownError)
    assert refusal.line == 3
    assert refusal.previews["cp1252"].endswith("un café,2")
