"""Small files after public reports of people who do this job, and the right outcome of each."""

from __future__ import annotations

import json

import pytest

from core.domain.everyday_words import meant_value
from core.intake.check import CheckResult, check
from core.intake.corrections import correct, suggested_fixes
from core.intake.readers import read_file, read_pasted
from core.intake.table import Answers, Table, UnreadableFileError
from tests.intake.tables import cells_of
from tests.shared import needs_shared, shared

FOLDER = shared("data/reports")
pytestmark = needs_shared


def table_in(name: str, answers: Answers | None = None) -> Table:
    content = (FOLDER / name).read_bytes()
    if name.endswith(".txt"):
        return read_pasted(content.decode(), answers or Answers())
    return read_file(name, content, answers or Answers())


def result_of(name: str, answers: Answers | None = None) -> CheckResult:
    return check(table_in(name, answers))


def requested(result: CheckResult, *names: str) -> list[tuple[object, ...]]:
    return [
        tuple(getattr(row.request, name) for name in names) for row in result.rows if row.request
    ]


def test_a_header_below_titles_is_found_and_offered() -> None:
    (question,) = table_in("01_title_rows.csv").questions

    assert question.message.startswith("Line 3 looks like the header")
    result = result_of("01_title_rows.csv", question.answers)
    assert requested(result, "prompt", "lighting") == [("a red kettle", "soft")]
    assert [row.line for row in result.rows] == [4]


def test_without_a_header_the_first_line_is_asked_about_and_then_a_row() -> None:
    (question,) = table_in("03_no_header.csv").questions

    assert "names no column that we know" in question.message
    assert requested(result_of("03_no_header.csv", question.answers), "prompt", "lighting") == [
        ("a red kettle", "overcast"),
        ("a blue mug", "overcast"),
    ]


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("09_trailing_more.csv", [("a red kettle", "overcast"), ("a mug", "overcast")]),
        ("24_nbsp.csv", [("a kettle", "overcast"), ("a mug", "overcast")]),
        ("33_md_table.txt", [("a kettle", "overcast"), ("a mug", "overcast")]),
        ("44_json_wrapped.json", [("a kettle", None), ("a mug", None)]),
        ("a1_extra_date.xlsx", [("a kettle", "overcast"), ("a mug", "overcast")]),
        ("a2_extra_formula.xlsx", [("a kettle", "overcast"), ("a mug", "overcast")]),
        ("a5_spaces_row.csv", [("a kettle", "overcast")]),
        ("a8_index_col.csv", [("a kettle", "overcast"), ("a mug", "overcast")]),
    ],
)
def test_each_is_read_as_it_was_meant(name: str, rows: list[tuple[str, str | None]]) -> None:
    result = result_of(name)

    assert requested(result, "prompt", "lighting") == rows
    assert result.errors == ()


def test_rows_that_excel_cut_short_are_all_good() -> None:
    assert result_of("a4_excel16.csv").valid == 33


def test_a_number_between_spaces_that_do_not_break_is_that_number() -> None:
    assert requested(result_of("24_nbsp.csv"), "seed") == [(42,), (42,)]


def test_a_web_page_called_xls_is_told_as_one() -> None:
    with pytest.raises(UnreadableFileError) as refused:
        table_in("15_html_xls.xls")

    assert refused.value.message == "This is a web page, not a workbook."
    assert "XLSX or CSV" in refused.value.advice


def test_the_marks_of_a_list_are_asked_about_and_taken_off() -> None:
    (question,) = table_in("34_numbered_list.txt").questions

    kept = cells_of(table_in("34_numbered_list.txt", Answers(list_marks=True)))
    assert kept[0] == ("1. a kettle",)
    bare = table_in("34_numbered_list.txt", question.answers)
    assert cells_of(bare) == [("a kettle",), ("a mug",), ("a pan",), ("a pot",)]
    assert bare.questions == ()


