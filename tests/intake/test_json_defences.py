"""JSON that lies, breaks or nests: each case is an error of its line or one clear refusal."""

from __future__ import annotations

import json

import pytest

from core.intake.readers import read_file
from core.intake.table import UnreadableFileError
from tests.intake.tables import cells_of, checked

GOOD = '{"prompt": "a red fox"}'


def problems_of(line: str) -> list[tuple[int, str, str]]:
    """Return line, code and message of what is wrong with a line between two good ones."""
    result = checked(f"{GOOD}\n{line}\n{GOOD}\n", "rows.jsonl")
    assert result.valid == 2
    return [(problem.line, problem.code, problem.message) for problem in result.errors]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"prompt": "a fox"', "Not JSON at character 19"),
        ('{"prompt": "a fox",}', "Not JSON at character"),
        ("{'prompt': 'a fox'}", "Not JSON at character 2"),
        (f"{GOOD} {GOOD}", "Something follows the object."),
        (f"{GOOD},", "Something follows the object."),
        ("[1, 2]", "A list is not an object."),
        ('"a red fox"', "A text is not an object."),
        ("12", "A number is not an object."),
        ("null", "Null is not an object."),
        ('{"prompt": "a fox", "seed": NaN}', "NaN is not a JSON value"),
        ('{"prompt": "a fox", "seed": Infinity}', "Infinity is not a JSON value"),
        ('{"prompt": "a fox", "seed": -Infinity}', "-Infinity is not a JSON value"),
        ('{"prompt": "a fox", "prompt": "a dog"}', '"prompt" occurs twice in one object'),
        ('{"prompt": "a fox", "x": {"a": 1, "a": 2}}', '"a" occurs twice in one object'),
        ('{"prompt": "a fox", "\\ud800": 1, "\\ud800": 2}', '"\\ud800" occurs twice'),
        ("[" * 100_000 + "]" * 100_000, "The value is nested too deeply"),
        ('{"a":' * 100_000 + "1" + "}" * 100_000, "The value is nested too deeply"),
        ('{"prompt": "a \x01 fox"}', "Invalid control character"),
        ('{"prompt": "a \\x fox"}', "Invalid \\escape"),
    ],
    ids=range(19),
)
def test_a_broken_line_is_an_error_of_its_own(line: str, said: str) -> None:
    ((number, code, message),) = problems_of(line)

    assert (number, code) == (2, "broken_json")
    assert said in message


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"prompt": 1200}', "prompt must be text, not a number"),
        ('{"prompt": true}', "prompt must be text, not true or false"),
        ('{"prompt": ["a fox", "a dog"]}', "prompt must be text, not a list"),
        ('{"prompt": "a fox", "note": {"a": [1]}}', "note cannot hold an object"),
        ('{"prompt": "a fox", "tag": ["red, wild"]}', "tag cannot hold a list"),
        ('{"prompt": "a fox", "tag": ["red;wild"]}', "tag cannot hold a list"),
        ('{"prompt": "a fox", "tag": [" red"]}', "tag cannot hold a list"),
        ('{"prompt": "half \\ud83d of it"}', "half a character"),
        ('{"prompt": "a fox", "note": "\\udc00"}', "half a character"),
        ('{"prompt": "a fox", "\\ud800": "x"}', "half a character"),
        ('{"prompt": "a fox", "note": ["\\ud800", {}]}', "note cannot hold a list"),
        ('{"prompt": "a fox", "note": {"\\ud800": 1}}', "note cannot hold an object"),
    ],
    ids=range(12),
)
def test_what_no_cell_can_hold_is_an_error_and_stays_visible(line: str, said: str) -> None:
    table = read_file("rows.jsonl", f"{GOOD}\n{line}\n".encode())
    ((number, code, message),) = problems_of(line)
    everything = repr(
        (*table.header, *cells_of(table), *(problem.as_dict() for problem in table.errors))
    )

    assert (number, code) == (2, "wrong_kind")
    assert said in message
    assert table.errors[0].value
    assert everything.encode().decode() == everything
    assert all(cell.encode() for cell in (*table.header, *cells_of(table)[1]) if cell)


