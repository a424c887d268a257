"""Every try to make a picture, recorded before it starts, and what it cost."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, text, update
from sqlmodel import Session, col, select

from core.database import in_chunks
from core.domain.failure import Charge, Failure
from core.domain.money import Cost
from core.figures import rollups
from core.tables.generation import AttemptRow, GenerationRow

SHARED_NUMBER = "shared_number"
"""The end of a try that the provider answered with another picture's request id."""

_OPEN_AMONG = {
    # without CROSS, SQLite may begin with the stored tries; the index needs the requested ones
    # first
    "sqlite": """
        SELECT asked.value, CAST(same.key AS INTEGER), attempt.charge
        FROM json_each(:asked) AS same CROSS JOIN json_each(same.value) AS asked
        LEFT JOIN attempt ON attempt.generation_id = asked.value
            AND attempt.number = CAST(same.key AS INTEGER)
        WHERE attempt.charge IS NULL OR attempt.charge = :maybe""",
    "postgresql": """
        SELECT CAST(asked.value AS bigint), CAST(same.key AS integer), attempt.charge
        FROM jsonb_each(CAST(:asked AS jsonb)) AS same
        CROSS JOIN jsonb_array_elements_text(same.value) AS asked
        LEFT JOIN attempt ON attempt.generation_id = CAST(asked.value AS bigint)
            AND attempt.number = CAST(same.key AS integer)
        WHERE attempt.charge IS NULL OR attempt.charge = :maybe""",
}
"""The generations are grouped by the number of the try; 100,000 pairs would take twice as long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try: its times, how it ended, and what is known about its charge."""

    number: int
    started_at: datetime
    ended_at: datetime | None
    request_id: str | None
    http_status: int | None
    error_class: str | None
    error_detail: str | None
    charge: Charge
    price_microusd: int


def begin_attempt(
    session: Session,
    *,
    attempt_id: int,
    generation_id: int,
    now: datetime,
    is_paid: bool,
    price_microusd: int,
    spend_day: str,
) -> int:
    """Record that a try begins, and return its number, counted from 1.

    `is_paid` means that a provider is asked, whatever price is set for it. `spend_day` is the day
    whose budget holds the reserved price.

    From this row on a paid try may have been charged, since nobody knows when the process may die;
    `maybe` becomes `no` or `yes` when the answer arrives.
    """
    rollups.track(session, generation_id)
    number = count_attempts(session, generation_id) + 1
    session.add(
        AttemptRow(
            id=attempt_id,
            generation_id=generation_id,
            number=number,
            started_at=now,
            charge=Charge.MAYBE if is_paid else Charge.NO,
            price_microusd=price_microusd,
            spend_day=spend_day,
        )
    )
    session.flush()
    return number


def note_acceptance(
    session: Session, *, generation_id: int, number: int, request_id: str, now: datetime
) -> None:
    """Record the provider's request id; from here on the try is certainly charged."""
    rollups.track(session, generation_id)
    session.execute(
        update(AttemptRow)
        .where(_is(generation_id, number))
        .values(request_id=request_id, charge=Charge.YES, ended_at=now)
    )


def carrier_of(session: Session, request_id: str, *, otherwise: int) -> int:
    """Return the generation whose try was the first with this request id, else `otherwise`.

    Until the transaction ends, nobody else can store this request id for a try.
    """
    if session.get_bind().dialect.name == "postgresql":
        # two answers arriving together would not see each other; SQLite has only one writer anyway
        key = func.hashtextextended(request_id, 0)
        session.execute(select(func.pg_advisory_xact_lock(key)))
    query = (
        select(AttemptRow.generation_id)
        .where(col(AttemptRow.request_id) == request_id)
        .order_by(col(AttemptRow.id))
        .limit(1)
    )
    return session.exec(query).first() or otherwise


def note_shared_number(
    session: Session, *, generation_id: int, number: int, now: datetime, detail: str
) -> bool:
    """Record that a try was answered with another picture's request id, and store none for it.

    Its charge stays unclear. Returns False if this was recorded before.
    """
    rollups.track(session, generation_id)
    noted = (
        update(AttemptRow)
        .where(
            _is(generation_id, number),
            func.coalesce(AttemptRow.error_class, "") != SHARED_NUMBER,
        )
        .values(request_id=None, ended_at=now, error_class=SHARED_NUMBER, error_detail=detail)
        .returning(col(AttemptRow.id))
    )
    return session.scalars(noted).first() is not None


def end_attempt(
    session: Session,
    *,
    generation_id: int,
    now: datetime,
    failure: Failure | None = None,
    error_class: str | None = None,
) -> str | None:
    """Record how the running try ended; `failure` says what it cost.

    Returns the day whose budget it counts against, or None if there was no try.
    """
    values: dict[str, object] = {"ended_at": now, "error_class": error_class}
    if failure is not None:
        values |= {
            "error_class": failure.kind,
            "error_detail": failure.detail or None,
            "http_status": failure.http_status,
            "charge": failure.charge,
        }
    rollups.track(session, generation_id)
    # the try whose picture the generation waits for, which need not be the last one
    under_way = select(AttemptRow.number).where(
        col(AttemptRow.generation_id) == generation_id,
        col(AttemptRow.request_id) == GenerationRow.request_id,
        col(GenerationRow.id) == generation_id,
    )
    number = session.exec(under_way).first() or count_attempts(session, generation_id)
    ended = update(AttemptRow).where(_is(generation_id, number)).values(**values)
    return session.scalars(ended.returning(col(AttemptRow.spend_day))).first()


