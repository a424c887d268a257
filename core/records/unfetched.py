"""Rows of a batch that may be paid for and have brought no picture yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from core.database import in_chunks
from core.domain.batching import LINES_WITHOUT_PICTURE, LineState
from core.domain.failure import Charge
from core.domain.money import Cost
from core.domain.states import ENDED_WITHOUT_PICTURE, State
from core.records import attempts
from core.tables.batch import LineRow
from core.tables.generation import AttemptRow, GenerationRow

KEPT_FOR = timedelta(hours=72)
"""How long a picture can be fetched: Bria keeps it for three days (docs/provider.md#pictures)."""

_ORDERED = (State.ACCEPTED, State.DOWNLOADING)
_ENDED_THERE = ("status_error", "moderation")
"""Failures that the provider itself reported: it has no picture of such a try."""
_MAYBE_CHARGED = (Charge.YES, Charge.MAYBE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """A try of an ended generation whose picture the provider may still have."""

    generation_id: int
    number: int
    request_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The failed rows of a batch to be made again by one engine, and how many may be charged."""

    engine: str | None
    rows: int
    pictures: int
    charged_before: int


def count_late(session: Session, batch_id: int) -> int:
    """Return how many running rows wait for a paid picture that could not be fetched yet."""
    query = (
        select(func.count())
        .select_from(LineRow)
        .join(GenerationRow, col(GenerationRow.id) == col(LineRow.generation_id))
        .where(col(LineRow.batch_id) == batch_id, _is_late())
    )
    return session.exec(query).one()


def cost_of_problems(session: Session, batch_id: int) -> Cost:
    """Return what the failed, unclear and late rows of a batch have cost."""
    brought_none = col(LineRow.state).in_((LineState.FAILED, LineState.UNKNOWN))
    query = (
        select(AttemptRow.charge, func.sum(AttemptRow.price_microusd))
        .join(GenerationRow, col(GenerationRow.id) == col(AttemptRow.generation_id))
        .join(LineRow, col(LineRow.generation_id) == col(GenerationRow.id))
        .where(col(LineRow.batch_id) == batch_id, or_(brought_none, _is_late()))
        .group_by(col(AttemptRow.charge))
    )
    return attempts.to_cost({charge: int(total) for charge, total in session.exec(query)})


def _is_late() -> ColumnElement[bool]:
    return and_(
        col(LineRow.state) == LineState.RUNNING,
        col(LineRow.settled_at).is_(None),
        col(GenerationRow.status).in_(_ORDERED),
        col(GenerationRow.error_message).is_not(None),
    )


def may_be_charged() -> ColumnElement[bool]:
    """Return the condition for generations with a try that was or may have been charged."""
    return (
        select(AttemptRow.id)
        .where(
            col(AttemptRow.generation_id) == col(GenerationRow.id),
            col(AttemptRow.charge).in_(_MAYBE_CHARGED),
        )
        .correlate(GenerationRow)
        .exists()
    )


def numbered_of(session: Session, ids: Sequence[int], *, since: datetime) -> list[Numbered]:
    """Return the last suitable try of each ended generation whose picture may be fetched.

    The generations failed, were blocked or were cancelled, and a request id of theirs is known.
    Tries begun before `since` are too old to be fetched.
    """
    found: dict[int, Numbered] = {}
    for some in in_chunks(ids):
        query = (
            select(AttemptRow.generation_id, AttemptRow.number, AttemptRow.request_id)
            .join(GenerationRow, col(GenerationRow.id) == col(AttemptRow.generation_id))
            .where(col(GenerationRow.id).in_(some), _may_still_be_fetched(since))
            .order_by(col(AttemptRow.generation_id), col(AttemptRow.number))
        )
        for generation_id, number, request_id in session.exec(query):
            found[generation_id] = Numbered(
                generation_id=generation_id, number=number, request_id=request_id or ""
            )
    return list(found.values())


def ended_to_ask_for(session: Session, batch_id: int, *, since: datetime) -> list[int]:
    """Return the generations of a batch's ended rows whose picture may still be fetched."""
    query = select(LineRow.generation_id).where(_has_ended(batch_id), _lies_there(since)).distinct()
    return [one for one in session.exec(query) if one is not None]


def count_to_ask_for(session: Session, batch_id: int, *, since: datetime) -> int:
    """Return how many rows of a batch would be fetched for nothing.

    These are unclear rows whose request id is known, ended rows whose picture the provider may
    still have, and rows whose generation somebody has already resumed.
    """
    unclear = (
        select(func.count())
        .select_from(LineRow)
        .join(GenerationRow, col(GenerationRow.id) == col(LineRow.generation_id))
        .where(
            col(LineRow.batch_id) == batch_id,
            col(LineRow.state) == LineState.UNKNOWN,
            col(GenerationRow.status) == State.UNKNOWN,
            select(AttemptRow.id)
            .where(
                col(AttemptRow.generation_id) == col(LineRow.generation_id),
                col(AttemptRow.request_id).is_not(None),
            )
            .correlate(LineRow)
            .exists(),
        )
    )
    ended = (
        select(func.count())
        .select_from(LineRow)
        .where(_has_ended(batch_id), _follows_its_own(since))
    )
    return session.exec(unclear).one() + session.exec(ended).one()


def failed_to_make(session: Session, batch_id: int, *, since: datetime) -> list[Failed]:
    """Return what the failed rows of a batch would make again, by engine, each picture once."""
    query = (
        select(
            GenerationRow.engine,
            func.count(),
            func.count(func.distinct(GenerationRow.id)),
            func.count(func.distinct(case((may_be_charged(), GenerationRow.id)))),
        )
        .select_from(LineRow)
        .join(GenerationRow, col(GenerationRow.id) == col(LineRow.generation_id), isouter=True)
        .where(_is_failed(batch_id), ~_follows_its_own(since))
        .group_by(GenerationRow.engine)
    )
    return [
        Failed(engine=engine, rows=rows, pictures=pictures, charged_before=charged)
        for engine, rows, pictures, charged in session.exec(query)
    ]


def lines_to_make(batch_id: int, *, since: datetime) -> ColumnElement[bool]:
    """Return the condition for a batch's failed rows whose picture cannot be fetched any more."""
    return _is_failed(batch_id) & ~_follows_its_own(since)


def lines_to_follow(batch_id: int, *, since: datetime) -> ColumnElement[bool]:
    """Return the condition for a batch's ended rows whose generation is, or can be, resumed."""
    return _has_ended(batch_id) & _follows_its_own(since)


def _is_failed(batch_id: int) -> ColumnElement[bool]:
    return and_(col(LineRow.batch_id) == batch_id, col(LineRow.state) == LineState.FAILED)


def _has_ended(batch_id: int) -> ColumnElement[bool]:
    return and_(
        col(LineRow.batch_id) == batch_id,
        col(LineRow.state).in_(LINES_WITHOUT_PICTURE),
        col(LineRow.generation_id).is_not(None),
    )


def _follows_its_own(since: datetime) -> ColumnElement[bool]:
    """Return whether an ended row's own generation is resumed already, or can be."""
    moved_on = (
        select(GenerationRow.id)
        .where(
            col(GenerationRow.id) == col(LineRow.generation_id),
            col(GenerationRow.status) != col(LineRow.state),  # both have the same words for an end
        )
        .correlate(LineRow)
        .exists()
    )
    return or_(moved_on, _lies_there(since))


def _lies_there(since: datetime) -> ColumnElement[bool]:
    return (
        select(AttemptRow.id)
        .join(GenerationRow, col(GenerationRow.id) == col(AttemptRow.generation_id))
        .where(col(GenerationRow.id) == col(LineRow.generation_id), _may_still_be_fetched(since))
        .correlate(LineRow)
        .exists()
    )


def _may_still_be_fetched(since: datetime) -> ColumnElement[bool]:
    first = aliased(AttemptRow)
    is_number_of_another = (
        select(first.id)
        .where(
            first.request_id == col(AttemptRow.request_id),
            first.id < col(AttemptRow.id),
            first.generation_id != col(AttemptRow.generation_id),
        )
        .correlate(AttemptRow)
        .exists()
    )
    return and_(
        col(GenerationRow.status).in_(ENDED_WITHOUT_PICTURE),
        col(GenerationRow.purged_at).is_(None),
        col(AttemptRow.request_id).is_not(None),
        col(AttemptRow.charge).in_(_MAYBE_CHARGED),
        col(AttemptRow.started_at) > since,
        ~is_number_of_another,
        or_(
            col(AttemptRow.error_class).is_(None),
            col(AttemptRow.error_class).not_in(_ENDED_THERE),
        ),
    )
