"""What pages keep in memory is read again after every write that changes it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest

from core.domain.request import parse_request
from core.figures import recount
from core.insights.period import FigureScope, last_days
from core.library import facets
from core.wiring import Studio
from tests.records.little_history import add_pictures

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
WEEK = last_days(7, NOW.date())
SCOPE = FigureScope(family="preview")

Write = Callable[[Studio, int], object]

WRITES: dict[str, Write] = {
    "a rating": lambda studio, one: studio.library.judge([one], rating=2),
    "a verdict": lambda studio, one: studio.library.judge([one], verdict="rejected"),
    "a tag": lambda studio, one: studio.library.tag([one], "hero"),
    "a tag taken off": lambda studio, one: studio.library.untag([one], "old"),
    "the trash": lambda studio, one: studio.library.throw_away([one]),
    "a new picture": lambda studio, _: studio.service.ask(parse_request({"prompt": "new"})),
}


def with_two_pictures(studio: Studio) -> int:
    first, _ = add_pictures(studio, {"rating": 5}, {"rating": 5})
    studio.library.tag([first], "old")
    with studio.database.writing() as session:
        recount.rebuild(session)
    return first


@pytest.mark.parametrize("name", WRITES)
def test_facets_are_counted_again_after(studio: Studio, name: str) -> None:
    first = with_two_pictures(studio)
    before = studio.library.facets("")

    WRITES[name](studio, first)

    assert studio.library.facets("") != before


def test_facets_are_counted_once_while_nothing_changes(studio: Studio) -> None:
    with_two_pictures(studio)

    with patch.object(facets, "count_facets", wraps=facets.count_facets) as counting:
        answers = [studio.library.facets("rating:5") for _ in range(3)]

    assert counting.call_count == 1
    assert answers[0] == answers[1] == answers[2]


def test_figures_are_read_again_after_a_rating_and_a_new_picture(studio: Studio) -> None:
    first = with_two_pictures(studio)

    def ratings() -> Any:
        return studio.insights.report(SCOPE, WEEK).totals.ratings

    assert ratings()[5] == 2
    studio.library.judge([first], rating=2)
    assert (ratings()[5], ratings()[2]) == (1, 1)


def test_what_works_forgets_what_was_emptied_from_the_trash(studio: Studio) -> None:
    first = with_two_pictures(studio)
    assert studio.insights.effects(SCOPE, WEEK).rated == 2

    studio.library.throw_away([first])
    studio.library.empty_trash(older_than_days=-1)

    assert studio.insights.effects(SCOPE, WEEK).rated == 1


def test_a_project_is_called_by_its_new_name_at_once(studio: Studio) -> None:
    with_two_pictures(studio)
    project_id = studio.library.add_project("Spring", colour="#0f766e")
    assert studio.insights.project_names()[project_id] == "Spring"

    studio.library.change_project(project_id, name="Summer")

    assert studio.insights.project_names()[project_id] == "Summer"


def test_a_period_that_ends_today_is_another_one_tomorrow() -> None:
    assert last_days(7, NOW.date()) != last_days(7, (NOW + timedelta(days=1)).date())
