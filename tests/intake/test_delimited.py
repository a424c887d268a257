"""Text with delimiters: strict quotes, rows that go on, and no delimiter that is a guess."""

from __future__ import annotations

import pytest

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


def test_short_rows_are_errors_with_no_guess() -> None:
    (problem,) = checked("prompt,seed\na red fox\na dog,2\n").errors

    assert (problem.line, problem.code, problem.suggestion) == (2, "cell_count", None)
    assert "add the missing cells" in problem.message


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
    with pytest.raises(UnreadableFileError, match="Column 1 has no name"):
        read_file("from_pandas.csv", b"\tprompt\n0\ta red fox\n")


@pytest.mark.parametrize("header", ["prompt,seed,prompt", "prompt,Prompt ", "fov,prompt,FOV"])
def test_a_column_that_appears_twice_is_refused(header: str) -> None:
    with pytest.raises(UnreadableFileError, match="appears twice"):
        read_file("a.csv", f"{header}\na,1,b\n".encode())


def test_names_that_mean_the_same_field_are_the_same_column() -> None:
    with pytest.raises(UnreadableFileError, match="appears twice"):
        read_file("a.csv", b"prompt,color_palette,color-palette\na fox,muted,neon\n")


@pytest.mark.parametrize("count", [16_384, 2_000_000])
@pytest.mark.parametrize("text", ["{signs}\n1\n", "prompt,seed\n{signs}\n"])
def test_thousands_of_columns_are_refused_before_they_take_memory(count: int, text: str) -> None:
    content = text.format(signs="x" + "," * count + "y")
    if count < 100_000 and text.startswith("prompt"):
        assert problems_of(content) == [(2, "cell_count")]
        return
    with pytest.raises(UnreadableFileError, match=r"more than 100 columns|no name"):
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
