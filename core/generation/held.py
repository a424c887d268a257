"""Paid orders that wait for a person after a restore: look again, send them, or drop them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from core.domain.money import dollars
from core.domain.notice import Notice
from core.errors import StaleStateError
from core.generation.context import PipelineContext
from core.generation.decisions import Decisions
from core.records import holds

ADVICE = (
    "Check is free and fetches those that have an order number here. Look the others up in Bria's "
    "console before you send them, which costs their price."
)
LOOK_FIRST = "Look in Bria's console what was made since, then press OK."
_LOST_SEEN = "lost_orders_seen"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldSummary:
    """What waits for a person; `lost` counts orders that belong to no picture here.

    `is_unseen` says that nobody has seen yet that the studio was put back.
    """

    count: int
    price_microusd: int
    because: str
    lost: int
    is_unseen: bool

    def __bool__(self) -> bool:
        """Whether there is anything to decide or to see."""
        return bool(self.count or self.lost or self.is_unseen)

    @property
    def sentence(self) -> str:
        """Return what happened and how much waits, for people."""
        parts = [self.because or "Paid orders are held."]
        if self.count:
            orders = "1 order" if self.count == 1 else f"{self.count:,} orders"
            price = dollars(self.price_microusd)
            parts.append(
                f"{orders} ({price}) may have been made after this backup: check, send or drop."
            )
        if self.lost:
            orders = "1 paid order" if self.lost == 1 else f"{self.lost:,} paid orders"
            parts.append(f"{orders} belong to no picture here; lost-orders.jsonl lists them.")
        if self.is_unseen:
            parts.append(
                "What was asked for after the copy was taken is not known here: a batch that goes "
                "on, or a request that is repeated, may pay for it again."
            )
        return " ".join(parts)


class HeldOrders:
    """Carries out what a person decides about everything that is held."""

    def __init__(self, context: PipelineContext, decisions: Decisions) -> None:
        self._context = context
        self._decisions = decisions

    def summary(self) -> HeldSummary:
        """Return what is held now."""
        with self._context.database.reading() as session:
            held = holds.summary(session)
            seen = int(holds.read_key(session, _LOST_SEEN) or 0)
        return HeldSummary(
            count=held.count,
            price_microusd=held.price_microusd,
            because=held.because,
            lost=max(self._context.order_log.count_lost() - seen, 0),
            is_unseen=held.is_unseen,
        )

    def notices(self) -> list[Notice]:
        """Return what every page says while something is held, or nobody has seen why."""
        summary = self.summary()
        advice = ADVICE if summary.count else LOOK_FIRST
        return [Notice("held", summary.sentence, advice)] if summary else []

    def check(self) -> int:
        """Take over every number that the journal knows, for nothing; return how many.

        Those that remain have no number here, and Bria looks up no order without one.
        """
        adopted = self._decisions.adopt_from_journal()
        with self._context.database.writing() as session:
            holds.note_seen(session)
        return adopted

    def note_seen(self) -> int:
        """Note that a person knows that the studio was put back; return 0, as nothing moves."""
        with self._context.database.writing() as session:
            holds.note_seen(session)
            self._note_seen_within(session)
        return 0

    def send(self) -> int:
        """Let the held orders be made for their price, which stayed reserved; return how many.

        Those whose number is known are fetched for nothing instead, as by `check`.
        """
        self.check()
        with self._context.database.writing() as session:
            self._note_seen_within(session)
            return holds.release(session)

    def drop(self) -> int:
        """Cancel the held orders and free their money; return how many.

        Those whose number is known are paid and are fetched, as by `check`.
        """
        self.check()
        with self._context.database.reading() as session:
            held = holds.held_ids(session)
        dropped = 0
        for generation_id in held:
            try:
                self._decisions.cancel(generation_id)
            except StaleStateError:
                continue  # somebody has sent or cancelled it in this moment
            dropped += 1
        with self._context.database.writing() as session:
            self._note_seen_within(session)
        return dropped

    def _note_seen_within(self, session: Session) -> None:
        holds.write_key(session, _LOST_SEEN, str(self._context.order_log.count_lost()))
