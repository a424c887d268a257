"""Paid orders that wait for a person after a restore: check, send or drop them."""

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
    "Check is free and fetches those that have an order number here. Look the others up in the "
    "provider's console before you send them, which costs their price."
)
LOOK_FIRST = "Look in the provider's console what was made since, then press OK."
_LOST_SEEN = "lost_orders_seen"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldSummary:
    """What waits for a person; `lost` counts orders that belong to no picture here.

    `is_unseen` is True until somebody has acknowledged the restore.
    """

    count: int
    price_microusd: int
    because: str
    lost: int
    is_unseen: bool

    def __bool__(self) -> bool:
        """Whether there is anything to decide or to acknowledge."""
        return bool(self.count or self.lost or self.is_unseen)

    @property
    def sentence(self) -> str:
        """Return what happened and how much waits, as text for people."""
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
        """Return the notice for every page while something is held or not acknowledged."""
        summary = self.summary()
        advice = ADVICE if summary.count else LOOK_FIRST
        return [Notice("held", summary.sentence, advice)] if summary else []

    def check(self) -> int:
        """Record every request id that the journal knows, free of charge; return how many.

        Orders that stay held have no request id here, and Bria cannot look them up without one.
        """
        adopted = self._decisions.adopt_from_journal()
        with self._context.database.writing() as session:
            holds.note_seen(session)
        return adopted

    def note_seen(self) -> int:
        """Record that a person knows about the restore; return 0, as no order moves."""
        with self._context.database.writing() as session:
            holds.note_seen(session)
            self._note_seen_within(session)
        return 0

    def send(self) -> int:
        """Release the held orders, whose price is still reserved; return how many.

        Those with a known request id are fetched free of charge instead, as by `check`.
        """
        self.check()
        with self._context.database.writing() as session:
            self._note_seen_within(session)
            return holds.release(session)

    def drop(self) -> int:
        """Cancel the held orders and release their money; return how many.

        Those with a known request id are paid for and are fetched instead, as by `check`.
        """
        self.check()
        with self._context.database.reading() as session:
            held = holds.held_ids(session)
        dropped = 0
        for generation_id in held:
            try:
                self._decisions.cancel(generation_id)
            except StaleStateError:
                continue  # somebody sent or cancelled it just now
            dropped += 1
        with self._context.database.writing() as session:
            self._note_seen_within(session)
        return dropped

    def _note_seen_within(self, session: Session) -> None:
        holds.write_key(session, _LOST_SEEN, str(self._context.order_log.count_lost()))
