"""Fetches sixteen pictures of 39 megapixels at once and prints the megabytes it took and kept.

`python -m tests.engines.bria.fetching_many FOLDER`; a process of its own, whose memory is its own.
"""

from __future__ import annotations

import asyncio
import io
import itertools
import json
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
from PIL import Image
from pydantic import SecretStr

from core.engines.base import Remote
from core.engines.bria.engine import FIBO, BriaEngine
from core.engines.bria.faults import Reporter
from core.engines.bria.wire import Bounds, Exchange
from core.incarnation.store import open_store
from core.media import MediaStore, release_memory_of_pictures
from core.settings import Settings

SIDES, COUNT = (7200, 5400), 16


class PreparedWire:
    """Hands out large pictures in turn."""

    bounds = Bounds()
    api_is_loopback = True

    def __init__(self, contents: list[bytes]) -> None:
        self._contents = itertools.cycle(contents)

    async def download(self, _route: object) -> Exchange:
        return Exchange(status=200, body=bytearray(next(self._contents)))


async def fetch_all(engine: BriaEngine, media: MediaStore) -> None:
    async def fetch_one() -> None:
        address = "http://127.0.0.1/picture.png"
        remote = Remote(image_url=address, seed=1, structured_prompt=None)
        picture = await engine.fetch(remote)
        assert (picture.width, picture.height) == SIDES
        await asyncio.to_thread(media.keep, picture.content, picture.media_type)

    await asyncio.gather(*(fetch_one() for _ in range(COUNT)))


def painted(colour: str) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", SIDES, colour).save(target, "PNG", compress_level=1)
    return target.getvalue()


def main(folder: Path) -> None:
    release_memory_of_pictures()
    media = open_store(Settings(FIBO_DATA_DIR=folder)).media
    wire: Any = PreparedWire([painted(colour) for colour in ("teal", "navy", "olive", "maroon")])
    engine = BriaEngine(FIBO, wire, Reporter(SecretStr("t" * 32), lambda: datetime.now(UTC)))
    me, ended = psutil.Process(), threading.Event()
    before = most = me.memory_info().rss

    def watch() -> None:
        nonlocal most
        while not ended.wait(0.005):
            most = max(most, me.memory_info().rss)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        asyncio.run(fetch_all(engine, media))
    finally:
        ended.set()
        watcher.join()
    after = me.memory_info().rss
    told = {"peak": most - before, "kept": after - before}
    sys.stdout.write(json.dumps({name: size // 1_000_000 for name, size in told.items()}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
