"""The lines of a batch: storing, claiming, counting and reading them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, insert, or_, update
from sqlmodel import Session, col, select

from core.domain.batching import LINES_WITHOUT_PICTURE, LineState, line_state_of
from core.domain.request import GenerationRequest
from core.domain.states import State
from core.errors import NotFoundError
from core.records import generations
from core.records.generations import Generation
from core.tables.batch import LineRow
from core.tables.generation import GenerationRow, PayloadRow

_NOT_ORDERED = (State.QUEUED, State.SUBMITTING, State.CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLine:
    """One line to be stored: its row id, its request, and its other columns."""

    row_id: str
    request: GenerationRequest
    tags: Sequence[str] = ()
    extra: dict[str, str] = field(default_factory=dict)
    parent_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a batch with the generation that answers it, or None."""

    batch_id: int
    position: int
    row_id: str
    state: LineState
    request: dict[str, Any]
    tags: tuple[str, ...]
    extra: dict[str, str]
    parent_id: int | None
    reason: str | None
    generation: Generation | None

    @property
    def advice(self) -> str | None:
        """What can be done about a row without a picture; None for any other row."""
        if self.generation is not None:
            return self.generation.advice
        return "Change the row and try it again." if self.state is LineState.FAILED else None


def add(
    session: Session,
    batch_id: int,
    lines: Iterable[NewLine],
    *,
    first_position: int,
    held: Sequence[bool],
) -> None:
    """Store lines in order; `held` says for each whether it waits for a test run."""
    rows = [
        {
            "batch_id": batch_id,
            "position": first_position + offset,
            "row_id": line.row_id,
            "state": LineState.HELD.value if is_held else LineState.WAITING.value,
            "request": _written(line.request),
            "engine": line.request.engine,
            "tags": json.dumps(list(line.tags), ensure_ascii=False) if line.tags else None,
            "extra": json.dumps(line.extra, ensure_ascii=False) if line.extra else None,
            "parent_id": line.parent_id,
        }
        for offset, (line, is_held) in enumerate(zip(lines, held, strict=True))
    ]
    if rows:
        session.connection().execute(insert(LineRow), rows)


def claim_next(session: Session, batch_id: int, *, engines: Sequence[str]) -> Line | None:
    """Claim the first waiting line of a batch that one of the engines can make, or None.

    The caller has locked the batch. A line without an engine can be made by any.
    """
    row = _first_waiting(session, batch_id)
    if row is not None and row.engine is not None and row.engine not in engines:
        # others may come after it; each engine has a queue of its own in the index
        heads = [_first_waiting(session, batch_id, engine) for engine in engines]
        row = min((one for one in heads if one), key=lambda one: one.position, default=None)
    if row is None:
        return None
    claiming = (
        update(LineRow)
        .where(at(batch_id, row.position), col(LineRow.state) == LineState.WAITING)
        .values(state=LineState.RUNNING)
        .returning(col(LineRow.position))
    )
    taken = session.scalars(claiming).first()
    return None if taken is None else _line(row)


def _first_waiting(session: Session, batch_id: int, engine: str | None = None) -> LineRow | None:
    query = (
        select(LineRow)
        .where(col(LineRow.batch_id) == batch_id, col(LineRow.state) == LineState.WAITING)
        .order_by(col(LineRow.position))
        .limit(1)
    )
    if engine is not None:
        query = query.where(col(LineRow.engine) == engine)
    return session.exec(query).first()


def tie(
    session: Session,
    batch_id: int,
    position: int,
    generation: Generation,
    *,
    now: datetime,
) -> LineState:
    """Record which generation answers a line; return the line's state with it."""
    state = line_state_of(generation.state)
    settled = now if is_settled(state) else None
    session.execute(
        update(LineRow)
        .where(at(batch_id, position))
        .values(generation_id=generation.id, state=state, settled_at=settled, reason=None)
    )
    return state