def test_a_value_of_any_depth_is_an_error_and_never_a_crash() -> None:
    for depth in (1, 10, *range(850, 1000)):
        for begin, inner, end in (("[", "1", "]"), ('{"a":', "1", "}")):
            value = begin * depth + inner + end * depth
            problems = problems_of(f'{{"prompt": "a fox", "note": {value}}}')
            assert [code for _, code, _ in problems] in (["wrong_kind"], ["broken_json"])


def test_a_name_that_stands_twice_among_many_is_found_at_once() -> None:
    names = [f'"n{number}": 1' for number in range(100_000)]

    ((_, _, message),) = problems_of("{" + ", ".join([*names, '"n7": 2']) + "}")

    assert '"n7" occurs twice' in message


def test_a_number_stays_as_it_was_written() -> None:
    table = read_file(
        "a.jsonl", b'{"prompt":"a fox","seed":42,"a":1e3,"b":1.50,"c":-0,"d":1E400,"e":true}'
    )

    assert cells_of(table) == [("a fox", "42", "1e3", "1.50", "-0", "1E400", "true")]


def test_an_integer_of_5000_digits_is_refused_for_its_length_and_kept_elsewhere() -> None:
    digits = "9" * 5000
    result = checked(f'{{"prompt": "a red fox", "seed": {digits}, "note": {digits}}}', "a.json")

    assert [(e.column, e.message) for e in result.errors] == [
        ("seed", "seed has 5,000 digits; write at most 2147483647.")
    ]
    assert result.rows[0].extra == {"note": digits}


def test_a_list_of_tags_is_read_as_these_tags() -> None:
    result = checked('{"prompt": "a red fox", "tag": ["wild animal", "red"]}', "a.json")

    assert result.rows[0].tags == ("wild animal", "red")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "holds no objects"),
        ("[1, 2]", "line 1: A number is not an object"),
        (f"[{GOOD}", "is not closed after object 1"),
        (f"[{GOOD} {GOOD}]", "is not closed after object 1"),
        (f"[{GOOD}] {GOOD}", "Something follows the end"),
        (f'[\n{GOOD},\n{{"prompt": }}]', "begins at line 3: not JSON"),
        (f"[{GOOD}, " + "[" * 100_000, "nested too deeply"),
        ("[" * 100_000, "nested too deeply"),
        ("[" + ",".join(['{"prompt": "a fox"}'] * 100_001) + "]", "more than 100,000 rows"),
        ("[{" + ",".join(f'"n{n}": ""' for n in range(101)) + "}]", "more than 100 columns"),
    ],
    ids=range(10),
)
def test_an_array_that_is_no_table_is_refused_in_one_sentence(text: str, said: str) -> None:
    with pytest.raises(UnreadableFileError, match=said) as refused:
        read_file("rows.json", text.encode())

    assert refused.value.advice


def test_a_field_without_a_name_is_carried_and_one_spelt_twice_is_asked_about() -> None:
    unnamed = checked('[{"": 1, "prompt": "a fox"}]', "a.json")
    twice = checked('[{"prompt": "a fox"}, {"Prompt": "a dog"}]', "a.json")

    assert [row.extra for row in unnamed.rows] == [{"column 1": "1"}]
    assert [problem.code for problem in twice.errors][:1] == ["duplicate_column"]


def test_lines_end_with_lf_only() -> None:
    text = '{"prompt": "a\u2028b\u2029c\x85d\x0be"}\r\n{"prompt": "a dog"}'
    result = checked(text.replace("\x0b", "\\u000b"), "a.jsonl")

    assert [row.line for row in result.rows] == [1, 2]
    assert result.rows[1].request is not None


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
def test_json_is_read_in_every_encoding_that_shows(name: str, encoding: str) -> None:
    rows = [{"prompt": "雪の中の赤い狐"}, {"prompt": "ein rötlicher Fuchs 🦊"}]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    text = "\n".join(lines) if name == "a.jsonl" else "[" + ",".join(lines) + "]"

    table = read_file(name, text.encode(encoding))

    assert cells_of(table) == [(row["prompt"],) for row in rows]
