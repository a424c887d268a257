"""One studio per test; the same tests on a SQLite file and on a real Postgres."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from core import migrations
from core.settings import Settings
from core.wiring import Studio, build_studio
from tests.examples import choose_profile
from tests.fakes.engine import PaintedEngine
from tests.fresh_tables import migrate_by_alembic, remembered_steps
from tests.postgres import fresh_database, migrated_template, running_postgres
from tests.serving import SMALL_JOURNAL, Server, start_server

os.environ.update(SMALL_JOURNAL)
choose_profile()


@pytest.fixture(scope="session", autouse=True)
def quick_tables() -> Iterator[None]:
    """Every new database gets its tables from memory; see `alembic_itself` for the other way."""
    with remembered_steps():
        yield


@pytest.fixture
def alembic_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the migrations run as they do for a user; the database begins without tables."""
    monkeypatch.setattr(migrations, "_upgrade", migrate_by_alembic)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    with running_postgres() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[str]:
    """The name of a database that holds the tables and nothing else."""
    with migrated_template(postgres_server) as name:
        yield name


@pytest.fixture
def postgres_url(request: pytest.FixtureRequest, postgres_server: str) -> Iterator[str]:
    is_bare = "alembic_itself" in request.fixturenames
    template = "template1" if is_bare else request.getfixturevalue("postgres_template")
    name = f"t{uuid.uuid4().hex[:10]}"
    with fresh_database(postgres_server, name, template=template) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'fibo.sqlite'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """A function that starts the real server; calling it twice is a restart on one folder."""
    started: list[Server] = []

    def start(port: int | None = None, **environment: str) -> Server:
        started.append(start_server(tmp_path / "data", port=port, **environment))
        return started[-1]

    yield start
    for server in started:
        if server.is_running():
            server.kill()


@pytest.fixture
def engine() -> PaintedEngine:
    return PaintedEngine()


@pytest.fixture
def open_studio(
    tmp_path: Path, database_url: str, engine: PaintedEngine
) -> Iterator[Callable[[], Studio]]:
    """A function that opens the studio on one data folder; calling it twice is a restart."""
    opened: list[Studio] = []

    def open_it() -> Studio:
        settings = Settings(
            FIBO_DATA_DIR=tmp_path, FIBO_DATABASE_URL=SecretStr(database_url), FIBO_PARALLEL=4
        )
        opened.append(build_studio(settings, engines=[engine]))
        return opened[-1]

    yield open_it
    for studio in opened:
        studio.close()


@pytest.fixture
def studio(open_studio: Callable[[], Studio]) -> Studio:
    return open_studio()
