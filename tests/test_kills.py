"""Power cuts: a worker killed at random moments with ten generations in flight loses nothing."""

from __future__ import annotations

import io
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image

from core.domain.request import parse_request
from core.domain.states import State
from core.records.generations import Generation
from core.settings import Settings
from core.wiring import Studio, build_studio
from tests.running import wait_until
from tests.serving import ROOT, clean_environment

IN_FLIGHT = 10


def start_worker(data_dir: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "core.worker"],
        cwd=ROOT,
        env={**clean_environment(), "FIBO_DATA_DIR": str(data_dir)},
        stderr=subprocess.DEVNULL,
    )


def unfinished(studio: Studio, asked: list[int]) -> list[int]:
    return [one for one in asked if studio.service.see(one).is_waiting]


def begun_but_unfinished(studio: Studio, asked: list[int]) -> int:
    states = [studio.service.see(one).state for one in asked[-2 * IN_FLIGHT :]]
    return sum(state in {State.SUBMITTING, State.ACCEPTED, State.DOWNLOADING} for state in states)


def keep_in_flight(studio: Studio, asked: list[int]) -> None:
    while len(unfinished(studio, asked[-2 * IN_FLIGHT :])) < IN_FLIGHT:
        number = len(asked)
        request = parse_request({"prompt": f"a bottle, number {number}", "aspect_ratio": "1:1"})
        asked.append(studio.service.ask(request).id)


@pytest.mark.parametrize("kills", [5, pytest.param(20, marks=pytest.mark.long)])
def test_kills_with_ten_generations_in_flight_lose_nothing(tmp_path: Path, kills: int) -> None:
    moments = random.Random(20)  # noqa: S311 - any moments will do, the same each time
    studio = build_studio(Settings(FIBO_DATA_DIR=tmp_path))
    asked: list[int] = []
    caught = 0
    for number in range(kills):
        keep_in_flight(studio, asked)
        worker = start_worker(tmp_path)
        if number % 4:
            wait_until(lambda: begun_but_unfinished(studio, asked) > 0, what="work under way")
        time.sleep(moments.uniform(0.0, 1.5))
        worker.send_signal(signal.SIGKILL)
        worker.wait(10)
        caught += begun_but_unfinished(studio, asked) > 0

    last = start_worker(tmp_path)
    wait_until(lambda: not unfinished(studio, asked), what="everything asked", patience_seconds=300)
    last.terminate()
    assert last.wait(15) == 0
    made = [studio.service.see(one) for one in asked]
    ids = [one.id for one in studio.service.newest(limit=1000)]
    assert sorted(ids) == sorted(asked)
    assert caught >= kills // 2
    assert Counter(one.state for one in made) == {State.COMPLETED: len(asked)}
    assert_every_file_is_whole(studio, tmp_path, made)
    studio.close()
    with closing(sqlite3.connect(tmp_path / "fibo.sqlite")) as connection:
        assert connection.execute("PRAGMA quick_check").fetchall() == [("ok",)]


def assert_every_file_is_whole(studio: Studio, folder: Path, made: list[Generation]) -> None:
    for one in made:
        content = studio.service.picture_file(one).path.read_bytes()
        with Image.open(io.BytesIO(content)) as picture:
            picture.verify()
        with Image.open(io.BytesIO(content)) as picture:
            picture.load()
            assert picture.info["seed"] == str(one.seed)
    assert list((folder / "media").rglob("*.part")) == []
    for thumbnail in (folder / "media").rglob("*.webp"):
        with Image.open(thumbnail) as picture:
            picture.load()
