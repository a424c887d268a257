"""Paid orders held for a person, because a copy of the studio may have sent them already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, case, func, literal, update
from sqlmodel import Session, col, select

from core.database import in_chunks
from core.domain.batching import OPEN_BATCH, BatchState
from core.domain.engines import PREVIEWS
from core.domain.states import State
from core.records import workers
from core.tables.batch import BatchRow
from core.tables.generation import GenerationRow
from core.tables.studio import SecretRow

RESTORED = "restored"
"""The hold of an order that may have been made after a copy was taken."""

CANCELLED = "cancelled"
"""The hold of an order whose batch was cancelled while it was being sent or was unclear."""

REASON_KEY = "held_because"
_UNSEEN = "hold_unseen"
"""Not empty after a hold until a person has acknowledged it, even if no order is held."""

_LOOK_FIRST = "Rows of this batch may have been made already after the copy was taken; look, then"
_STORED_IN_PART = (
    "Not all rows of this batch were kept when the copy was taken; "
    "look whether it was made after it."
)
_ADVICE = "It may have been made already. Send or drop it in the banner above."
_IS_HELD = (col(GenerationRow.hold) == RESTORED, col(GenerationRow.status) == State.QUEUED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What waits for a person: how many orders, their price, and what happened."""

    count: int
    price_microusd: int
    because: str
    is_unseen: bool


def lock_key(session: Session, name: str) -> str:
    """Return a key of the installation, "" if there is none, locked until the transaction ends."""
    workers.shared_key(session, name, fresh="")
    query = select(SecretRow.key).where(col(SecretRow.name) == name).with_for_update()
    return session.exec(query).one()


def write_key(session: Session, name: str, key: str) -> None:
    """Change a key of the installation."""
    workers.shared_key(session, name, fresh="")
    session.execute(update(SecretRow).where(col(SecretRow.name) == name).values(key=key))


def read_key(session: Session, name: str) -> str:
    """Return a key of the installation, "" if there is none."""
    return session.exec(select(SecretRow.key).where(col(SecretRow.name) == name)).first() or ""


def read_keys(session: Session, names: Sequence[str]) -> dict[str, str]:
    """Return several keys of the installation, read together; missing ones are left out."""
    query = select(SecretRow.name, SecretRow.key).where(col(SecretRow.name).in_(names))
    return dict(session.exec(query).all())


def has_rows(session: Session) -> bool:
    """Return whether anything was ever requested."""
    return any(
        session.exec(select(1).select_from(table).limit(1)).first()
        for table in (GenerationRow, BatchRow)
    )


def working_elsewhere(session: Session, folder: str, *, seen_within_seconds: float) -> list[str]:
    """Return the hosts of living workers that use another data folder."""
    return [
        one.setup.host or "another machine"
        for one in workers.living(session, seen_within_seconds=seen_within_seconds)
        if one.setup.role == workers.WORKER and one.setup.folder not in {None, folder}
    ]


def hold_paid_work(session: Session, because: str) -> tuple[int, int]:
    """Hold every paid order and give every open batch the reason; return how many of each.

    An order whose intent is recorded is held too: it is settled as usual, but not sent again.
    Running and paused batches are stopped.
    """
    write_key(session, REASON_KEY, because)
    write_key(session, _UNSEEN, "unseen" if has_rows(session) else "")
    unsent = (State.QUEUED, State.SUBMITTING)
    # by engine and not by price: a price may be set to 0, and the provider charges all the same
    paid = col(GenerationRow.engine).not_in(PREVIEWS)
    # batches first: a feeder that requests a row right now locks its batch, so its order exists
    # before the orders are held
    stopped = session.scalars(
        update(BatchRow)
        .where(col(BatchRow.state).in_(OPEN_BATCH))
        .values(
            state=case(
                (col(BatchRow.state) == BatchState.PILOTED, BatchState.PILOTED),
                else_=BatchState.STOPPED,
            ),
            reason=_reason(because),
        )
        .returning(col(BatchRow.id))
    ).all()
    session.execute(
        update(BatchRow)
        .where(col(BatchRow.state) == BatchState.STORING)
        .values(reason=f"{because} {_STORED_IN_PART}")
    )
    held = session.scalars(
        update(GenerationRow)
        .where(
            col(GenerationRow.status).in_(unsent),
            paid,
            col(GenerationRow.hold).is_distinct_from(CANCELLED),
        )
        .values(hold=RESTORED)
        .returning(col(GenerationRow.id))
    ).all()
    session.execute(
        update(GenerationRow)
        .where(*_IS_HELD)
        .values(job_id=None, error_message=f"{because} It is held.", error_advice=_ADVICE)
    )
    return len(held), len(stopped)


def _reason(because: str) -> ColumnElement[str]:
    """Return a batch's reason, followed by why it had stopped before, without repetition."""
    what = case(
        (col(BatchRow.state) == BatchState.PILOTED, "run the others or cancel."),
        else_="resume or cancel.",
    )
    before = case(
        (col(BatchRow.reason).contains(_LOOK_FIRST), ""),
        else_=func.coalesce(literal(" Before: ") + col(BatchRow.reason), ""),
    )
    return literal(f"{because} {_LOOK_FIRST} ") + what + before


def reason_to_look(session: Session, batch_id: int) -> str | None:
    """Return what a batch says of its rows after a restore, until somebody decides about it."""
    query = select(BatchRow.reason).where(
        col(BatchRow.id) == batch_id, col(BatchRow.reason).contains(_LOOK_FIRST)
    )
    return session.exec(query).first()


def note_seen(session: Session) -> None:
    """Record that a person has acknowledged the last hold."""
    write_key(session, _UNSEEN, "")


def cancel_once_settled(session: Session, ids: Sequence[int]) -> None:
    """Let those orders end as cancelled that turn out not to have been sent.

    These are orders that are being sent or are unclear. An accepted order goes on, as it is paid.
    """
    undecided = (State.SUBMITTING, State.UNKNOWN)
    for some in in_chunks(ids):
        session.execute(
            update(GenerationRow)
            .where(col(GenerationRow.id).in_(some), col(GenerationRow.status).in_(undecided))
            .values(hold=CANCELLED)
        )


def summary(session: Session) -> Held:
    """Return what is held now."""
    amount = func.coalesce(func.sum(GenerationRow.reserved_microusd), 0)
    query = select(func.count(), amount).where(*_IS_HELD)
    count, price = session.exec(query).one()
    keys = read_keys(session, (REASON_KEY, _UNSEEN))
    return Held(
        count=count,
        price_microusd=int(price),
        because=keys.get(REASON_KEY, ""),
        is_unseen=bool(keys.get(_UNSEEN)),
    )


def held_ids(session: Session) -> list[int]:
    """Return the held generations, oldest first."""
    return list(session.exec(select(GenerationRow.id).where(*_IS_HELD).order_by("id")))


def release(session: Session) -> int:
    """Release everything that is held; return how many orders."""
    released = (
        update(GenerationRow)
        .where(*_IS_HELD)
        .values(hold=None, job_id=None, error_message=None, error_advice=None)
        .returning(col(GenerationRow.id))
    )
    return len(session.scalars(released).all())
