"""The one place where the parts are built and joined."""

from __future__ import annotations

import logging
import os
import secrets
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from fastapi import FastAPI

from core.api import build_api
from core.clock import Clock
from core.database import Database
from core.engines.base import Engine
from core.engines.drafts import Drafts
from core.engines.previewing import PreviewEngine
from core.engines.render_pool import RenderPool
from core.generation.desk import Desk
from core.generation.health import Health
from core.generation.pipeline import Pipeline
from core.jobs import Worker
from core.media import MediaStore
from core.records import workers
from core.settings import Settings, read_settings


@dataclass(frozen=True, slots=True)
class Studio:
    """All the parts of one installation, joined."""

    settings: Settings
    clock: Clock
    database: Database
    media: MediaStore
    desk: Desk
    health: Health
    drafts: Drafts
    worker: Worker
    pool: RenderPool
    api: FastAPI

    def close(self) -> None:
        """Stop working and let go of everything; nothing is lost."""
        self.worker.stop()
        self.pool.close()
        self.database.close()


@lru_cache(maxsize=1)
def studio() -> Studio:
    """Return the studio of this process, built from the settings on the first call."""
    logging.getLogger("core").setLevel(logging.INFO)
    return build_studio(read_settings())


def build_studio(settings: Settings, *, engines: Sequence[Engine] = ()) -> Studio:
    """Return a studio with its folders and tables made; nothing runs yet.

    `engines` replaces the engines that the settings ask for.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database_url)
    database.migrate()
    clock = Clock()
    with database.writing() as session:
        key = workers.shared_key(session, "media", fresh=secrets.token_hex(32))
    media_folder = settings.data_dir / "media"
    media_folder.mkdir(exist_ok=True)
    media = MediaStore(media_folder, key=bytes.fromhex(key))
    pool = RenderPool(processes=settings.parallel)
    by_name = {engine.name: engine for engine in engines or (PreviewEngine(pool),)}
    desk = Desk(database, media, clock, by_name, cache_ttl_seconds=settings.cache_ttl_seconds)
    health = Health(database, clock, settings.data_dir)
    return Studio(
        settings=settings,
        clock=clock,
        database=database,
        media=media,
        desk=desk,
        health=health,
        drafts=Drafts(pool),
        worker=Worker(
            database,
            media,
            clock,
            Pipeline(database, media, clock, by_name),
            executor_id=_executor_id(settings),
            parallel=settings.parallel,
            lock_file=settings.data_dir / "worker.lock",
        ),
        pool=pool,
        api=build_api(desk, health, clock),
    )


def _executor_id(settings: Settings) -> str:
    # On SQLite there is one worker, and after a restart it must recognise its own work. On
    # Postgres two workers with one id would both run what either has begun (jobs.md 1).
    if settings.is_sqlite:
        return "local"
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"
