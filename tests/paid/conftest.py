"""A studio that is connected to the fake Bria and works without a worker thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from core.settings import Settings
from core.wiring import Studio, build_studio
from tests.fakes.bria import FakeBria, start_fake


@pytest.fixture(scope="package")
def fake_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeBria]:
    with start_fake(tmp_path_factory.mktemp("bria"), with_tls=True) as running:
        yield running


@pytest.fixture
def fake(fake_process: FakeBria) -> FakeBria:
    fake_process.start_over()
    return fake_process


OpenPaid = Callable[..., Studio]


@pytest.fixture
def open_paid(tmp_path: Path, database_url: str, fake: FakeBria) -> Iterator[OpenPaid]:
    """A function that opens the studio with the fake as its provider; twice is a restart."""
    opened: list[Studio] = []

    def open_it(**settings: Any) -> Studio:
        given = {
            "FIBO_DATA_DIR": tmp_path,
            "FIBO_DATABASE_URL": SecretStr(database_url),
            "BRIA_API_TOKEN": SecretStr(fake.token),
            "BRIA_BASE_URL": fake.base_url,
            "FIBO_RETRY_BASE_SECONDS": 0.01,
            "FIBO_RETRY_CAP_SECONDS": 0.1,
            "FIBO_POLL_SECONDS": 0.02,
            "FIBO_SUBMIT_TIMEOUT_SECONDS": 2.0,
            "FIBO_RATE_PER_MINUTE": 60_000,
        }
        opened.append(build_studio(Settings(**{**given, **settings})))
        return opened[-1]

    yield open_it
    for studio in opened:
        studio.close()


@pytest.fixture
def paid(open_paid: OpenPaid) -> Studio:
    return open_paid()
