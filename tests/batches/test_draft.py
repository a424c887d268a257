"""A draft of a batch: mended, mapped and accepted without anything guessed or lost."""

from __future__ import annotations

import io
import json
import zipfile
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.batches.draft import (
    Choices,
    Draft,
    accept,
    corrected_csv,
    draft_of,
    lines_of,
    mend,
    remap,
    reread,
    spread,
    unknown_projects,
)
from core.domain.request import GenerationRequest, parse_request
from core.intake.columns import Mapping, header_fingerprint
from core.intake.readers import read_file
from core.intake.table import UnreadableFileError
from core.records.batch_rows import NewLine
from core.records.batches import Plan
from core.records.projects import COLOURS
from core.wiring import Studio
from tests.batches.orders import feeder_of, run_to_end

CHOICES = Choices(engine="preview", resolution="draft", project_id=1)
SCENE = json.dumps({"short_description": "a red boat, moored", "style_medium": "photograph"})


def draft(text: str, decided: Mapping | None = None, *, name: str = "rows.csv") -> Draft:
    return draft_of(name, read_file(name, text.encode()), decided)


def requests_of(drafted: Draft) -> list[GenerationRequest | None]:
    return [row.request for row in drafted.checked.rows]


def test_a_mended_cell_is_checked_again_and_the_others_stay() -> None:
    before = draft("prompt,seed,note\na red boat,x,one\nhi,2,two\n")
    after = mend(before, {(3, "prompt"): "a blue boat"})

    assert [problem.line for problem in before.checked.errors] == [2, 3]
    assert [problem.line for problem in after.checked.errors] == [2]
    assert [row.cells for row in after.table.rows] == [
        ("a red boat", "x", "one"),
        ("a blue boat", "2", "two"),
    ]
    assert before.table.rows[1].cells[0] == "hi"


@pytest.mark.parametrize("place", [(9, "prompt"), (2, "colour")])
def test_a_cell_that_is_not_there_is_refused_in_words(place: tuple[int, str]) -> None:
    with pytest.raises(UnreadableFileError, match="There is no cell in line"):
        mend(draft("prompt\na red boat\n"), {place: "x"})


def test_suggestions_are_taken_over_one_by_one() -> None:
    before = draft("prompt,lighting\na red boat,golden hr\na blue boat,studo\n")
    first, second = before.suggestions
    once = accept(before, [first])

    assert [problem.suggestion for problem in once.checked.errors] == ["studio"]
    assert accept(once, [second]).checked.valid == 2


def test_a_misspelt_column_is_taken_over_and_the_other_is_still_asked_about() -> None:
    before = draft("prompt,lightning,sed\na red boat,soft,7\n")
    lightning, seed = before.suggestions
    once = accept(before, [lightning])
    both = accept(once, [seed])

    assert [(one.column, one.suggestion) for one in once.checked.errors] == [("sed", "seed")]
    assert both.checked.errors == ()
    assert both.mapping.columns == {"prompt": "prompt", "lighting": "lightning", "seed": "sed"}
    assert requests_of(both) == [
        parse_request({"prompt": "a red boat", "lighting": "soft", "seed": 7})
    ]
    assert both.table == before.table


def test_all_suggestions_at_once_mend_columns_and_then_cells() -> None:
    before = draft("promt,lighting,lightng\na red boat,golden hr,soft\n")
    (only,) = before.suggestions
    found = accept(before, [only])
    mended = accept(found, found.suggestions)

    assert only.suggestion == "prompt"
    assert mended.checked.valid == 1
    assert mended.mapping.columns == {"prompt": "promt", "lighting": "lighting"}
    assert mended.checked.rows[0].extra == {"lightng": "soft"}


def test_two_columns_with_one_meaning_are_not_both_taken() -> None:
    before = draft("prompt,sed,seeds\na red boat,1,2\n")
    after = accept(before, before.suggestions)

    assert after.mapping.columns["seed"] == "sed"
    assert after.checked.rows[0].extra == {"seeds": "2"}


def test_a_column_may_stand_for_something_else() -> None:
    before = draft("Prompt,Category\na red boat,Vehicles\n")
    columns = before.mapping.with_column("project", "Category")
    after = remap(before, columns)

    assert before.checked.rows[0].tags == ("Vehicles",)
    assert (after.checked.rows[0].tags, after.checked.rows[0].project) == ((), "Vehicles")


def test_a_remembered_mapping_fits_a_header_spelt_otherwise() -> None:
    kept = Mapping({"prompt": "What", "seed": "Number", "parent": "From"})
    header = ("note", "WHAT", "number")

    assert header_fingerprint(("Number", "What", "note")) == header_fingerprint(header)
    assert kept.fitted_to(header) == Mapping({"prompt": "WHAT", "seed": "number"})
    assert kept.fitted_to(("words",)) == Mapping({})


@given(
    rows=st.lists(
        st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=12), max_size=4),
        min_size=1,
        max_size=4,
    ).filter(lambda rows: any(cell for row in rows for cell in row))
)
def test_the_corrected_file_reads_like_the_draft(rows: list[list[str]]) -> None:
    padded = [{"prompt": "a boat", **{f"c{n}": cell for n, cell in enumerate(r)}} for r in rows]
    before = draft(json.dumps(padded), name="rows.json")
    again = draft_of("corrected.csv", read_file("corrected.csv", corrected_csv(before)), None)

    assert again.table.header == before.table.header
    assert [row.cells for row in again.table.rows] == [row.cells for row in before.table.rows]
    assert requests_of(again) == requests_of(before)


