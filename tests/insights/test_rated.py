"""Which ratings the question "what works" is answered from."""

from __future__ import annotations

from datetime import timedelta

from core.figures import recount
from core.insights.effects import read_rated
from core.insights.period import FigureScope, Period
from core.wiring import Studio
from tests.records.little_history import START, add_pictures

ALWAYS = Period((START - timedelta(days=9)).date(), (START + timedelta(days=9)).date())


def prompts_rated(studio: Studio) -> list[str]:
    with studio.database.reading() as session:
        return [one.prompt for one in read_rated(session, FigureScope(family="preview"), ALWAYS)]


def test_a_picture_that_was_emptied_from_the_trash_no_longer_counts(studio: Studio) -> None:
    long_ago = studio.clock.now() - timedelta(days=31)
    add_pictures(
        studio,
        {"prompt": "a boat", "rating": 5},
        {"prompt": "a fox", "rating": 1, "trashed_at": long_ago},
    )

    studio.library.empty_trash()

    assert prompts_rated(studio) == ["a boat"]


def test_emptying_the_trash_takes_words_and_reasons_and_leaves_the_figures_as_they_were(
    studio: Studio,
) -> None:
    loved, hated = add_pictures(studio, {"prompt": "a boat"}, {"prompt": "a fox"})
    with studio.database.writing() as session:
        recount.rebuild(session)
    studio.library.judge([loved], rating=5)
    studio.library.judge([hated], rating=1, verdict="rejected", verdict_reason="dull", note="no")
    studio.library.throw_away([hated])
    before = studio.insights.report(FigureScope(family="preview"), ALWAYS)

    studio.library.empty_trash(older_than_days=-1)

    emptied = studio.service.see(hated)
    assert (emptied.prompt, emptied.verdict_reason, emptied.note) == ("(removed)", None, None)
    assert (emptied.rating, emptied.verdict) == (1, "rejected")
    assert studio.insights.report(FigureScope(family="preview"), ALWAYS) == before
    assert before.totals.average_rating == 3.0
    with studio.database.reading() as session:
        assert recount.differences(session) == []


def test_figures_follow_what_people_say_of_pictures(studio: Studio) -> None:
    ids = add_pictures(studio, {"prompt": "a boat"}, {"prompt": "a fox"})
    with studio.database.writing() as session:
        recount.rebuild(session)

    studio.library.judge(ids, rating=4, verdict="approved")

    with studio.database.reading() as session:
        assert recount.differences(session) == []
    assert len(prompts_rated(studio)) == 2
