"""The database part of a backup: SQLite by its online backup, Postgres by its own programs."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Collection
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, inspect, make_url, text
from sqlmodel import Session, col, select

from core.database import in_chunks
from core.errors import StartError
from core.media import SUFFIXES
from core.records import workers
from core.tables.generation import GenerationRow
from core.tables.studio import WorkerRow

SQLITE_COPY, POSTGRES_COPY = "fibo.sqlite", "database.sql"

_BESIDE = ("-wal", "-shm", "-journal")
"""Files that SQLite keeps beside its own and puts into whatever it finds in that place."""

_COPY_OF_PICTURES = re.compile(r"COPY (?:\w+\.)?generation \((.*)\) FROM stdin;")
_NULL = r"\N"
_WHOLE = ("ok",)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that exists according to a copy of the database."""

    generation_id: int
    digest: str
    media_type: str

    @property
    def file(self) -> str:
        """Its file, relative to the data folder."""
        return f"media/{self.digest[:2]}/{self.digest}.{SUFFIXES[self.media_type]}"


def files_of(url: str) -> tuple[Path, ...]:
    """Return an SQLite database's file and those beside it, existing or not; none for others.

    A link is followed, as SQLite does.
    """
    if not url.startswith("sqlite"):
        return ()
    path = _file_of(url).resolve()
    return (path, *(path.with_name(path.name + ending) for ending in _BESIDE))


def copy_database(url: str, target: Path) -> None:
    """Write a copy of one moment of the database into a folder."""
    if url.startswith("sqlite"):
        # a plain path would create a missing file, and back up nothing
        address = f"{_file_of(url).absolute().as_uri()}?mode=rw"
        with (
            closing(sqlite3.connect(address, uri=True)) as source,
            closing(sqlite3.connect(target / SQLITE_COPY)) as copy,
        ):
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
        return
    _run("pg_dump", url, "--no-owner", f"--file={target / POSTGRES_COPY}")


def require_place(url: str, *, replaced: Path | None) -> None:
    """Raise StartError if a copy cannot be put in the place of the database.

    Files in the folder `replaced` do not count, as they are set aside with it.
    """
    if url.startswith("sqlite"):
        path = files_of(url)[0]
        if replaced is None or not path.is_relative_to(replaced.resolve()):
            _require_no_file(url)
        return
    engine = create_engine(url)
    try:
        tables = inspect(engine).get_table_names()
        living: list[workers.Living] = []
        if WorkerRow.__tablename__ in tables:
            with Session(engine) as session:
                living = workers.living(session, seen_within_seconds=workers.DEAD_SECONDS)
    finally:
        engine.dispose()
    if living:
        raise StartError(
            f"The studio is running: {living[0].life.executor_id} works with this database.",
            advice="Stop it, then restore the backup into a new, empty database.",
        )
    if tables:
        raise StartError(
            "The database is not empty.", advice="Name a new, empty one in FIBO_DATABASE_URL."
        )


def restore_database(url: str, source: Path) -> None:
    """Put a copy in the place of the database, as `require_place` allows; forget its workers."""
    is_sqlite = url.startswith("sqlite")
    if is_sqlite:
        path = files_of(url)[0]
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.part")
        try:
            shutil.copyfile(source / SQLITE_COPY, part)
            _require_no_file(url)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    else:
        # in one transaction: an interrupted restore leaves the database as empty as it was
        whole = ("-q", "--single-transaction", "-v", "ON_ERROR_STOP=1")
        advice = "Nothing of it is in the database; restore it again."
        _run("psql", url, *whole, f"--file={source / POSTGRES_COPY}", advice=advice)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM worker"))
        damage = connection.execute(text("PRAGMA integrity_check")).all() if is_sqlite else [_WHOLE]
    engine.dispose()
    if [tuple(one) for one in damage] != [_WHOLE]:
        raise StartError(
            "The restored database is damaged.",
            advice="Check the disk, move away what was restored, and restore again.",
        )


def pictures_of(copy: Path, *, advice: str) -> list[Picture]:
    """Return the pictures that exist according to a copy of a database.

    Raises StartError with `advice` if the copy is damaged.
    """
    read = _pictures_in_sqlite if copy.name == SQLITE_COPY else _pictures_in_dump
    return read(copy, advice)


def still_shown(url: str, pictures: Collection[Picture]) -> frozenset[str]:
    """Return the digests of those pictures that the live database still refers to."""
    digests = sorted({one.digest for one in pictures})
    shown = select(col(GenerationRow.image_sha256))
    engine = create_engine(url)
    try:
        with Session(engine) as session:
            return frozenset(
                found
                for some in in_chunks(digests)
                for found in session.scalars(shown.where(col(GenerationRow.image_sha256).in_(some)))
                if found is not None
            )
    finally:
        engine.dispose()


def _pictures_in_sqlite(path: Path, advice: str) -> list[Picture]:
    # immutable: nothing beside the copy is read into it
    address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    with closing(sqlite3.connect(address, uri=True)) as connection:
        found = connection.execute("PRAGMA quick_check").fetchall()
        if found != [_WHOLE]:
            raise StartError(f"The copy {path} is damaged.", advice=advice)
        rows = connection.execute(
            "SELECT id, image_sha256, image_type FROM generation "
            "WHERE image_sha256 IS NOT NULL AND purged_at IS NULL"
        )
        return [Picture(*row) for row in rows]


def _pictures_in_dump(path: Path, advice: str) -> list[Picture]:
    found: list[Picture] = []
    columns: list[str] | None = None
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if columns is None:
                begun = _COPY_OF_PICTURES.match(line)
                columns = begun[1].replace('"', "").split(", ") if begun else None
                continue
            if line == "\\.\n":
                return found
            row = dict(zip(columns, line.rstrip("\n").split("\t"), strict=True))
            if row["image_sha256"] != _NULL and row["purged_at"] == _NULL:
                found.append(Picture(int(row["id"]), row["image_sha256"], row["image_type"]))
    raise StartError(f"The copy {path} is damaged.", advice=advice)


def _require_no_file(url: str) -> None:
    path, *beside = files_of(url)
    there = [one for one in (path, *beside) if one.exists()]
    if there:
        names = ", ".join(one.name for one in there)
        found = "a database already" if path in there else "something left of another database"
        raise StartError(
            f"There is {found} in {path.parent}: {names}.",
            advice="Move away all of these files together, then restore.",
        )


def _file_of(url: str) -> Path:
    return Path(make_url(url).database or "")


def _run(program: str, url: str, *arguments: str, advice: str = "") -> None:
    if shutil.which(program) is None:
        raise StartError(
            f"{program} is not installed here.",
            advice="Install PostgreSQL's client programs of the server's version.",
        )
    given = make_url(url)
    # so that the password is not on the command line, where everybody on the machine can read it
    address = given.set(drivername="postgresql", password=None).render_as_string()
    environment = {**os.environ, **({"PGPASSWORD": given.password} if given.password else {})}
    done = subprocess.run(  # noqa: S603 - a fixed program
        [program, f"--dbname={address}", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise StartError(f"{program} failed: {done.stderr.strip()}", advice=advice)
