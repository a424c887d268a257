"""The same request gives the same bytes, whoever renders it."""

from __future__ import annotations

import pytest

from tests.bench.preview import digest_of, digests

SCENES = (2, 9, 16)


@pytest.mark.parametrize("workers", [1, 2])
def test_any_number_of_processes_renders_the_same_bytes(workers: int) -> None:
    here = [digest_of(number, 64) for number in SCENES]

    assert digests(workers, SCENES, side=64) == here