def test_projects_that_do_not_exist_are_counted_and_kept_as_tags() -> None:
    text = "prompt,project,tag\na boat,Spring,\na cat,spring,\na dog,Red; blue,pets\na fox,,\n"
    drafted = draft(text)
    names = {1: "First", 7: "SPRING"}
    lines = lines_of(drafted, CHOICES, names)

    assert unknown_projects(drafted, names) == {"Red; blue": 1}
    assert [line.request.project_id for line in lines] == [7, 7, 1, 1]
    assert [line.tags for line in lines] == [(), (), ("pets", "Red blue"), ()]


def test_choices_fill_in_only_where_a_row_is_silent() -> None:
    text = "prompt,engine,resolution\na boat,,\na cat,bria,\na dog,preview,full\na fox,,full\n"
    asked = [line.request for line in lines_of(draft(text), CHOICES, {1: "First"})]

    assert [(one.engine, one.resolution) for one in asked] == [
        ("preview", "draft"),
        ("bria", "full"),
        ("preview", "full"),
        ("preview", "full"),
    ]


def test_rows_with_errors_are_left_out() -> None:
    lines = lines_of(draft("prompt,note\nhi,one\na boat,two\n"), CHOICES, {1: "First"})

    assert [(line.row_id, line.extra) for line in lines] == [("row-2", {"note": "two"})]


def test_a_scene_and_an_instruction_of_a_row_go_into_its_request() -> None:
    rows = [
        {"prompt": "a red boat", "structured_prompt": SCENE, "instruction": "make it night"},
        {"prompt": "a blue boat", "instruction": "make it night"},
        {"prompt": "a green boat", "structured_prompt": "{broken"},
    ]
    drafted = draft(json.dumps(rows), name="rows.json")
    made = requests_of(drafted)

    assert made[0] == parse_request(rows[0])
    assert made[1:] == [None, None]
    assert [(e.line, e.column) for e in drafted.checked.errors] == [
        (2, "instruction"),
        (3, "structured_prompt"),
    ]


def test_a_column_named_parent_is_kept_for_the_manifest() -> None:
    (line,) = lines_of(draft("prompt,parent\na boat,17\n"), CHOICES, {1: "First"})

    assert line.extra == {"parent": "17"}


def rows_of_all_kinds(project_id: int) -> list[NewLine]:
    scene = {"structured_prompt": SCENE, "instruction": "make it night"}
    chosen = {"lighting": "soft", "aspect_ratio": "3:2", "resolution": "draft"}
    switches = {"project_id": project_id, "use_cache": False, "max_retries": 1}
    return [
        NewLine(
            row_id="=1",
            request=parse_request({"prompt": "a red boat", **scene, "seed": 5}),
            tags=("boats", "-night"),
            extra={"note": "+1", "Prompt": "before", "file": "of an earlier run"},
        ),
        NewLine(
            row_id="2",
            request=parse_request({"prompt": 'a "blue" boat,\nmoored', **chosen, **switches}),
        ),
    ]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", ["manifest.csv", "manifest.json"])
def test_what_is_exported_is_imported_again_unchanged(studio: Studio, name: str) -> None:
    spring = studio.library.add_project("Spring, 2026", colour=COLOURS[1])
    names = studio.batches.project_names()
    new = rows_of_all_kinds(spring)
    batch = studio.batches.start(Plan(name="round"), new)
    run_to_end(studio, feeder_of(studio))
    studio.library.archive_project(spring)

    packed = zipfile.ZipFile(io.BytesIO(b"".join(studio.archives.zip_of(batch.id))))
    again = draft_of(name, read_file(name, packed.read(name)), None)
    lines = lines_of(again, CHOICES, names)

    made = studio.batches.line(batch.id, 2).generation
    assert made is not None
    assert again.checked.errors == ()
    assert [line.request for line in lines] == [
        new[0].request,
        new[1].request.model_copy(update={"seed": made.seed, "use_cache": True}),
    ]
    assert [(line.row_id, line.tags) for line in lines] == [("=1", ("boats", "-night")), ("2", ())]
    kept = {"note": "+1", "original Prompt": "before", "file": "pictures/1_a red boat_5.png"}
    assert kept.items() <= lines[0].extra.items()


@given(count=st.integers(0, 500), wanted=st.integers(0, 20))
def test_a_test_run_lies_evenly_over_the_rows(count: int, wanted: int) -> None:
    places = spread(count, wanted)
    gaps = {after - before for before, after in pairwise([*places, count + 1])}

    assert len(places) == min(count, wanted)
    if places:
        assert places[0] == 1
        assert min(gaps) >= 1
        assert max(gaps) - min(gaps) <= 1


def test_one_more_answer_about_a_file_keeps_what_was_mended_in_it() -> None:
    content = b"prompt,seed\na fox --ar 16:9,x\na dog,2\n"
    before = read_file("rows.csv", content)
    (question,) = before.questions
    after = read_file("rows.csv", content, question.answers)
    mended = mend(draft_of("rows.csv", before, None), {(2, "seed"): "7", (3, "prompt"): "a wolf"})

    draft = reread(mended, before, after)

    assert [
        (row.request.prompt, row.request.seed, row.request.aspect_ratio)
        for row in draft.checked.rows
        if row.request
    ] == [("a fox", 7, "16:9"), ("a wolf", 2, "1:1")]
    assert draft.table.questions == ()
