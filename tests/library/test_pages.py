"""Finding pictures: words, fields, pages, counts; the same answers on both databases."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from core.domain.request import parse_request
from core.library.facets import Facet, count_facets
from core.library.library import Library
from core.library.pages import Place
from core.library.sql_filter import Filter
from core.records.batch_rows import NewLine
from core.records.batches import Plan
from core.wiring import Studio
from tests.records.little_history import START, add_pictures


@pytest.fixture
def library(studio: Studio) -> Library:
    return studio.library


def found(library: Library, line: str) -> list[int]:
    return [tile.id for tile in library.find(line, limit=100).tiles]


PICTURES: tuple[dict[str, Any], ...] = (
    {"prompt": "A golden retriever in the snow", "lighting": "golden-hour", "rating": 5},
    {"prompt": "Café au lait on a table", "lighting": "soft", "rating": 3, "mode": "manual"},
    {"prompt": "a red dog", "instruction": "make it night", "status": "failed", "rating": 4},
    {"prompt": "富士山 at dawn", "verdict": "approved", "aspect_ratio": "16:9"},
    {"prompt": "100% *wool* :) <b>scarf</b>", "seed": 123, "engine": "bria", "cached": True},
    {"prompt": "a gold coin", "status": "accepted", "generation_seconds": 2.5},
)


LINES: dict[str, set[int]] = {
    "": {0, 1, 2, 3, 4, 5},
    "golden": {0},
    "gold*": {0, 5},
    "GOLDEN snow": {0},
    '"golden retriever"': {0},
    '"retriever golden"': set(),
    "night": {2},
    "-a -cafe -café": {3, 4},
    "富士": {3},
    "dawn 富士山": {3},
    '":)"': {4},
    '"100%"': {4},
    "scarf -wool": set(),
    "lighting:golden-hour|soft": {0, 1},
    "lighting:g*": {0},
    "lighting:none gold*": {5},
    "-lighting:soft": {0, 2, 3, 4, 5},
    "rating:>=4": {0, 2},
    "rating:3-4": {1, 2},
    "rating:none": {3, 4, 5},
    "-rating:5": {1, 2, 3, 4, 5},
    "status:failed": {2},
    "status:processing": {5},
    "verdict:approved": {3},
    "seed:123": {4},
    "mode:manual": {1},
    "engine:bria": {4},
    "cached:yes": {4},
    "trashed:yes": set(),
    "aspect_ratio:16:9": {3},
    "duration:>2": {5},
    "cost:0": {0, 1, 2, 3, 4, 5},
    "date:2026-03-02": {0, 1, 2, 3, 4, 5},
    "date:2026-03-03": set(),
    "project:studio": {0, 1, 2, 3, 4, 5},
    "project:elsewhere": set(),
    "parent:none night": {2},
}


def test_a_line_finds_just_what_it_says(studio: Studio, library: Library) -> None:
    ids = add_pictures(studio, *(dict(picture) for picture in PICTURES))
    expected = {
        line: [ids[n] for n in sorted(which, reverse=True)] for line, which in LINES.items()
    }

    assert {line: found(library, line) for line in LINES} == expected
    assert {line: library.count(line).number for line in LINES} == {
        line: len(which) for line, which in LINES.items()
    }


def test_sqlite_folds_accents(studio: Studio, library: Library) -> None:
    if not studio.database.is_sqlite:
        assert not studio.database.is_sqlite  # Postgres keeps them apart: its index has no say
        return
    (cafe,) = add_pictures(studio, {"prompt": "Café au lait"})

    assert found(library, "cafe") == [cafe]


def test_tags_are_found_and_taken_off_again(studio: Studio, library: Library) -> None:
    one, two, three = add_pictures(studio, {}, {}, {})
    assert library.tag([one, two], "Spring Sale") == "spring-sale"
    library.tag([one, two], "spring sale")
    library.tag([two], "draft")

    assert found(library, "tag:spring-sale") == [two, one]
    assert found(library, "tag:spring* -tag:draft") == [one]
    assert found(library, "tag:none") == [three]
    assert library.facets("")["tag"].counts == {"spring-sale": 2, "draft": 1}
    library.untag([two], "draft")
    assert library.tags_of(two) == ("spring-sale",)


def test_pages_follow_each_other_and_stay_while_new_pictures_arrive(
    studio: Studio, library: Library
) -> None:
    ids = add_pictures(studio, *({"prompt": f"boat {n}"} for n in range(25)))
    for line in ("", "boat"):
        first = library.find(line, limit=10)
        late = START + timedelta(days=1, minutes=len(line))
        (newest,) = add_pictures(studio, {"created_at": late, "prompt": "late"})
        second = library.find(line, limit=10, before=first.tiles[-1].place)
        third = library.find(line, limit=10, before=second.tiles[-1].place)
        back = library.find(line, limit=10, after=second.tiles[0].place)

        walked = [tile.id for page in (first, second, third) for tile in page.tiles]
        assert [number for number in walked if number in ids] == ids[::-1]
        assert newest not in walked
        assert back.tiles[-1] == first.tiles[-1]
        assert (first.has_newer, first.has_older, third.has_older) == (False, True, False)


def test_pictures_of_one_moment_are_neither_lost_nor_shown_twice(
    studio: Studio, library: Library
) -> None:
    ids = add_pictures(studio, *({"created_at": START} for _ in range(9)))
    walked: list[int] = []
    place: Place | None = None
    while page := library.find("", limit=2, before=place).tiles:
        walked += [tile.id for tile in page]
        place = page[-1].place

    assert walked == ids[::-1]


def test_neighbours_are_those_of_the_filter(studio: Studio, library: Library) -> None:
    low, _other, middle, high = add_pictures(
        studio, {"rating": 5}, {}, {"rating": 5}, {"rating": 5}
    )
    place = next(tile.place for tile in library.find("", limit=9).tiles if tile.id == middle)

    assert library.neighbours("rating:5", place) == (high, low)
    assert library.neighbours("rating:1", place) == (None, None)


def test_counting_stops_at_its_cap(
    studio: Studio, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_pictures(studio, *({} for _ in range(6)))
    monkeypatch.setattr("core.library.pages.count_found.__kwdefaults__", {"most": 4})

    count = library.count("")

    assert (count.number, count.is_capped) == (4, True)


def test_facets_count_what_the_line_finds(studio: Studio, library: Library) -> None:
    add_pictures(studio, *(dict(picture) for picture in PICTURES))
    facets = library.facets("rating:>=3")

    assert facets["lighting"].counts == {"golden-hour": 1, "soft": 1, None: 1}
    assert facets["status"].counts == {"completed": 2, "failed": 1}
    assert facets["user"].counts == {1: 3}


def test_a_field_that_is_asked_about_still_counts_its_other_values(
    studio: Studio, library: Library
) -> None:
    add_pictures(studio, *({"engine": "bria", "mode": "ai"},) * 2, {"mode": "manual"})

    facets = library.facets("engine:bria")

    assert facets["engine"].counts == {"bria": 2, "preview": 1}
    assert facets["mode"].counts == {"ai": 2}


def test_facets_of_a_long_list_say_that_there_may_be_more(studio: Studio) -> None:
    add_pictures(studio, *({"lighting": "soft"} for _ in range(4)))
    with studio.database.looking() as connection:
        counted = {
            most: count_facets(connection, Filter(), {}, most=most)["lighting"] for most in (3, 4)
        }

    assert counted[3] == Facet(counts=Counter(soft=3), is_least=True)
    assert counted[4] == Facet(counts=Counter(soft=4), is_least=False)


def test_facets_follow_every_change_at_once(studio: Studio, library: Library) -> None:
    number, other = add_pictures(studio, {}, {})
    assert library.facets("")["tag"].counts == {}

    library.tag([number], "hero")
    library.judge([number], verdict="approved")
    assert library.facets("")["tag"].counts == {"hero": 1}
    assert library.facets("")["verdict"].counts == {"approved": 1, None: 1}
    library.throw_away([number])
    assert library.facets("")["tag"].counts == {}
    library.bring_back([number])
    library.untag([number], "hero")
    assert library.facets("")["mode"].counts == {"ai": 2}
    assert library.facets("")["tag"].counts == {}
    spring = library.add_project("Spring", colour="#0f766e")
    library.move([other], spring)
    assert library.facets("")["project"].counts == {1: 1, spring: 1}


def test_batches_and_people_are_found_by_name(studio: Studio, library: Library) -> None:
    one, two = (
        studio.batches.start(
            Plan(name=name), [NewLine(row_id="1", request=parse_request({"prompt": "a boat"}))]
        )
        for name in ("Spring shots.csv", "spring leaves")
    )
    first, second, alone = add_pictures(studio, {"batch_id": one.id}, {"batch_id": two.id}, {})

    assert library.ids('batch:"spring shots.csv"') == [first]
    assert library.ids("batch:spring*") == [second, first]
    assert library.ids(f"batch:{two.id}") == [second]
    assert library.ids("batch:none") == [alone]
    assert library.ids("batch:summer") == []
    assert library.ids("user:nobody") == []
    assert len(library.ids(f"user:{library.names()['user'][1]}|nobody")) == 3
    assert library.names()["batch"] == {two.id: "spring leaves", one.id: "Spring shots.csv"}


def test_words_that_a_purge_took_away_are_found_no_more(studio: Studio, library: Library) -> None:
    (secret,) = add_pictures(studio, {"prompt": "a secret prototype"})
    library.throw_away([secret])
    assert found(library, "prototype trashed:yes") == [secret]
    library.empty_trash(older_than_days=-1)

    assert found(library, "prototype trashed:yes") == []
    if studio.database.is_sqlite:
        with studio.database.reading() as session:
            asked = "SELECT count(*) FROM generation_words WHERE generation_words MATCH 'prototype'"
            assert session.connection().execute(text(asked)).scalar() == 0


def test_days_are_those_of_the_viewer(studio: Studio, library: Library) -> None:
    from zoneinfo import ZoneInfo

    (late,) = add_pictures(studio, {"created_at": datetime(2026, 3, 2, 23, 30, tzinfo=UTC)})

    def on(day: str, zone: str) -> list[int]:
        tiles = library.find(f"date:{day}", limit=5, zone=ZoneInfo(zone)).tiles
        return [tile.id for tile in tiles]

    assert on("2026-03-03", "Europe/Berlin") == [late]
    assert on("2026-03-02", "Europe/Berlin") == []
    assert on("2026-03-02", "America/New_York") == [late]
