"""Health: what the sources tell is told, and one that cannot look keeps the others from nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.exc import OperationalError

from core.generation.health import Health, Notice
from core.wiring import Studio

HELD = Notice("held", "9 orders may have been made after this backup.", "Check them first.")
STOPPED = Notice("worker", "Nothing is being made.", stops=True)


def test_what_the_sources_say_is_told_and_only_what_stops_is_a_problem(
    studio: Studio, tmp_path: Path
) -> None:
    def break_down() -> Sequence[Notice]:
        raise OperationalError("SELECT", {}, Exception("gone"))

    sources = (lambda: [HELD], break_down, lambda: [STOPPED])
    report = Health(studio.database, studio.clock, tmp_path, sources=sources).report()

    assert report.notices[-2:] == (HELD, STOPPED)
    assert STOPPED.message in report.problems
    assert HELD.message not in report.problems