def refuse(session: Session, batch_id: int, position: int, reason: str, *, now: datetime) -> None:
    """End a line for which nothing can be requested."""
    session.execute(
        update(LineRow)
        .where(at(batch_id, position))
        .values(state=LineState.FAILED, reason=reason, settled_at=now)
    )


def move_all(
    session: Session,
    batch_id: int,
    old: Sequence[LineState],
    new: LineState,
    *,
    now: datetime,
    only: ColumnElement[bool] | None = None,
) -> int:
    """Move all lines of a batch in one of the old states; return how many.

    `only` is a further condition that they must meet.
    """
    forgets = new is LineState.WAITING
    values: dict[str, object] = {
        "state": new,
        "settled_at": now if is_settled(new) else None,
    }
    if forgets:
        values |= {"generation_id": None, "reason": None}
    moving = update(LineRow).where(col(LineRow.batch_id) == batch_id, col(LineRow.state).in_(old))
    if only is not None:
        moving = moving.where(only)
    moved = session.execute(moving.values(**values).execution_options(synchronize_session=False))
    return int(moved.rowcount)  # type: ignore[attr-defined]


def cancel_joined(session: Session, batch_id: int, *, now: datetime) -> None:
    """End the lines of a batch that wait for a picture of another row that was not ordered yet.

    If that picture were cancelled, they would request their own. The caller has locked the batch.
    """
    unordered = select(GenerationRow.id).where(
        col(GenerationRow.id) == col(LineRow.generation_id),
        col(GenerationRow.batch_id).is_distinct_from(batch_id),
        col(GenerationRow.status).in_(_NOT_ORDERED),
    )
    session.execute(
        update(LineRow)
        .where(
            col(LineRow.batch_id) == batch_id,
            col(LineRow.state) == LineState.RUNNING,
            unordered.correlate(LineRow).exists(),
        )
        .values(state=LineState.CANCELLED, generation_id=None, settled_at=now)
        .execution_options(synchronize_session=False)
    )


def follow_again(session: Session, batch_id: int, generation_id: int) -> None:
    """Reopen the lines of a batch without a picture whose generation was resumed."""
    session.execute(
        update(LineRow)
        .where(
            col(LineRow.batch_id) == batch_id,
            col(LineRow.generation_id) == generation_id,
            col(LineRow.state).in_(LINES_WITHOUT_PICTURE),
        )
        .values(state=LineState.UNKNOWN, settled_at=None)
    )


def rewrite(
    session: Session,
    batch_id: int,
    position: int,
    request: GenerationRequest,
    *,
    old: Sequence[LineState],
) -> bool:
    """Change the request of a settled line; return False if its state has changed."""
    rewriting = (
        update(LineRow)
        .where(at(batch_id, position), col(LineRow.state).in_(old))
        .values(
            request=_written(request),
            engine=request.engine,
            state=LineState.WAITING,
            generation_id=None,
            settled_at=None,
            reason=None,
        )
        .returning(col(LineRow.position))
    )
    return session.scalars(rewriting).first() is not None


def count(session: Session, batch_ids: Sequence[int]) -> dict[int, dict[LineState, int]]:
    """Return how many lines of each batch are in each state."""
    query = (
        select(LineRow.batch_id, LineRow.state, func.count())
        .where(col(LineRow.batch_id).in_(batch_ids))
        .group_by(col(LineRow.batch_id), col(LineRow.state))
    )
    found: dict[int, dict[LineState, int]] = {batch_id: {} for batch_id in batch_ids}
    for batch_id, state, number in session.exec(query):
        found[batch_id][LineState(state)] = number
    return found


def count_running(session: Session) -> dict[int, int]:
    """Return how many lines of each batch are under way."""
    query = (
        select(LineRow.batch_id, func.count())
        .where(
            col(LineRow.generation_id).is_not(None),
            col(LineRow.settled_at).is_(None),
            col(LineRow.state) == LineState.RUNNING,
        )
        .group_by(col(LineRow.batch_id))
    )
    return dict(session.exec(query).all())


