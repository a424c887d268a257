"""The counted columns of generations, read in their present state within the transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Row, func
from sqlmodel import Session, col, select

from core.database import MOST_IDS_IN_A_STATEMENT, in_chunks
from core.domain.failure import Charge
from core.domain.states import State
from core.domain.vocabulary import PARAMETER_NAMES
from core.figures.measures import Contribution
from core.tables.generation import AttemptRow, GenerationRow

_COLUMNS = (
    *("id", "created_at", "user_id", "project_id", "engine", "mode", "status"),
    *("retry_count", "use_cache", "cached", "started_at", "generation_seconds"),
    *("quality_score", "rating", "reserved_microusd", "saved_microusd", "saved_seconds"),
    *PARAMETER_NAMES,
)


def read_contribution(
    session: Session, generation_ids: Collection[int], *, locks: bool = False
) -> dict[int, Contribution]:
    """Return the counted columns by id; ids without a row are left out.

    With `locks` nobody else on Postgres can change them until this transaction ends; SQLite has one
    writer at a time anyway.
    """
    found: dict[int, Contribution] = {}
    for chunk in in_chunks(sorted(generation_ids)):
        rows = select_contributions().where(col(GenerationRow.id).in_(chunk))
        if locks:
            rows = rows.order_by(col(GenerationRow.id)).with_for_update()
        found |= _with_charges(session, session.execute(rows).all())
    return found


def read_all_contributions(session: Session, *, chunk: int = 5_000) -> Iterator[Contribution]:
    """Yield every generation in the order of ids, without holding them all at once."""
    last = -1
    while True:
        rows = select_contributions().where(col(GenerationRow.id) > last)
        page = session.execute(rows.order_by(col(GenerationRow.id)).limit(chunk)).all()
        if not page:
            return
        last = page[-1].id
        yield from _with_charges(session, page).values()


def select_contributions() -> Any:  # noqa: ANN401 - a Select of that many columns has no name
    """Return the query of the counted columns, without conditions."""
    columns = GenerationRow.__table__.columns  # type: ignore[attr-defined]
    return select(*(columns[name] for name in _COLUMNS))


def _with_charges(session: Session, rows: Collection[Row[Any]]) -> dict[int, Contribution]:
    if not rows:
        return {}
    ids = [row.id for row in rows]
    attempt = col(AttemptRow.generation_id)
    query = (
        select(AttemptRow.generation_id, AttemptRow.charge, func.sum(AttemptRow.price_microusd))
        .where(
            attempt.in_(ids)
            if len(ids) <= MOST_IDS_IN_A_STATEMENT
            else attempt.between(ids[0], ids[-1]),
            col(AttemptRow.charge) != Charge.NO,
        )
        .group_by(attempt, col(AttemptRow.charge))
    )
    found: dict[int, dict[str, int]] = {}
    for generation_id, charge, amount in session.execute(query):
        found.setdefault(generation_id, {})[charge] = int(amount)
    return {row.id: _counted(row, found.get(row.id, {})) for row in rows}


def _counted(row: Row[Any], charges: dict[str, int]) -> Contribution:
    made = not row.cached
    wait_seconds = None
    if made and row.started_at is not None:
        wait_seconds = max((row.started_at - row.created_at).total_seconds(), 0.0)
    parameters = {name: getattr(row, name) for name in PARAMETER_NAMES}
    return Contribution(
        day=row.created_at.date().isoformat(),
        user_id=row.user_id,
        project_id=row.project_id,
        engine=row.engine,
        mode=row.mode,
        status=State(row.status),
        parameters={name: value for name, value in parameters.items() if value is not None},
        retry_count=row.retry_count,
        use_cache=row.use_cache,
        cached=row.cached,
        wait_seconds=wait_seconds,
        run_seconds=row.generation_seconds if made else None,
        quality_score=row.quality_score,
        rating=row.rating,
        estimated_microusd=row.reserved_microusd,
        certain_microusd=charges.get(Charge.YES, 0),
        possible_microusd=charges.get(Charge.MAYBE, 0),
        saved_microusd=row.saved_microusd,
        saved_seconds=row.saved_seconds or 0.0,
    )
