"""Which ratings the question "what works" is answered from."""

from __future__ import annotations

from datetime import timedelta

from core.insights.period import Period, Scope
from core.insights.rated import read_rated
from core.records import recount
from core.wiring import Studio
from tests.records.little_history import START, add_pictures

ALWAYS = Period((START - timedelta(days=9)).date(), (START + timedelta(days=9)).date())


def prompts_rated(studio: Studio) -> list[str]:
    with studio.database.reading() as session:
        return [one.prompt for one in read_rated(session, Scope(family="preview"), ALWAYS)]


def test_a_picture_that_was_emptied_from_the_trash_no_longer_counts(studio: Studio) -> None:
    long_ago = studio.clock.now() - timedelta(days=31)
    add_pictures(
        studio,
        {"prompt": "a boat", "rating": 5},
        {"prompt": "a fox", "rating": 1, "trashed_at": long_ago},
    )

    studio.library.empty_trash()

    assert prompts_rated(studio) == ["a boat"]


def test_figures_follow_what_people_say_of_pictures(studio: Studio) -> None:
    ids = add_pictures(studio, {"prompt": "a boat"}, {"prompt": "a fox"})
    with studio.database.writing() as session:
        recount.rebuild(session)

    studio.library.judge(ids, rating=4, verdict="approved")

    with studio.database.reading() as session:
        assert recount.differences(session) == []
    assert len(prompts_rated(studio)) == 2
