"""Kills a busy writer and counts the figures afresh: `python -m tests.bench.kills [25]`.

Four threads ask, cancel, rate, move and throw away, and the process is killed with signal 9 at a
random moment of their work. After every death the figures are compared with a recount of all rows.
Exit code 1 if one row of figures ever differs.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session, func, select

from core.database import Database
from core.figures import recount, rollups
from core.tables.figures import FigureRow, TallyRow
from core.tables.generation import GenerationRow
from tests.serving import ROOT, clean_environment

KILLS, MOST_TURNS, MOST_SECONDS_MORE = 25, 12, 0.03

WRITER = """
import itertools, sys, threading
from pathlib import Path
from core.domain.request import parse_request
from core.settings import Settings
from core.wiring import build_studio

studio = build_studio(Settings(FIBO_DATA_DIR=Path(sys.argv[1])))
other = studio.library.add_project(sys.argv[2], colour="#0f766e")

def write(thread):
    for turn in itertools.count(thread):
        light = ("studio", "soft", "hard")[turn % 3]
        fields = {"prompt": f"a boat {thread}", "use_cache": False, "lighting": light}
        made = studio.service.ask(parse_request(fields)).id
        studio.decisions.cancel(made)
        studio.library.judge([made], rating=1 + turn % 5)
        studio.library.move([made], other)
        studio.library.throw_away([made])
        print("turn", flush=True)

threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
for thread in threads:
    thread.start()
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a killed writer left: changes of the figures so far, and rows that differ."""

    rows: int
    changes: int
    compared: int
    wrong: tuple[str, ...]


def kill_a_writer(folder: Path, number: int, *, turns: int, seconds_more: float) -> Outcome:
    """Let a writer live for so many turns and a moment more, kill it, and count afresh."""
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder), f"Project of kill {number}"],
        cwd=ROOT,
        env=clean_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert writer.stdout is not None
    assert all(writer.stdout.readline() == b"turn\n" for _ in range(turns))
    time.sleep(seconds_more)
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    writer.stdout.close()
    database = Database(f"sqlite:///{folder}/fibo.sqlite")
    try:
        with database.reading() as session:
            return Outcome(
                rows=_count(session, GenerationRow),
                changes=rollups.version(session),
                compared=_count(session, FigureRow) + _count(session, TallyRow),
                wrong=tuple(recount.differences(session)),
            )
    finally:
        database.close()


def _count(session: Session, table: type[GenerationRow | FigureRow | TallyRow]) -> int:
    return session.exec(select(func.count()).select_from(table)).one()


def main(kills: int) -> int:
    """Kill so many writers of one folder, print a line for each, and return the exit code."""
    chance = random.Random(25)  # noqa: S311 - any moments will do, the same each time
    wrong = 0
    print(f"{'kill':>6}{'rows':>8}{'changes':>10}{'compared':>10}{'differ':>8}")
    with tempfile.TemporaryDirectory() as folder:
        for number in range(1, kills + 1):
            turns, more = chance.randint(1, MOST_TURNS), chance.uniform(0, MOST_SECONDS_MORE)
            left = kill_a_writer(Path(folder), number, turns=turns, seconds_more=more)
            wrong += len(left.wrong)
            numbers = f"{left.rows:8}{left.changes:10}{left.compared:10}{len(left.wrong):8}"
            print(f"{number:6}{numbers}", *left.wrong[:3], flush=True)
    print(f"{kills} kills, {wrong} rows of figures differ (none may)")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else KILLS))
