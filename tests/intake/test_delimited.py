"""Text with delimiters: strict quotes, rows that go on, and no delimiter that is a guess."""

from __future__ import annotations

import pytest

from core.intake.check import check
from core.intake.columns import Mapping
from core.intake.corrections import correct, suggested_fixes
from core.intake.readers import read_file
from core.intake.table import LONGEST_CELL, UnreadableFileError
from tests.intake.tables import cells_of, checked


def problems_of(text: str, name: str = "rows.csv") -> list[tuple[int, str]]:
    return [(problem.line, problem.code) for problem in checked(text, name).errors]


def test_an_open_quote_names_its_line_and_shows_it() -> None:
    (problem,) = checked('prompt\na red fox\n"a dog\na cat\n').errors

    assert (problem.line, problem.code) == (3, "unterminated_quote")
    assert problem.value == '"a dog\na cat'


def test_rows_after_a_broken_quote_are_read_when_its_quotes_pair_up() -> None:
    table = read_file("a.csv", b'prompt\na fox\n"a" small "dog"\na cat\n')

    assert [(e.line, e.code, e.value) for e in table.errors] == [
        (3, "broken_quote", '"a" small "dog"')
    ]
    assert cells_of(table) == [("a fox",), ("a cat",)]


def test_an_odd_inch_mark_breaks_its_own_row_only() -> None:
    table = read_file("a.csv", b'prompt,seed\n"a 6" board",1\na cat,2\n"a\ndog",3\n')

    assert [problem.line for problem in table.errors] == [2]
    assert cells_of(table) == [("a cat", "2"), ("a\ndog", "3")]


def test_the_inside_of_a_broken_quote_is_never_taken_for_rows() -> None:
    table = read_file("a.csv", b'prompt,seed\na fox,1\n"a"b,"many\nlines",9\na cat,2\n')

    assert cells_of(table) == [("a fox", "1")]
    assert "rows after it were not read" in table.errors[0].message


def test_the_inside_of_a_cell_of_10_mb_is_never_taken_for_rows() -> None:
    inside = "a line that looks like a prompt\n" * 312_500
    result = checked(f'prompt\na red fox\n"{inside}"\na cat in snow\n')

    assert [(e.line, e.code) for e in result.errors] == [(3, "cell_too_long")]
    assert f"{LONGEST_CELL:,} characters" in result.errors[0].message
    assert [row.line for row in result.rows] == [2]


def test_a_long_cell_without_quotes_breaks_its_own_row_only() -> None:
    result = checked(f"prompt\na red fox\n{'x' * (LONGEST_CELL + 1)}\na cat in snow\n")

    assert [(e.line, e.code) for e in result.errors] == [(3, "cell_too_long")]
    assert [row.line for row in result.rows] == [2, 4]


@pytest.mark.parametrize(("sign", "word"), [(",", "comma"), (";", "semicolon"), ("|", "pipe")])
def test_a_prompt_without_quotes_gets_its_own_delimiter_back(sign: str, word: str) -> None:
    text = f"prompt{sign}seed\na fox{sign} in snow{sign}7\n"
    table = read_file("a.csv", text.encode())
    (problem,) = checked(text).errors

    assert problem.suggestion == f"a fox{sign} in snow"
    assert f"a {word} in a prompt needs quotes" in problem.message
    assert cells_of(correct(table, suggested_fixes([problem]))) == [(f"a fox{sign} in snow", "7")]


def test_short_rows_are_filled_with_empty_cells() -> None:
    result = checked("prompt,seed,tag\na red fox\na dog,2\n")

    assert [(row.request.prompt, row.request.seed) for row in result.rows if row.request] == [
        ("a red fox", None),
        ("a dog", 2),
    ]
    assert result.errors == ()


def test_empty_surplus_falls_away_and_other_surplus_is_never_put_into_the_prompt() -> None:
    rows = "a red kettle,overcast,\na mug,overcast, ,\na pan,soft,hero\n"
    result = checked(f"prompt,lighting\n{rows}")

    assert [row.request.prompt for row in result.rows if row.request] == ["a red kettle", "a mug"]
    (problem,) = result.errors
    assert (problem.line, problem.code, problem.suggestion) == (4, "cell_count", None)


@pytest.mark.parametrize("row", ["a pan, soft, hero", " a pan, in snow,soft"])
def test_commas_with_a_space_behind_each_are_not_those_of_a_prompt(row: str) -> None:
    (problem,) = checked(f"prompt,lighting\n{row}\n").errors

    assert problem.suggestion == (" a pan, in snow" if row.endswith(",soft") else None)


