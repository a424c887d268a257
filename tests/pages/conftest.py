"""The app as Streamlit runs it, without a browser and without a worker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.wiring import Studio, studio

APP = str(Path(__file__).parents[2] / "app.py")


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    monkeypatch.setenv("FIBO_DATA_DIR", str(tmp_path))
    studio.cache_clear()
    running = studio()
    yield running
    running.close()
    studio.cache_clear()


@pytest.fixture
def app(opened: Studio) -> AppTest:  # noqa: ARG001 - pages use the opened studio
    return AppTest.from_file(APP, default_timeout=60)


@pytest.fixture
def other(opened: Studio) -> AppTest:  # noqa: ARG001 - likewise
    """Another window on the same studio."""
    return AppTest.from_file(APP, default_timeout=60)
