"""A small cache saves what a large one saves; the large one is a command."""

from __future__ import annotations

from pathlib import Path

from tests.bench.cache import measure
from tests.bench.seed_history import open_folder


def test_an_owned_picture_is_answered_without_the_engine_and_found_without_the_disk(
    tmp_path: Path,
) -> None:
    studio = open_folder(tmp_path)
    figures = measure(studio, tmp_path, entries=60, look_ups=50, made=1, seconds=1.5)
    studio.close()

    # the bars are 100 and 4; a busy machine is slower at both
    assert figures.made_ms > 5 * figures.reused_ms
    assert figures.memory_us < 12 * figures.diskcache_us
    assert figures.memory_us < figures.disk_us
