"""The figures follow every change, in its own transaction, and equal a recount."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import delete, text, update
from sqlmodel import col

from core.database import Database
from core.domain.request import parse_request
from core.figures import recount, rollups
from core.figures.measures import GAMMA, MEASURES, bucket_of, percentile, seconds_of
from core.tables.figures import FigureRow, TallyRow
from core.tables.generation import AttemptRow, GenerationRow
from core.wiring import Studio
from tests.bench.kills import kill_a_writer


def wrong(database: Database) -> list[str]:
    with database.reading() as session:
        return recount.differences(session)


def test_the_measures_are_the_columns_of_a_row() -> None:
    assert tuple(FigureRow.model_fields)[4:] == MEASURES


def test_eight_writers_do_not_lock_each_other_up(studio: Studio) -> None:
    shared = [studio.service.ask(parse_request({"prompt": f"shared {n}"})).id for n in range(6)]

    def work(number: int) -> None:
        for turn in range(12):
            # the same pictures in opposite orders, which is how two writers lock each other up
            studio.library.judge(shared[:: 1 if number % 2 else -1], rating=1 + turn % 5)
            fields = {"lighting": ("studio", "soft", "hard")[turn % 3], "use_cache": False}
            request = parse_request(
                {"prompt": f"a boat {number}", "project_id": 1 + (number + turn) % 3, **fields}
            )
            studio.decisions.cancel(studio.service.ask(request).id)

    with ThreadPoolExecutor(8) as writers:
        list(writers.map(work, range(8)))

    assert wrong(studio.database) == []
    totals = studio.insights.statistics(user_id=1)
    assert (totals.total_generations, totals.status_breakdown["cancelled"]) == (102, 96)


def test_ratings_moves_between_projects_and_deletions_are_followed(studio: Studio) -> None:
    first, other = (
        studio.service.ask(parse_request({"prompt": f"a boat {number}"})).id for number in range(2)
    )
    for stars, project in ((2, 1), (5, 7)):
        with studio.database.writing() as session:
            rollups.track(session, first, other)
            session.execute(update(GenerationRow).values(rating=stars, project_id=project))
        assert wrong(studio.database) == []
    with studio.database.writing() as session:
        rollups.track(session, other)
        session.execute(delete(AttemptRow).where(col(AttemptRow.generation_id) == other))
        session.execute(delete(GenerationRow).where(col(GenerationRow.id) == other))

    assert wrong(studio.database) == []
    assert studio.insights.statistics(user_id=1, project_id=7).total_generations == 1
    assert studio.insights.statistics(user_id=1, project_id=1).total_generations == 0


def test_a_drift_is_named_and_mended(studio: Studio) -> None:
    studio.service.ask(parse_request({"prompt": "a boat"}))
    with studio.database.writing() as session:
        session.connection().execute(text("UPDATE figure SET asked = 9 WHERE dimension = 'all'"))

    assert "asked is 9, and a recount says 1" in wrong(studio.database)[0]
    with studio.database.writing() as session:
        recount.rebuild(session)
    assert wrong(studio.database) == []


def test_what_was_made_before_there_were_figures_is_counted_once_at_the_next_start(
    open_studio: Callable[[], Studio],
) -> None:
    before = open_studio()
    before.service.ask(parse_request({"prompt": "a boat"}))
    with before.database.writing() as session:
        session.execute(delete(FigureRow))
        session.execute(delete(TallyRow))

    for studio in (open_studio(), open_studio()):
        assert wrong(studio.database) == []


@pytest.mark.parametrize("seconds", [0.0005, 0.001, 0.7, 1.0, 15.4, 599.0])
def test_a_bucket_stands_for_its_durations_within_two_percent(seconds: float) -> None:
    found = seconds_of(bucket_of(seconds))

    assert abs(found / max(seconds, 0.001) - 1) <= (GAMMA - 1) / (GAMMA + 1) + 1e-9
    assert percentile({bucket_of(seconds): 3}, 0.95) == found


def test_a_killed_writer_leaves_no_drift(tmp_path: Path) -> None:
    # `python -m tests.bench.kills` kills 25
    left = [kill_a_writer(tmp_path, turns, turns=turns, seconds_more=0.01) for turns in (1, 2, 5)]

    assert [one.wrong for one in left] == [()] * 3
    assert left[-1].changes > 8
    assert left[-1].compared > 0
