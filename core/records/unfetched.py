"""Rows of a batch that may be paid for and brought no picture so far."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, func, or_
from sqlmodel import Session, col, select

from core.domain.batching import LineState
from core.domain.money import Cost
from core.domain.states import State
from core.records import attempts
from core.tables.batch import LineRow
from core.tables.generation import AttemptRow, GenerationRow

_ORDERED = (State.ACCEPTED, State.DOWNLOADING)


def count_late(session: Session, batch_id: int) -> int:
    """Return how many running rows wait for a picture that is paid and could not be fetched."""
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
