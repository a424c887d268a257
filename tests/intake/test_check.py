"""The check of a table: every row typed, all problems at once, and fixes that a click accepts."""

from __future__ import annotations

import pytest

from core.intake.check import check
from core.intake.columns import Mapping, header_fingerprint
from core.intake.corrections import Fix, correct, suggested_fixes
from core.intake.readers import read_file
from core.intake.writing import write_csv
from tests.intake.tables import cells_of, checked
from tests.shared import needs_shared, shared


@needs_shared
def test_parti_prompts_map_themselves() -> None:
    content = shared("data/parti-prompts/PartiPrompts.tsv").read_bytes()
    result = check(read_file("PartiPrompts.tsv", content))

    assert result.mapping.columns == {"prompt": "Prompt", "tag": "Category"}
    assert (len(result.rows), result.valid) == (1632, 1630)
    assert {problem.code for problem in result.errors} == {"wrong_value"}


def test_a_suggestion_is_accepted_and_the_row_is_good() -> None:
    table = read_file("a.csv", b"prompt,lighting\na red fox,golden hr\na fox, in snow,soft\n")
    result = check(table)
    mended = check(correct(table, suggested_fixes(result.errors)))

    assert [problem.suggestion for problem in result.errors] == ["golden-hour", "a fox, in snow"]
    assert (mended.valid, mended.errors) == (2, ())


def test_every_problem_of_a_row_is_named_at_once_with_column_value_and_fix() -> None:
    text = (
        'prompt,seed,lighting,aspect_ratio,use_cache,max_retries\nx,1e3,"golden hr",16x9,maybe,9\n'
    )
    result = checked(text)

    assert [(e.line, e.column, e.value, e.suggestion) for e in result.errors] == [
        (2, "seed", "1e3", "1000"),
        (2, "use_cache", "maybe", None),
        (2, "prompt", "x", None),
        (2, "lighting", "golden hr", "golden-hour"),
        (2, "aspect_ratio", "16x9", "16:9"),
        (2, "max_retries", "9", None),
    ]
    assert all(problem.message.endswith((".", "?")) for problem in result.errors)


@pytest.mark.parametrize("prompt", ["None", "null", "nan", "N/A", "TRUE", "0x10", "1e3", "NaN"])
def test_a_prompt_that_looks_like_a_value_stays_the_text_that_it_is(prompt: str) -> None:
    (row,) = checked(f"prompt,seed\n{prompt},\n").rows

    assert row.request is not None
    assert (row.request.prompt, row.request.seed) == (prompt, None)


def test_rows_of_an_array_in_one_line_are_told_apart() -> None:
    table = read_file("a.json", b'[{"prompt":"a red fox"},{"prompt":"x"}]')
    mended = correct(table, [Fix(check(table).errors[0].line, "prompt", "a dog")])

    assert cells_of(mended) == [("a red fox",), ("a dog",)]


def test_what_was_mended_is_written_and_read_again_as_mended() -> None:
    table = read_file("a.csv", b"prompt;seed;note\na fox; in snow;7;=x\na dog;1,000;'y\n")
    mended = correct(table, suggested_fixes(check(table).errors))

    again = read_file("mended.csv", write_csv(mended))

    assert cells_of(again) == [("a fox; in snow", "7", "=x"), ("a dog", "1000", "'y")]
    assert check(again).errors == ()


def test_the_same_seeded_picture_is_a_duplicate_and_a_contradiction_is_noticed() -> None:
    text = "prompt,seed,color_palette\na rainbow,1,monochrome\na rainbow,1,monochrome\n"
    result = checked(text)

    assert [(d.line, d.of_line) for d in result.duplicates] == [(3, 2)]
    assert {notice.code for notice in result.notices} == {"contradiction"}


def test_a_structured_prompt_is_part_of_what_a_row_asks_for() -> None:
    scene = '{""short_description"": ""a boat""}'
    text = f'prompt,seed,structured_prompt,instruction\na boat,1,,\na boat,1,"{scene}",at night\n'
    result = checked(text)
    request = result.rows[1].request

    assert (result.valid, result.duplicates) == (2, ())
    assert request is not None
    assert request.structured_prompt == '{"short_description": "a boat"}'
    assert request.instruction == "at night"


def test_a_row_id_that_stands_twice_is_an_error_and_an_empty_one_is_made() -> None:
    result = checked("row_id,prompt\na,one fox\na,two foxes\n,three foxes\nrow-3,four\n,five\n")

    assert [(e.line, e.code) for e in result.errors] == [(3, "duplicate_row_id")]
    assert [row.row_id for row in result.rows] == ["a", "a", "row-3-", "row-3", "row-5"]


def test_an_unknown_column_is_kept_a_misspelt_one_asked_about_and_a_mapping_obeyed() -> None:
    table = read_file("a.csv", b"promt,lightning,weather,project_id\na fox,soft,rain,4\n")
    (problem, *_) = check(table).errors
    decided = check(table, Mapping({"prompt": "promt", "tag": "weather"}))

    assert (problem.column, problem.suggestion) == ("promt", "prompt")
    assert decided.errors == ()
    assert decided.rows[0].tags == ("rain",)
    assert decided.rows[0].extra == {"lightning": "soft", "project_id": "4"}
    assert header_fingerprint(["Promt", "a b"]) == header_fingerprint(["a_b", "promt"])


def test_twenty_thousand_wrong_cells_are_all_named() -> None:
    lines = "\n".join(f'{{"prompt": {1000 + number}}}' for number in range(20_000))
    result = checked(lines, "a.jsonl")

    assert (result.valid, len(result.errors)) == (0, 20_000)
