"""The routes of paid orders that wait for a person after a restore: look, decide, acknowledge."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from core.domain.money import MICROUSD
from core.keys.from_settings import Scope
from core.web.api.auth import Access
from core.wiring import Studio


class HeldAnswer(BaseModel):
    """What is held now, and how many orders a decision has moved."""

    held: int = Field(description="Orders that wait for a decision.")
    price_usd: float = Field(description="What they cost if they are sent; it stays reserved.")
    estimated_cost_usd: float = Field(
        description="What this decision costs; while nothing is decided, what `send` would cost."
    )
    because: str | None = Field(default=None, description="What happened, in a sentence.")
    lost: int = Field(
        description="Paid orders that belong to no picture here; `lost-orders.jsonl` in the data "
        "folder lists them."
    )
    unseen: bool = Field(
        description="Whether nobody has seen yet that the studio was put back from a copy."
    )
    moved: int = Field(default=0, description="Orders that this decision has moved.")


def routes(studio: Studio, access: Access) -> APIRouter:
    """Return the routes."""
    router = APIRouter(tags=["studio"])

    def answer(moved: int = 0, *, cost_microusd: int | None = None) -> HeldAnswer:
        summary = studio.held.summary()
        cost = summary.price_microusd if cost_microusd is None else cost_microusd
        return HeldAnswer(
            held=summary.count,
            price_usd=summary.price_microusd / MICROUSD,
            estimated_cost_usd=cost / MICROUSD,
            because=summary.because if summary else None,
            lost=summary.lost,
            unseen=summary.is_unseen,
            moved=moved,
        )

    @router.get(
        "/studio/held",
        summary="Paid orders that are held after a restore",
        dependencies=[Depends(access.to(Scope.READ))],
    )
    def look_at_held() -> HeldAnswer:
        """Return how many orders may have been made after the backup, and what they cost."""
        return answer()

    carry_out = {
        "check": studio.held.check,
        "send": studio.held.send,
        "drop": studio.held.drop,
        "seen": studio.held.note_seen,
    }

    def add(decision: str, summary: str) -> None:
        @router.post(
            f"/studio/held/{decision}",
            summary=summary,
            name=f"{decision}-held",
            dependencies=[Depends(access.to(Scope.GENERATE))],
        )
        def decide() -> HeldAnswer:
            before = studio.held.summary().price_microusd
            moved = carry_out[decision]()
            return answer(moved, cost_microusd=before if moved and decision == "send" else 0)

    add("check", "Fetch what the journal has a number for, which is free")
    add("send", "Send the held orders, for their price")
    add("drop", "Cancel the held orders and free their money")
    add("seen", "Take note that the studio was put back; what is held stays so")
    return router
