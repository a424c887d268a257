"""Forty pictures of two days in March, few enough that every sum can be checked on paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from core.clock import first_id_at
from core.figures import rollups
from core.tables.generation import AttemptRow, GenerationRow
from core.wiring import Studio

FIRST_DAY = datetime(2026, 3, 1, 9, tzinfo=UTC)
SECOND_DAY = datetime(2026, 3, 2, 9, tzinfo=UTC)

Charges = tuple[tuple[str, int], ...]
"""What each try was charged: yes, maybe or no, and millionths of a dollar."""


@dataclass(frozen=True, kw_only=True)
class Group:
    """Pictures that are alike but for what is listed one by one."""

    n: int
    at: datetime = SECOND_DAY
    run: Sequence[float] = ()
    wait: float | None = None
    ratings: Sequence[int] = ()
    charges: Sequence[Charges] = ()
    columns: dict[str, Any] = field(default_factory=dict)


PAID = (("yes", 40_000),)
PAID_AND_PERHAPS = (*PAID, ("maybe", 40_000))
LITE = (("yes", 20_000),)
LITE_IN_PROJECT_2 = {"engine": "bria-lite", "project_id": 2, "user_id": 2, "use_cache": False}

GROUPS = (
    # bria, project 1, user 1: 24 pictures
    Group(n=10, at=FIRST_DAY, run=range(10, 20), wait=1, ratings=(5, 5, 4), charges=[PAID] * 10,
          columns={"quality_score": 0.8, "lighting": "studio", "color_palette": "warm"}),
    Group(n=4, run=[30] * 4, wait=2, ratings=(1,), charges=[PAID_AND_PERHAPS, *[PAID] * 3],
          columns={"mode": "manual", "retry_count": 2, "quality_score": 0.6}),
    Group(n=3, wait=3, charges=[PAID, (("no", 40_000),), (("no", 40_000),)],
          columns={"status": "failed", "retry_count": 3}),
    Group(n=2, wait=1, columns={"status": "blocked"}),
    Group(n=1, wait=1, charges=[(("maybe", 40_000),)], columns={"status": "unknown"}),
    Group(n=2, run=[15] * 2, columns={"cached": True, "saved_microusd": 40_000,
                                      "saved_seconds": 15.0, "quality_score": 0.8}),
    Group(n=1, columns={"status": "queued", "reserved_microusd": 40_000}),
    Group(n=1, columns={"status": "cancelled"}),
    # bria-lite, project 2, user 2: 7 pictures
    Group(n=6, run=[5] * 6, wait=1, ratings=(3, 3), charges=[LITE] * 6,
          columns={**LITE_IN_PROJECT_2, "mode": "manual", "quality_score": 1.0}),
    Group(n=1, wait=4, columns={**LITE_IN_PROJECT_2, "status": "downloading",
                                "reserved_microusd": 20_000}),
    # previews, project 1, user 1: 9 pictures
    Group(n=7, run=[0.5] * 7, wait=0, columns={"engine": "preview", "quality_score": 0.5}),
    Group(n=1, run=[0.5], columns={"engine": "preview", "quality_score": 0.5, "cached": True,
                                   "saved_seconds": 0.5}),
    Group(n=1, wait=0, columns={"engine": "preview", "status": "failed"}),
)  # fmt: skip


def add_forty_rows(studio: Studio) -> None:
    """Add the pictures and their tries, followed by the figures like any others."""
    with studio.database.writing() as session:
        for row, charges in _rows():
            session.add(row)
            session.add_all(
                AttemptRow(
                    id=row.id + number,
                    generation_id=row.id,
                    number=number,
                    started_at=row.created_at,
                    charge=charge,
                    price_microusd=price,
                )
                for number, (charge, price) in enumerate(charges, start=1)
            )
            rollups.track_new(session, row.id)


def add_picture(studio: Studio, created_at: datetime) -> None:
    """Add one finished picture of a moment."""
    with studio.database.writing() as session:
        row = _row(1, created_at, {"generation_seconds": 9.0})
        session.add(row)
        rollups.track_new(session, row.id)


def _rows() -> Iterator[tuple[GenerationRow, Charges]]:
    number = 0
    for group in GROUPS:
        for place in range(group.n):
            number += 1
            created_at = group.at + timedelta(minutes=number)
            columns = dict(group.columns)
            columns["generation_seconds"] = _at(group.run, place)
            columns["rating"] = _at(group.ratings, place)
            if group.wait is not None:
                columns["started_at"] = created_at + timedelta(seconds=group.wait)
            yield _row(number, created_at, columns), _at(group.charges, place) or ()


def _at(values: Sequence[Any], place: int) -> Any:
    return values[place] if place < len(values) else None


def _row(number: int, created_at: datetime, columns: dict[str, Any]) -> GenerationRow:
    plain = {
        "id": first_id_at(created_at) + 100 * number,
        "created_at": created_at,
        "user_id": 1,
        "project_id": 1,
        "status": "completed",
        "engine": "bria",
        "mode": "ai",
        "prompt": "a boat",
        "aspect_ratio": "1:1",
        "seed": 1,
        "use_cache": True,
        "max_retries": 3,
        "cache_key": str(number),
        "spend_day": created_at.date().isoformat(),
    }
    return GenerationRow(**{**plain, **columns})
