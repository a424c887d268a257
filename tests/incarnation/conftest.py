"""A studio whose provider has no wires, and copies of its database and folder that are put back."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from pydantic import SecretStr

from core.domain.request import parse_request
from core.generation.pipeline import Pipeline
from core.records import backlog
from core.records.generations import Generation
from core.settings import Settings
from core.wiring import Studio, build_studio
from tests.fakes.paid_engine import PlannedProvider

PRICE = 30_000


class Place:
    """One folder, one database, one provider, and what was kept of them."""

    def __init__(self, root: Path, database_url: str) -> None:
        self.root = root
        self.folder = root / "data"
        self.database_url = database_url
        self.is_sqlite = database_url.startswith("sqlite")
        self.provider = PlannedProvider()
        self._opened: list[Studio] = []
        self._made: list[str] = []

    def open(self, *, folder: Path | None = None, url: str | None = None, **given: Any) -> Studio:
        """Start the studio, without a worker; a second time is a restart."""
        settings = self.settings(folder=folder, url=url, **given)
        self._opened.append(build_studio(settings, engines=[self.provider]))
        return self._opened[-1]

    def settings(
        self, *, folder: Path | None = None, url: str | None = None, **given: Any
    ) -> Settings:
        return Settings(
            FIBO_DATA_DIR=folder or self.folder,
            FIBO_DATABASE_URL=SecretStr(url or self.database_url),
            **given,
        )

    def close(self) -> None:
        for studio in self._opened:
            studio.close()
        self._opened = []

    def copy_folder(self, name: str = "copy") -> Path:
        target = self.root / name
        shutil.copytree(self.folder, target)
        return target

    def put_folder_back(self, copy: Path) -> None:
        shutil.rmtree(self.folder)
        shutil.copytree(copy, self.folder)

    def copy_database(self) -> str:
        """Return the URL of a copy of the database as it is now; nobody may be connected."""
        if self.is_sqlite:
            target = self.root / f"{uuid.uuid4().hex}.sqlite"
            with (
                closing(sqlite3.connect(self.root / "fibo.sqlite")) as source,
                closing(sqlite3.connect(target)) as copy,
            ):
                source.backup(copy)
            return f"sqlite:///{target}"
        name = f"t{uuid.uuid4().hex[:10]}"
        self._made.append(name)
        own = self.database_url.split("/")[3].partition("?")[0]
        self._run(f"CREATE DATABASE {name} TEMPLATE {own}")
        return self.database_url.replace(f"/{own}?", f"/{name}?")

    def put_database_back_under(self, studio: Studio, copy: str) -> None:
        """Put a copy in the place of the database that the studio goes on with."""
        if self.is_sqlite:
            with (
                closing(sqlite3.connect(copy.removeprefix("sqlite:///"))) as source,
                closing(sqlite3.connect(self.root / "fibo.sqlite")) as target,
            ):
                source.backup(target)
            return
        studio.database.close()  # it connects anew by itself
        own, other = (url.split("/")[3].partition("?")[0] for url in (self.database_url, copy))
        self._run(f"DROP DATABASE {own} WITH (FORCE)")
        self._run(f"CREATE DATABASE {own} TEMPLATE {other}")

    def drop_copies(self) -> None:
        for name in self._made:
            self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def _run(self, statement: str) -> None:
        own = self.database_url.split("/")[3].partition("?")[0]
        server = self.database_url.replace(f"/{own}?", "/postgres?")
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(statement.encode())


@pytest.fixture
def place(tmp_path: Path, database_url: str) -> Iterator[Place]:
    made = Place(tmp_path, database_url)
    yield made
    made.close()
    made.drop_copies()


def ask(studio: Studio, number: int) -> Generation:
    """Ask for a paid picture."""
    words = {"prompt": f"boat {number}", "seed": 100 + number, "engine": "bria"}
    return studio.service.ask(parse_request(words))


def work(studio: Studio, *, most: int = 50, is_start: bool = True) -> int:
    """Do what a worker does until nothing waits; return how many jobs it ran."""
    if is_start:
        studio.decisions.adopt_from_journal()
    with studio.database.writing() as session:
        for generation_id, job_id in backlog.jobs_in_hand(session).items():
            backlog.take_back(session, generation_id, job_id)
    pipeline = Pipeline(replace(studio.context, sleep=_no_sleep))
    for done in range(most):
        with studio.database.reading() as session:
            now = studio.clock.now()
            waiting = backlog.waiting_for_a_worker(session, limit=1, now=now)
        if not waiting:
            return done
        asyncio.run(pipeline.run(waiting[0][0]))
    return most


async def _no_sleep(_seconds: float) -> None:
    await asyncio.sleep(0)
