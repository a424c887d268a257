"""Batch files: nothing guessed, nothing lost, and every refusal is one human sentence."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from core.intake.check import check
from core.intake.corrections import Fix, correct, suggested_fixes
from core.intake.readers import read_file, read_pasted
from core.intake.sheets import template_xlsx, write_xlsx
from core.intake.table import EncodingUnknownError, Table, TableRow, UnreadableFileError
from core.intake.template import template_csv
from core.intake.writing import write_csv, write_json, write_jsonl, write_tsv
from tests.shared import needs_shared, shared

WRITERS: dict[str, Callable[[Table], bytes]] = {
    "rows.csv": write_csv,
    "rows.tsv": write_tsv,
    "rows.jsonl": write_jsonl,
    "rows.json": write_json,
}
CELLS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


def table_of(*rows: tuple[str, ...]) -> Table:
    lines = tuple(TableRow(number, cells) for number, cells in enumerate(rows, 2))
    return Table(header=("prompt", "note"), rows=lines)


def cells_of(table: Table) -> list[tuple[str, ...]]:
    return [row.cells for row in table.rows]


@given(rows=st.lists(st.tuples(CELLS.filter(bool), CELLS), min_size=1, max_size=5))
@settings(max_examples=60, deadline=None)
@pytest.mark.parametrize("name", WRITERS)
def test_what_is_written_is_read_again_unchanged(name: str, rows: list[tuple[str, str]]) -> None:
    table = table_of(*rows)

    assert cells_of(read_file(name, WRITERS[name](table))) == cells_of(table)


@given(content=st.binary(max_size=200), name=st.sampled_from([*WRITERS, "rows.txt", "rows.xlsx"]))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_read_or_refused_in_words(content: bytes, name: str) -> None:
    try:
        result = check(read_file(name, content))
    except UnreadableFileError as refusal:
        said = bool(refusal.message and refusal.advice)
    else:
        said = result.valid <= len(result.rows)
    assert said


@needs_shared
@pytest.mark.parametrize("name", [*WRITERS, "rows.xlsx"])
def test_naughty_strings_come_back_byte_for_byte(name: str) -> None:
    path = shared("data/big-list-of-naughty-strings/blns.json")
    table = table_of(*(("x", text) for text in json.loads(path.read_text())))
    write = {**WRITERS, "rows.xlsx": write_xlsx}[name]

    assert cells_of(read_file(name, write(table))) == cells_of(table)


@needs_shared
def test_csv_spectrum_is_read_as_its_json_says() -> None:
    same = []
    for path in sorted(shared("data/csv-spectrum/csvs").glob("*.csv")):
        expected = json.loads(shared(f"data/csv-spectrum/json/{path.stem}.json").read_text())
        table = read_file(path.name, path.read_bytes())
        found = [dict(zip(table.header, cells, strict=True)) for cells in cells_of(table)]
        same.append(found == expected)

    assert (sum(same), len(same)) == (11, 12)


@needs_shared
def test_fixtures_are_read_as_expected() -> None:
    folder = shared("data/batch-fixtures")
    for name, expected in json.loads((folder / "EXPECTED.json").read_text()).items():
        if not any(isinstance(expected.get(key), str) for key in ("error", "rejected")):
            continue
        with pytest.raises(UnreadableFileError):
            read_file(name, (folder / name).read_bytes())
    for name in ("crlf.csv", "no_final_newline.csv", "utf16le_bom.csv"):
        assert check(read_file(name, (folder / name).read_bytes())).valid == 2


@needs_shared
def test_seeds_are_never_coerced_silently() -> None:
    path = shared("data/batch-fixtures/seed_forms.csv")
    text = "\n".join(
        f"{'xx' if n else ''}{line}" for n, line in enumerate(path.read_text().split("\n"))
    )
    rows = check(read_file("seeds.csv", text.rstrip("x\n").encode())).rows
    expected = json.loads(shared("data/batch-fixtures/EXPECTED.json").read_text())["seed_forms.csv"]
    letters = "abcdefghijkl"
    taken = {
        letter: row.request.seed for letter, row in zip(letters, rows, strict=True) if row.request
    }

    assert taken.keys() | set(expected["rejected"]) == set(letters)
    assert taken == expected["accepted"]


@needs_shared
def test_parti_prompts_map_themselves() -> None:
    content = shared("data/parti-prompts/PartiPrompts.tsv").read_bytes()
    result = check(read_file("PartiPrompts.tsv", content))

    assert result.mapping.columns == {"prompt": "Prompt", "tag": "Category"}
    assert (len(result.rows), result.valid) == (1632, 1630)


def test_an_unknown_encoding_is_asked_about_and_the_answer_taken() -> None:
    content = "prompt\nun café noir".encode("cp1252")
    with pytest.raises(EncodingUnknownError) as asked:
        read_file("a.csv", content)

    assert asked.value.line == 2
    assert "café" in asked.value.previews["cp1252"]
    assert cells_of(read_file("a.csv", content, encoding="cp1252")) == [("un café noir",)]


def test_a_suggestion_is_accepted_and_the_row_is_good() -> None:
    table = read_file("a.csv", b"prompt,lighting\na red fox,golden hr\na fox, in snow,soft\n")
    result = check(table)
    mended = check(correct(table, suggested_fixes(result.errors)))

    assert [problem.suggestion for problem in result.errors] == ["golden-hour", "a fox, in snow"]
    assert (mended.valid, mended.errors) == (2, ())


def test_rows_of_an_array_in_one_line_are_told_apart() -> None:
    table = read_file("a.json", b'[{"prompt":"a red fox"},{"prompt":"x"}]')
    mended = correct(table, [Fix(check(table).errors[0].line, "prompt", "a dog")])

    assert cells_of(mended) == [("a red fox",), ("a dog",)]


def test_the_same_seeded_picture_is_a_duplicate_and_a_contradiction_is_noticed() -> None:
    text = b"prompt,seed,color_palette\na rainbow,1,monochrome\na rainbow,1,monochrome\n"
    result = check(read_file("a.csv", text))

    assert [(d.line, d.of_line) for d in result.duplicates] == [(3, 2)]
    assert {notice.code for notice in result.notices} == {"contradiction"}


def test_an_open_quote_names_its_line() -> None:
    table = read_file("a.csv", b'prompt\na red fox\n"a dog\na cat\n')

    assert [(e.line, e.code) for e in check(table).errors] == [(3, "unterminated_quote")]


def test_pasted_lines_are_prompts_and_pasted_cells_a_table() -> None:
    assert cells_of(read_pasted("a fox, in snow\n\n=a dog")) == [("a fox, in snow",), ("=a dog",)]
    assert check(read_pasted("Prompt\tSeed\na fox\t7")).rows[0].line == 2


def test_far_cells_dates_and_formulas_of_a_workbook_are_refused() -> None:
    far, cells = Workbook(), Workbook()
    far.active.append(["prompt"])  # type: ignore[union-attr]
    far.active["XFD1048576"] = "x"  # type: ignore[index]
    cells.active.append(["prompt", "seed"])  # type: ignore[union-attr]
    cells.active.append(["a red fox", "=1+1"])  # type: ignore[union-attr]
    files = []
    for book in (far, cells):
        stream = io.BytesIO()
        book.save(stream)
        files.append(stream.getvalue())

    with pytest.raises(UnreadableFileError, match="more than"):
        read_file("far.xlsx", files[0])
    result = check(read_file("cells.xlsx", files[1]))
    assert (result.valid, result.errors[0].code) == (0, "formula_cell")


def test_templates_and_too_many_rows() -> None:
    assert check(read_file("t.csv", template_csv())).valid == 1
    assert check(read_file("t.xlsx", template_xlsx())).errors == ()
    text = io.StringIO()
    csv.writer(text).writerows([["prompt"], *([["a fox"]] * 100_001)])
    with pytest.raises(UnreadableFileError, match="100,000"):
        read_file("a.csv", text.getvalue().encode())
