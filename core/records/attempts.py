"""Every try to have a picture made, written before it starts, and what it cost."""

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
"""How a try ended that the provider answered with the number of another picture."""

_OPEN_AMONG = {
    # without CROSS, SQLite may begin with the tries it has; the index needs what is asked for
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
"""Generations are given by the number of the try, as 100,000 pairs would take twice as long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try: when, how it ended, and what is known about its charge."""

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
    """Write down that a try begins and return its number, counted from 1.

    `is_paid` says that a provider is asked, whatever price is set for it; `spend_day` is the day
    whose budget that price was reserved from.

    From this row on a paid try may have been charged, since nobody can know when the process will
    die; `maybe` becomes `no` or `yes` when the answer is there.
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
    """Write down the provider's number; from here on the try is charged for certain."""
    rollups.track(session, generation_id)
    session.execute(
        update(AttemptRow)
        .where(_is(generation_id, number))
        .values(request_id=request_id, charge=Charge.YES, ended_at=now)
    )


def carrier_of(session: Session, request_id: str, *, otherwise: int) -> int:
    """Return the generation whose try was the first to carry a number, else `otherwise`.

    Until the transaction ends nobody else gives this number to a try.
    """
    if session.get_bind().dialect.name == "postgresql":
        # of two answers that come in together neither would see the other; SQLite has one writer
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
    """Write down that a try was answered with the number of another picture, and carries none.

    What it cost stays as unclear as it was. False where that is written down already.
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
    """Write down how the try that is under way ended; `failure` says what it cost.

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
    """Write down that a try never left and is not charged.

    Returns the day whose budget it counted against, or None if more is known of it already.
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
    """Return how often a generation was tried."""
    query = select(func.count()).where(col(AttemptRow.generation_id) == generation_id)
    return session.exec(query).one()


def has_number(session: Session, generation_id: int, number: int) -> bool:
    """Return whether the provider's number for a try is known already."""
    query = select(AttemptRow.request_id).where(_is(generation_id, number))
    return session.exec(query).first() is not None


def charges_of(session: Session, tries: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Charge]:
    """Return what is known about the charge of each try that has a row.

    Tries are given as generation and number.
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
    """Return those of some tries that are not settled: None without a row, MAYBE if unclear.

    Tries are given as generation and number; any number of them takes one query.
    """
    by_number: dict[int, list[int]] = {}
    for generation_id, number in tries:
        by_number.setdefault(number, []).append(generation_id)
    if not by_number:
        return {}
    for generation_ids in by_number.values():
        generation_ids.sort()  # as the index is, which is several times faster
    query = text(_OPEN_AMONG[session.get_bind().dialect.name])
    found = session.execute(query, {"asked": json.dumps(by_number), "maybe": Charge.MAYBE.value})
    return {
        (generation_id, number): Charge(charge) if charge else None
        for generation_id, number, charge in found
    }


def note_end(
    session: Session, generation_id: int, number: int, *, now: datetime, error_class: str
) -> None:
    """Write down when a try that nobody waits for ended; what it cost stays as it is."""
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
    """Return what the tries of a generation have cost for certain, and possibly on top."""

    def sum_of(charge: Charge) -> object:
        price = case((col(AttemptRow.charge) == charge, AttemptRow.price_microusd), else_=0)
        return func.coalesce(func.sum(price), 0)

    query = select(sum_of(Charge.YES), sum_of(Charge.MAYBE)).where(  # type: ignore[call-overload]
        col(AttemptRow.generation_id) == generation_id
    )
    certain, possible = session.exec(query).one()
    return Cost(certain_microusd=int(certain), possible_microusd=int(possible))


def costs_of(session: Session, generation_ids: Sequence[int]) -> dict[int, Cost]:
    """Return what each of some generations has cost; those without a try are missing."""
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
    """Return what all tries for a batch have cost for certain, and possibly on top."""
    query = (
        select(AttemptRow.charge, func.coalesce(func.sum(AttemptRow.price_microusd), 0))
        .join(GenerationRow, col(GenerationRow.id) == col(AttemptRow.generation_id))
        .where(col(GenerationRow.batch_id) == batch_id)
        .group_by(col(AttemptRow.charge))
    )
    return to_cost({charge: int(total) for charge, total in session.exec(query)})


def to_cost(sums: Mapping[str, int]) -> Cost:
    """Return sums of prices in microusd, by what is known of their charge, as a cost."""
    return Cost(
        certain_microusd=sums.get(Charge.YES, 0), possible_microusd=sums.get(Charge.MAYBE, 0)
    )


def _is(generation_id: int, number: int) -> ColumnElement[bool]:
    return (col(AttemptRow.generation_id) == generation_id) & (col(AttemptRow.number) == number)
