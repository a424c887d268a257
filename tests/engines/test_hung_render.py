"""A render process that hangs is ended, and its unfinished pictures are rendered again."""

from __future__ import annotations

import asyncio
import os
import signal
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

from core.domain.request import parse_request
from core.engines.base import Order
from core.engines.previewing import PreviewEngine
from core.engines.render_pool import PICTURE, RenderHungError, RenderPool
from core.errors import EngineError


def stop_once(mark: str) -> int:
    """Stop this process for good, unless somebody did so before."""
    path = Path(mark)
    if not path.exists():
        path.touch()
        os.kill(os.getpid(), signal.SIGSTOP)
    return os.getpid()


def stop() -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


def test_a_stopped_render_is_ended_and_the_next_one_gets_a_new_process(tmp_path: Path) -> None:
    pool = RenderPool(processes=1, longest_seconds=15)
    mark = str(tmp_path / "mark")

    with pytest.raises(RenderHungError):
        pool.render(stop_once, mark, urgency=PICTURE).result(120)
    assert pool.ended_lately()

    assert pool.render(stop_once, mark, urgency=PICTURE).result(120)
    pool.close()


def test_a_render_that_hangs_while_its_processes_are_stopped_ends_nothing_else() -> None:
    pool = RenderPool(processes=1)
    stopped = ProcessPoolExecutor(1)
    stopped.shutdown()

    pool._end_hung(stopped, Future())  # as the timer does, a moment too late

    assert pool.ended_lately()
    pool.close()


def test_a_picture_whose_renders_hang_twice_fails_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pool = RenderPool(processes=1, longest_seconds=3)
    drawn: list[object] = []
    render = pool.render

    def hang(_work: object, *given: object, urgency: int) -> object:
        drawn.append(given)
        return render(stop, urgency=urgency)

    monkeypatch.setattr(pool, "render", hang)
    order = Order(generation_id=1, request=parse_request({"prompt": "a dog"}), seed=7)

    with pytest.raises(EngineError, match="took too long and was ended, twice"):
        asyncio.run(PreviewEngine(pool).render(order))

    assert len(drawn) == 2
    pool.close()


def test_a_hung_render_takes_its_neighbour_only_for_this_time(tmp_path: Path) -> None:
    pool = RenderPool(processes=2, longest_seconds=15)
    first = pool.render(stop_once, str(tmp_path / "one"), urgency=PICTURE)
    neighbour = pool.render(stop_once, str(tmp_path / "two"), urgency=PICTURE)

    for lost in (first, neighbour):
        with pytest.raises(BrokenProcessPool):
            lost.result(120)

    again = [
        pool.render(stop_once, str(tmp_path / name), urgency=PICTURE) for name in ("one", "two")
    ]
    assert all(one.result(120) for one in again)
    pool.close()
