"""The tags of a row are those of its picture, so that a search finds it by them."""

from __future__ import annotations

from dataclasses import replace

from core.records.batches import Plan
from core.wiring import Studio
from tests.batches.orders import feeder_of, new_lines, run_to_end


def test_a_picture_is_found_by_the_tags_of_its_row(studio: Studio) -> None:
    first, second, third = new_lines(3)
    lines = [
        replace(first, tags=("Lookbook", "Spring 2027")),
        replace(second, tags=("lookbook", "l" * 41, '"')),
        replace(third, tags=()),
    ]
    batch = studio.batches.start(Plan(name="tagged"), lines)
    run_to_end(studio, feeder_of(studio))

    made = [line.generation.id for line in studio.batches.lines(batch.id) if line.generation]
    assert sorted(studio.library.ids("tag:lookbook", limit=9)) == sorted(made[:2])
    assert list(studio.library.ids("tag:spring-2027", limit=9)) == made[:1]
    assert studio.library.tags_of(made[1]) == ("lookbook",), "what can be no tag stays in the row"


def test_a_picture_that_is_owned_or_made_for_two_rows_has_the_tags_of_each(studio: Studio) -> None:
    (line,) = new_lines(1)
    twice = [replace(line, tags=("one",)), replace(line, tags=("two",))]
    studio.batches.start(Plan(name="twice"), twice)
    run_to_end(studio, feeder_of(studio))
    studio.batches.start(Plan(name="again"), [replace(line, tags=("three",))])
    run_to_end(studio, feeder_of(studio))

    assert [len(studio.library.ids(f"tag:{tag}", limit=9)) for tag in ("one", "two", "three")] == [
        *(1, 1, 1)
    ]
