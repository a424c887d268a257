"""One fake Bria for all tests of the client; each test starts over."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.bria import FakeBria, start_fake


@pytest.fixture(scope="session")
def running_bria(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeBria]:
    with start_fake(tmp_path_factory.mktemp("bria"), with_tls=True) as fake:
        yield fake


@pytest.fixture
def fake(running_bria: FakeBria) -> FakeBria:
    running_bria.start_over()
    return running_bria