def test_rows_and_columns_of_blanks_are_nothing() -> None:
    table = read_file("a.csv", "prompt,,lighting,\na kettle,,soft, \n , \u00a0 ,,\n".encode())

    assert (table.header, cells_of(table)) == (("prompt", "lighting"), [("a kettle", "soft")])


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiter_and_line_ends_are_read_from_the_file(sign: str, end: str) -> None:
    text = end.join([f"prompt{sign}seed", f"a red fox{sign}1", "", f'"a{sign}dog"{sign}2'])
    result = checked(text)

    assert [(row.line, row.request.prompt) for row in result.rows if row.request] == [
        (2, "a red fox"),
        (4, f"a{sign}dog"),
    ]


def test_a_line_sep_decides_and_counts_as_a_line() -> None:
    result = checked("sep=;\nprompt;seed\na fox, a dog;x\n")

    assert [(e.line, e.column, e.value) for e in result.errors] == [(3, "seed", "x")]


def test_a_header_that_can_be_split_in_two_ways_is_refused() -> None:
    with pytest.raises(UnreadableFileError, match=r"at comma or pipe, so its columns are not"):
        read_file("a.csv", b"one,two|three\n1,2|3\n")


def test_of_two_ways_to_split_a_header_the_one_with_names_that_we_know_is_taken() -> None:
    table = read_file("a.csv", b"prompt;seed;size, in px\na fox, red;7;9\n")

    assert table.header == ("prompt", "seed", "size, in px")
    assert cells_of(table) == [("a fox, red", "7", "9")]


def test_a_header_that_begins_with_an_empty_name_keeps_its_tab() -> None:
    table = read_file("from_pandas.csv", b"\tprompt\n0\ta red fox\n")

    assert (table.header, cells_of(table)) == (("column 1", "prompt"), [("0", "a red fox")])
    (notice,) = table.notices
    assert (notice.code, notice.column) == ("unnamed_column", "column 1")


@pytest.mark.parametrize("header", ["prompt,seed,prompt", "prompt,Prompt ", "fov,prompt,FOV"])
def test_of_two_columns_of_one_name_that_differ_a_person_says_which_is_meant(header: str) -> None:
    table = read_file("a.csv", f"{header}\na,1,b\n".encode())
    (problem,) = [e for e in check(table).errors if e.code == "duplicate_column"]

    assert "appears twice" in problem.message
    assert problem.is_of_header
    decided = Mapping({"prompt": table.header[0]}, is_decided=True)
    assert "duplicate_column" not in {e.code for e in check(table, decided).errors}


def test_names_that_mean_the_same_field_are_the_same_column() -> None:
    table = read_file("a.csv", b"prompt,color_palette,color-palette\na fox,muted,neon\n")

    assert [e.code for e in check(table).errors] == ["duplicate_column"]
    assert table.header == ("prompt", "color_palette", "color-palette (2)")


@pytest.mark.parametrize("header", ["prompt,note,note", "prompt,lighting,lighting"])
def test_of_two_columns_of_one_name_that_decide_nothing_the_second_is_carried(header: str) -> None:
    result = checked(f"{header}\na red fox,soft,soft\n")

    assert (result.valid, result.errors) == (1, ())
    assert [notice.code for notice in result.notices] == ["repeated_column"]
    assert list(result.rows[0].extra)[-1] == f"{header.rpartition(',')[2]} (2)"


@pytest.mark.parametrize("count", [16_384, 2_000_000])
@pytest.mark.parametrize("text", ["{signs}\n1\n", "prompt,seed\n{signs}\n"])
def test_thousands_of_columns_are_refused_before_they_take_memory(count: int, text: str) -> None:
    content = text.format(signs="x" + "," * count + "y")
    if count < 100_000:
        is_row = text.startswith("prompt")
        assert problems_of(content) == [(2, "cell_count") if is_row else (1, "missing_column")]
        return
    with pytest.raises(UnreadableFileError, match="more than 100 columns"):
        read_file("a.csv", content.encode())


def test_a_header_of_one_open_quote_is_refused_quickly() -> None:
    with pytest.raises(UnreadableFileError, match="more than 131,072 characters"):
        read_file("a.csv", b'"' + b'x""' * 2_500_000)


def test_empty_rows_are_skipped_up_to_two_million_lines() -> None:
    result = checked("prompt,seed\na red fox,1\n" + ",\n" * 300_000)

    assert (result.valid, result.notices[0].message) == (1, "300,000 empty rows were skipped.")
    with pytest.raises(UnreadableFileError, match="more than 100,000 rows"):
        read_file("a.csv", b"prompt\na red fox\n" + b"\n" * 2_100_000)


def test_quotes_of_a_tab_file_are_letters_when_they_do_not_enclose_cells() -> None:
    table = read_file("a.tsv", b'prompt\tseed\n"a" fox\t1\n"a dog\t2\n')

    assert cells_of(table) == [('"a" fox', "1"), ('"a dog', "2")]
    assert [notice.code for notice in table.notices] == ["quotes_kept"]