def note_unsent(session: Session, generation_id: int, number: int, *, now: datetime) -> str | None:
    """Record that a try was never sent and is not charged.

    Returns the day whose budget it counted against, or None if more is already known of it.
    """
    rollups.track(session, generation_id)
    noted = (
        update(AttemptRow)
        .where(_is(generation_id, number), col(AttemptRow.charge) == Charge.MAYBE)
        .values(charge=Charge.NO, ended_at=now, error_class="not_sent")
        .returning(col(AttemptRow.spend_day))
    )
    return session.scalars(noted).first()


def count_attempts(session: Session, generation_id: int) -> int:
    """Return the number of tries of a generation."""
    query = select(func.count()).where(col(AttemptRow.generation_id) == generation_id)
    return session.exec(query).one()


def has_number(session: Session, generation_id: int, number: int) -> bool:
    """Return whether the request id of a try is already known."""
    query = select(AttemptRow.request_id).where(_is(generation_id, number))
    return session.exec(query).first() is not None


def charges_of(session: Session, tries: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Charge]:
    """Return what is known about the charge of each try that has a row.

    A try is given as generation id and number.
    """
    wanted = set(tries)
    ids = sorted({generation_id for generation_id, _ in wanted})
    found: dict[tuple[int, int], Charge] = {}
    for some in in_chunks(ids):
        query = select(AttemptRow.generation_id, AttemptRow.number, AttemptRow.charge).where(
            col(AttemptRow.generation_id).in_(some)
        )
        found |= {(one, number): Charge(charge) for one, number, charge in session.exec(query)}
    return {one: charge for one, charge in found.items() if one in wanted}


def open_among(
    session: Session, tries: Iterable[tuple[int, int]]
) -> dict[tuple[int, int], Charge | None]:
    """Return the tries that are not settled: None without a row, MAYBE if unclear.

    A try is given as generation id and number; any number of them takes one query.
    """
    by_number: dict[int, list[int]] = {}
    for generation_id, number in tries:
        by_number.setdefault(number, []).append(generation_id)
    if not by_number:
        return {}
    for generation_ids in by_number.values():
        generation_ids.sort()  # in the order of the index, which is several times faster
    query = text(_OPEN_AMONG[session.get_bind().dialect.name])
    found = session.execute(query, {"asked": json.dumps(by_number), "maybe": Charge.MAYBE.value})
    return {
        (generation_id, number): Charge(charge) if charge else None
        for generation_id, number, charge in found
    }


def note_end(
    session: Session, generation_id: int, number: int, *, now: datetime, error_class: str
) -> None:
    """Record when an abandoned try ended; its charge stays as it is."""
    session.execute(
        update(AttemptRow)
        .where(_is(generation_id, number))
        .values(ended_at=now, error_class=error_class)
    )


def count_held(session: Session, generation_id: int) -> int:
    """Return how many tries of a generation may have been charged without an answer."""
    query = select(func.count()).where(
        col(AttemptRow.generation_id) == generation_id, col(AttemptRow.charge) == Charge.MAYBE
    )
    return session.exec(query).one()


def attempts_of(session: Session, generation_id: int) -> list[Attempt]:
    """Return all tries of a generation, first to last."""
    query = (
        select(AttemptRow)
        .where(col(AttemptRow.generation_id) == generation_id)
        .order_by(col(AttemptRow.number))
    )
    return [
        Attempt(
            **{
                **row.model_dump(exclude={"id", "generation_id", "spend_day"}),
                "charge": Charge(row.charge),
            }
        )
        for row in session.exec(query)
    ]


def cost_of(session: Session, generation_id: int) -> Cost:
    """Return the certain cost of a generation's tries and the possible cost on top."""

    def sum_of(charge: Charge) -> object:
        price = case((col(AttemptRow.charge) == charge, AttemptRow.price_microusd), else_=0)
        return func.coalesce(func.sum(price), 0)

    query = select(sum_of(Charge.YES), sum_of(Charge.MAYBE)).where(  # type: ignore[call-overload]
        col(AttemptRow.generation_id) == generation_id
    )
    certain, possible = session.exec(query).one()
    return Cost(certain_microusd=int(certain), possible_microusd=int(possible))


def costs_of(session: Session, generation_ids: Sequence[int]) -> dict[int, Cost]:
    """Return the cost of each of some generations; those without a try are missing."""
    query = (
        select(AttemptRow.generation_id, AttemptRow.charge, func.sum(AttemptRow.price_microusd))
        .where(col(AttemptRow.generation_id).in_(generation_ids))
        .group_by(col(AttemptRow.generation_id), col(AttemptRow.charge))
    )
    sums: dict[int, dict[str, int]] = {}
    for generation_id, charge, total in session.exec(query):
        sums.setdefault(generation_id, {})[charge] = int(total)
    return {generation_id: to_cost(by_charge) for generation_id, by_charge in sums.items()}


def cost_of_batch(session: Session, batch_id: int) -> Cost:
    """Return the certain cost of all tries for a batch and the possible cost on top."""
    query = (
        select(AttemptRow.charge, func.coalesce(func.sum(AttemptRow.price_microusd), 0))
        .join(GenerationRow, col(GenerationRow.id) == col(AttemptRow.generation_id))
        .where(col(GenerationRow.batch_id) == batch_id)
        .group_by(col(AttemptRow.charge))
    )
    return to_cost({charge: int(total) for charge, total in session.exec(query)})


def to_cost(sums: Mapping[str, int]) -> Cost:
    """Return sums of prices (millionths of a dollar) by charge as a Cost."""
    return Cost(
        certain_microusd=sums.get(Charge.YES, 0), possible_microusd=sums.get(Charge.MAYBE, 0)
    )


def _is(generation_id: int, number: int) -> ColumnElement[bool]:
    return (col(AttemptRow.generation_id) == generation_id) & (col(AttemptRow.number) == number)
