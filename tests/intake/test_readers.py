"""What a file is, by its bytes: wrong endings, other files, and sizes, each in one sentence."""

from __future__ import annotations

import pytest

from core.intake.check import check
from core.intake.readers import SUFFIXES, read_file, read_pasted
from core.intake.sheets import template_xlsx
from core.intake.table import LARGEST_FILE_BYTES, Answers, UnreadableFileError
from core.intake.template import template_csv
from tests.intake.tables import WRITERS, cells_of, table_of
from tests.intake.workbooks import workbook

JSON_LINES = b'{"prompt": "a red fox"}\n{"prompt": "a dog"}\n'
ARRAY = b'[{"prompt": "a red fox"},\n {"prompt": "a dog"}]'


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("rows.csv", workbook(), "named .csv but it is an Excel workbook"),
        ("rows.jsonl", workbook(), "named .jsonl but it is an Excel workbook"),
        ("rows.txt", workbook(), "named .txt but it is an Excel workbook"),
        ("rows.xlsx", b"prompt\na red fox\n", "named .xlsx but it is not an Excel workbook"),
        ("rows.xlsx", JSON_LINES, "named .xlsx but it is not an Excel workbook"),
        ("rows.csv", JSON_LINES, "named .csv but it holds JSON"),
        ("rows.tsv", ARRAY, "named .tsv but it holds JSON"),
        ("rows.txt", ARRAY, "named .txt but it holds JSON"),
        ("rows.json", b"prompt\na red fox\n", "No line could be read; line 1: Not JSON"),
        ("rows.json", b"\xef\xbb\xbf  \n ", "The file is empty."),
        ("rows.csv", b"", "The file is empty."),
        ("rows.csv", b"\n\n \n", "The file is empty."),
        ("rows.csv", b"%PDF-1.7 prompt", "This is a PDF, not a table."),
        ("rows.csv", b"\x89PNG\r\n\x1a\n", "This is a PNG picture, not a table."),
        ("rows.csv", b"\x1f\x8b\x08", "This is a gzip archive, not a table."),
        ("rows.docx", b"prompt\na red fox\n", "Files that end in .docx are not read."),
        ("rows", b"prompt\na red fox\n", "The file has no ending."),
        ("rows.csv", b"x" * (LARGEST_FILE_BYTES + 1), "The file has 50.0 MB; the most is 50 MB."),
    ],
    ids=range(18),
)
def test_a_file_that_is_not_what_its_name_says_is_refused(
    name: str, content: bytes, said: str
) -> None:
    with pytest.raises(UnreadableFileError, match=said) as refused:
        read_file(name, content)

    assert refused.value.advice


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("ROWS.CSV", b"prompt\na red fox\na dog\n"),
        ("../../rows.csv", b"prompt\na red fox\na dog\n"),
        ("rows.tsv", b"prompt,seed\na red fox,\na dog,\n"),
        ("rows.csv", b"prompt\tseed\na red fox\t\na dog\t\n"),
        ("rows.txt", b"a red fox\n\na dog\n"),
        ("rows.txt", b"Prompt;Seed\na red fox;\na dog;\n"),
        ("rows.jsonl", ARRAY),
        ("rows.json", JSON_LINES),
        ("rows.ndjson", JSON_LINES),
    ],
    ids=range(9),
)
def test_what_is_certain_is_read_whatever_the_name_says(name: str, content: bytes) -> None:
    rows = check(read_file(name, content)).rows

    assert [row.request.prompt for row in rows if row.request] == ["a red fox", "a dog"]


@pytest.mark.parametrize(
    ("text", "prompts"),
    [
        ("a fox, in snow\n\n=a dog", ["a fox, in snow", "=a dog"]),
        ("\ufeffa fox\r\na dog\r", ["a fox", "a dog"]),
        ("Prompt\tSeed\na fox\t7\n'=dog\t", ["a fox", "=dog"]),
        ('\nprompt,seed\n"a fox, red",7\n', ["a fox, red"]),
        ("prompt\na fox, in snow\n", None),
        ("A prompt, with commas\na dog", ["A prompt, with commas", "a dog"]),
        ('"a fox"\nsays "hi"', ['"a fox"', 'says "hi"']),
    ],
    ids=range(7),
)
def test_pasted_text_is_lines_or_a_table_with_a_header_that_we_know(
    text: str, prompts: list[str] | None
) -> None:
    found = [cells[0] for cells in cells_of(read_pasted(text))]

    assert found == (prompts or ["a fox, in snow"])


def test_nothing_pasted_is_said_to_be_nothing() -> None:
    with pytest.raises(UnreadableFileError, match="Nothing was pasted"):
        read_pasted(" \n\t\n")
    with pytest.raises(UnreadableFileError, match="too long"):
        read_pasted("x" * (LARGEST_FILE_BYTES + 1))


@pytest.mark.parametrize("name", [name for name in WRITERS if name != "rows.xlsx"])
def test_one_row_more_than_a_batch_may_have_is_refused(name: str) -> None:
    most = table_of(*((f"{n}",) for n in range(100_001)), header=("prompt",))

    with pytest.raises(UnreadableFileError, match="more than 100,000 rows"):
        read_file(name, WRITERS[name](most))


def test_the_template_is_three_good_rows_and_its_ending_can_be_read() -> None:
    assert check(read_file("t.csv", template_csv())).valid == 3
    assert {".csv", ".tsv", ".xlsx", ".jsonl", ".json", ".txt"} <= set(SUFFIXES)


def test_a_page_that_begins_with_many_comments_is_told_apart_at_once() -> None:
    comments = b"<!---->" * 500

    with pytest.raises(UnreadableFileError, match="web page"):
        read_file("a.csv", comments + b"<html>")
    assert read_file("a.csv", b"prompt\n" + comments + b"x\n").rows
    assert read_file("a.csv", comments + b"x\n").questions[0].code == "no_header"


def test_a_line_of_many_spaces_is_no_rule_of_a_drawn_table() -> None:
    table = read_pasted(f"a fox | a dog\n{' ' * 200_000}x\n--- {'-' * 200_000} x")

    assert table.header == ("prompt",)
    assert len(table.rows) == 3


@pytest.mark.parametrize("title", ["\0", "Later", "-h", 'a "sheet"', "\ud800"])
def test_a_sheet_that_is_not_there_is_told_whatever_its_title(title: str) -> None:
    with pytest.raises(UnreadableFileError):
        read_file("a.xlsx", template_xlsx(), Answers(sheet=title))
