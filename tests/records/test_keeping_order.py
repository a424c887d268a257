"""Judging, projects with their money, the trash and its files, saved views."""

from __future__ import annotations

import os
import time

import pytest

from core import ledger
from core.domain.failure import Charge
from core.errors import InvalidRequestError, NotFoundError
from core.tables.generation import AttemptRow
from core.wiring import Studio
from tests.fakes.engine import painted_square
from tests.records.little_history import START, add_pictures


def seen(studio: Studio, number: int) -> tuple[object, ...]:
    made = studio.service.see(number)
    return made.rating, made.verdict, made.verdict_reason, made.note


def test_a_judgement_changes_what_it_names_and_tells_what_was_before(studio: Studio) -> None:
    one, two = add_pictures(studio, {"rating": 2, "note": "keep"}, {})

    before = studio.library.judge([one, two], rating=5, verdict="approved")

    assert seen(studio, one) == (5, "approved", None, "keep")
    assert (before[one].rating, before[one].note, before[two].rating) == (2, "keep", None)


@pytest.mark.parametrize(
    "changes", [{"rating": 6}, {"rating": 0}, {"verdict": "perhaps"}, {"stars": 3}]
)
def test_what_no_judgement_can_be_is_refused(studio: Studio, changes: dict[str, object]) -> None:
    (one,) = add_pictures(studio, {"rating": 2})

    with pytest.raises(InvalidRequestError):
        studio.library.judge([one], **changes)

    assert seen(studio, one)[0] == 2


def test_the_trash_takes_only_what_has_ended_and_gives_it_back(studio: Studio) -> None:
    done, waiting, unknown = add_pictures(
        studio, {}, {"status": "queued", "completed_at": None}, {"status": "unknown"}
    )

    assert studio.library.throw_away([done, waiting, unknown, done]) == [done]
    assert studio.library.ids("") == [unknown, waiting]
    assert studio.library.bring_back([done, waiting]) == [done]
    assert studio.library.ids("") == [unknown, waiting, done]


def test_a_purge_keeps_a_file_while_any_row_shows_it(studio: Studio) -> None:
    shared, alone = (studio.media.keep(painted_square(n), "image/png") for n in (5, 77))
    columns = {"image_type": "image/png"}
    gone, kept, single = add_pictures(
        studio,
        {"image_sha256": shared, **columns},
        {"image_sha256": shared, **columns},
        {"image_sha256": alone, **columns},
    )
    _age(studio, shared, alone)
    studio.library.throw_away([gone, single])

    assert studio.library.empty_trash() == 0, "thirty days are not over"
    assert studio.library.empty_trash(older_than_days=-1) == 1

    assert studio.media.find(shared, "image/png").path.exists()
    with pytest.raises(NotFoundError):
        studio.media.find(alone, "image/png")
    assert studio.service.see(gone).prompt == "(removed)"
    assert studio.library.bring_back([gone]) == []
    assert studio.library.ids("") == [kept]


def test_a_file_that_was_just_stored_again_survives_a_purge(studio: Studio) -> None:
    digest = studio.media.keep(painted_square(5), "image/png")
    (gone,) = add_pictures(studio, {"image_sha256": digest, "image_type": "image/png"})
    _age(studio, digest)
    studio.media.keep(painted_square(5), "image/png")
    studio.library.throw_away([gone])

    assert studio.library.empty_trash(older_than_days=-1) == 0
    assert studio.media.find(digest, "image/png").path.exists()


def test_moving_a_picture_moves_what_it_cost(studio: Studio) -> None:
    spring = studio.library.add_project("Spring", colour="#0f766e", budget_microusd=10)
    (one,) = add_pictures(studio, {"price_microusd": 30_000})
    with studio.database.writing() as session:
        session.add(
            AttemptRow(
                id=one,
                generation_id=one,
                number=1,
                started_at=START,
                charge=Charge.YES,
                price_microusd=30_000,
            )
        )
        ledger.transfer(session, {}, to_project=1)
        ledger.transfer(session, {spring: -30_000}, to_project=spring)

    studio.library.move([one], spring)
    spent = {project.name: project.committed_microusd for project in studio.library.projects()}

    assert spent == {"Spring": 30_000, "Studio": -30_000}
    assert studio.library.ids("project:spring") == [one]


def test_projects_are_named_once_changed_and_archived(studio: Studio) -> None:
    library = studio.library
    spring = library.add_project("  Spring   sale ", colour="#0f766e", budget_microusd=5_000_000)
    with pytest.raises(InvalidRequestError, match="already"):
        library.add_project("Spring sale", colour="#0f766e")
    with pytest.raises(InvalidRequestError, match="colour"):
        library.change_project(spring, colour="red")
    with pytest.raises(InvalidRequestError, match="first project"):
        library.archive_project(1)
    library.change_project(spring, name="Summer", budget_microusd=None)

    assert [(p.name, p.budget_microusd) for p in library.projects()] == [
        ("Studio", None),
        ("Summer", None),
    ]
    library.archive_project(spring)
    assert [p.name for p in library.projects()] == ["Studio"]


def test_a_saved_view_keeps_its_newest_line(studio: Studio) -> None:
    studio.library.save_view("Best", "rating:5")
    studio.library.save_view("Best ", "rating:>=4")
    studio.library.save_view("All", "")

    assert [(v.name, v.line) for v in studio.library.views()] == [
        ("All", ""),
        ("Best", "rating:>=4"),
    ]
    studio.library.forget_view("Best")
    assert [v.name for v in studio.library.views()] == ["All"]


def _age(studio: Studio, *digests: str) -> None:
    for digest in digests:
        path = studio.media.find(digest, "image/png").path
        os.utime(path, (time.time() - 7200,) * 2)
