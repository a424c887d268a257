"""One fake for all tests of the fake; each test starts over."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from tests.fakes.bria import FakeBria, start_fake
from tests.fakes_contract.visitor import Visitor


@pytest.fixture(scope="session")
def running_fake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeBria]:
    folder = tmp_path_factory.mktemp("fake_bria")
    with start_fake(folder, with_tls=shutil.which("openssl") is not None) as fake:
        yield fake


@pytest.fixture
def fake(running_fake: FakeBria) -> FakeBria:
    running_fake.start_over()
    return running_fake


@pytest.fixture
def visitor(fake: FakeBria) -> Iterator[Visitor]:
    with Visitor(fake) as visitor:
        yield visitor