def count_under_way(session: Session, batch_id: int) -> int:
    """Return how many lines of one batch are under way."""
    query = select(func.count()).where(
        col(LineRow.batch_id) == batch_id, col(LineRow.state) == LineState.RUNNING
    )
    return session.exec(query).one()


def count_waiting(
    session: Session, batch_id: int, *, at_most: int, engines: Sequence[str] | None = None
) -> int:
    """Return how many lines of a batch wait, counting up to `at_most`.

    With `engines`, only lines that one of them can make are counted.
    """
    waiting = (
        select(LineRow.position)
        .where(col(LineRow.batch_id) == batch_id, col(LineRow.state) == LineState.WAITING)
        .limit(at_most)
    )
    if engines is not None:
        engine = col(LineRow.engine)
        waiting = waiting.where(or_(engine.in_(engines), engine.is_(None)))
    return len(session.exec(waiting).all())


def waiting_by_engine(session: Session, batch_id: int) -> dict[str, int]:
    """Return how many lines of a batch wait for each engine."""
    found = count_by_engine(session, batch_id, (LineState.WAITING,))
    return {engine: count for engine, count in found.items() if engine is not None}


def count_by_engine(
    session: Session, batch_id: int, states: Sequence[LineState]
) -> dict[str | None, int]:
    """Return how many lines in some states each engine makes; None has those that name none."""
    query = (
        select(LineRow.engine, func.count())
        .where(col(LineRow.batch_id) == batch_id, col(LineRow.state).in_(states))
        .group_by(col(LineRow.engine))
    )
    return dict(session.exec(query).all())


def load(session: Session, batch_id: int, position: int) -> Line:
    """Return one line, or raise NotFoundError."""
    for line in page(session, batch_id, after=position - 1, limit=1):
        if line.position == position:
            return line
    raise NotFoundError(f"Batch {batch_id} has no row {position}.")


def page(
    session: Session,
    batch_id: int,
    *,
    after: int = 0,
    skip: int = 0,
    limit: int,
    states: Sequence[LineState] = (),
) -> list[Line]:
    """Return lines in order, all or only those in some states.

    The page begins after the position `after` and leaves out the next `skip` lines.
    """
    query = (
        select(LineRow, GenerationRow, PayloadRow.canonical, PayloadRow.asked_scene)
        .join(GenerationRow, col(GenerationRow.id) == col(LineRow.generation_id), isouter=True)
        .join(PayloadRow, col(PayloadRow.generation_id) == col(GenerationRow.id), isouter=True)
        .where(col(LineRow.batch_id) == batch_id, col(LineRow.position) > after)
        .order_by(col(LineRow.position))
        .offset(skip)
        .limit(limit)
    )
    if states:
        query = query.where(col(LineRow.state).in_(states))
    return [_line(*found) for found in session.exec(query)]


def _written(request: GenerationRequest) -> str:
    return request.model_dump_json(exclude_none=True)


def is_settled(state: LineState) -> bool:
    """Return whether a line has ended; an unknown one still follows what is decided about it."""
    return state in {LineState.DONE, LineState.FAILED, LineState.BLOCKED, LineState.CANCELLED}


def at(batch_id: int, position: int) -> ColumnElement[bool]:
    """Return the condition for one line."""
    return (col(LineRow.batch_id) == batch_id) & (col(LineRow.position) == position)


def _line(
    row: LineRow,
    made: GenerationRow | None = None,
    canonical: str | None = None,
    asked_scene: str | None = None,
) -> Line:
    return Line(
        batch_id=row.batch_id,
        position=row.position,
        row_id=row.row_id,
        state=LineState(row.state),
        request=json.loads(row.request),
        tags=tuple(json.loads(row.tags or "[]")),
        extra=json.loads(row.extra or "{}"),
        parent_id=row.parent_id,
        reason=row.reason,
        generation=generations.to_generation(made, canonical, asked_scene) if made else None,
    )
