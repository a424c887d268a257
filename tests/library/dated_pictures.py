"""Pictures of the last days with everything that the statistics count."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from core.figures import recount
from core.wiring import Studio
from tests.records.little_history import add_pictures

PICTURE = {"resolution": "draft", "image_width": 64, "image_height": 64}


def add_ten(studio: Studio, *, project_id: int = 1, days_ago: int = 1) -> list[int]:
    """Add ten pictures of Bria FIBO at half an hour before a UTC midnight, and count them.

    Seven are completed (one of them reused), two failed, one is blocked; four are rated: 5, 5, 4
    and 2 stars. Three have golden hour with warm, one has studio with cool.
    """
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    asked_at = today - timedelta(days=days_ago) + timedelta(hours=23, minutes=30)
    warm = {"lighting": "golden-hour", "color_palette": "warm"}
    rows: list[dict[str, Any]] = [
        {"rating": 5, "generation_seconds": 12.0, **warm},
        {"rating": 5, "generation_seconds": 12.0, **warm},
        {"rating": 4, "generation_seconds": 14.0, **warm},
        {"rating": 2, "generation_seconds": 16.0, "lighting": "studio", "color_palette": "cool"},
        {"generation_seconds": 18.0, "mode": "manual", "retry_count": 1},
        {"generation_seconds": 40.0, "mode": "manual"},
        {
            "cached": True,
            "generation_seconds": 12.0,
            "saved_microusd": 30_000,
            "saved_seconds": 12.0,
        },
        {"status": "failed"},
        {"status": "failed"},
        {"status": "blocked"},
    ]
    ids = add_pictures(
        studio,
        *(
            {
                "prompt": f"a boat, number {number}",
                "engine": "bria",
                "project_id": project_id,
                "created_at": asked_at + timedelta(seconds=number),
                "started_at": asked_at + timedelta(seconds=number + 2),
                **PICTURE,
                **row,
            }
            for number, row in enumerate(rows)
        ),
    )
    with studio.database.writing() as session:
        recount.rebuild(session)
    return ids