def test_columns_that_only_another_tool_uses_are_named() -> None:
    notices = [n for n in result_of("52_negative.csv").notices if n.code == "not_used"]

    assert [n.column for n in notices] == ["negative_prompt", "width", "height", "steps", "cfg"]
    assert "aspect_ratio" in notices[1].message


def test_flags_of_another_tool_are_asked_about_and_those_that_we_have_are_used() -> None:
    (question,) = table_in("c4_sd_prompt.csv").questions

    assert "--ar 16:9" in question.message
    table = table_in("c4_sd_prompt.csv", question.answers)
    assert requested(check(table), "prompt", "aspect_ratio", "seed") == [
        ("kettle", "16:9", 42),
        ("kettle", "1:1", None),
    ]
    assert [row.extra["flags"] for row in check(table).rows] == [
        "--ar 16:9 --seed 42",
        "--v 6 --no blur",
    ]


def test_a_column_without_a_name_is_carried_with_a_notice() -> None:
    result = result_of("a8_index_col.csv")

    assert [(n.code, n.column) for n in result.notices] == [("unnamed_column", "column 1")]
    assert [row.extra for row in result.rows] == [{"column 1": "0"}, {"column 1": "1"}]


def test_ratios_that_excel_took_for_times_are_all_suggested() -> None:
    table = table_in("e3_typed_ratios.xlsx")
    suggested = suggested_fixes(check(table).errors)

    assert [fix.value for fix in suggested] == ["16:9", "4:5", "1:1", "16:9", "9:16", "3:2"]
    assert check(correct(table, suggested)).valid == 6


def test_letters_that_were_misread_once_are_told_before_they_are_paid_for() -> None:
    notices = result_of("e4_manifest_via_excel.csv").notices

    (told,) = [notice for notice in notices if notice.code == "misread_letters"]
    assert "caf\u00c3\u00a9" in told.message
    assert "caf\u00e9" in told.message


def test_everyday_words_get_the_value_that_was_meant_or_none() -> None:
    found = {
        (problem.column, problem.value): problem.suggestion
        for problem in result_of("h1_words.csv").errors
    }

    assert found == {
        ("lighting", "sunlight"): "bright-daylight",
        ("lighting", "soft light"): "soft",
        ("lighting", "rim light"): "rim",
        ("camera_angle", "dutch angle"): "dutch-tilt",
        ("composition", "full shot"): None,
        ("composition", "headshot"): "close-up",
        ("color_palette", "cool tones"): "cool",
        ("color_palette", "colorful"): "vibrant",
        ("style", "digital painting"): "digital-illustration",
        ("style", "photo"): "photorealistic",
    }


def test_of_the_words_that_people_write_two_thirds_are_understood() -> None:
    written = json.loads((FOLDER / "everyday-words.json").read_text())
    pairs = [(name, word) for name, words in written.items() for word in words]

    understood = [pair for pair in pairs if meant_value(*pair)]
    assert len(understood) > len(pairs) * 2 / 3
    assert meant_value("lighting", "candlelight") is None
    assert meant_value("composition", "portrait") is None


def test_the_sheet_that_holds_the_prompts_is_offered_by_its_name() -> None:
    (question,) = [q for q in table_in("74_second_sheet.xlsx").questions if "sheet" in q.code]

    assert question.label == 'Read "Prompts" instead'
    assert requested(result_of("74_second_sheet.xlsx", question.answers), "prompt") == [
        ("a kettle",)
    ]


def test_a_number_is_carried_as_the_sheet_shows_it() -> None:
    assert [row.row_id for row in result_of("79_fmt_zeros.xlsx").rows] == ["0007", "20260401"]


def test_a_blank_cell_far_to_the_right_is_nothing() -> None:
    result = result_of("g1_far_col.xlsx")

    assert (result.valid, result.errors) == (1, ())
    assert result.rows[0].extra == {}
