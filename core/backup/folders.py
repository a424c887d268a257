"""A backup as a folder: what is copied in which order, its manifest, and the way back.

The database is copied first. A picture's file is written before its row, and files and lines are
only added, so what is copied afterwards holds all that the copy of the database speaks of; lines of
the journal that are younger are adopted at the first start after a restore.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Collection, Iterator
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from core.backup.databases import (
    POSTGRES_COPY,
    SQLITE_COPY,
    check_sqlite,
    copy_database,
    files_of,
    pictures_in_dump,
    require_place,
    restore_database,
)
from core.errors import StartError
from core.files import write_whole
from core.incarnation.mark import COPY_FILE
from core.settings import Settings

_ORDER = ("journal.jsonl", "orders.jsonl")
_SUFFIXES = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}


def make(settings: Settings, target: Path, *, now: datetime) -> int:
    """Write a backup into an empty folder while the studio runs; return how many files it has.

    One that fails leaves nothing behind; one that is killed has no manifest and is not restored.
    """
    if target.resolve().is_relative_to(settings.data_dir.resolve()):
        raise StartError(f"{target} lies in the data folder.", advice="Name another place.")
    if target.exists() and any(target.iterdir()):
        raise StartError(f"{target} is not empty.", advice="Name a new folder for each backup.")
    is_new = not target.exists()
    target.mkdir(parents=True, exist_ok=True)
    try:
        return _write(settings, target, now=now)
    except BaseException:
        _empty(target)
        if is_new:
            target.rmdir()
        raise


def _write(settings: Settings, target: Path, *, now: datetime) -> int:
    copy_database(settings.database_url, target)
    hashes = {path.name: _hash(path) for path in target.iterdir()}
    for path in _kept(settings.data_dir, files_of(settings.database_url)):
        name = path.relative_to(settings.data_dir).as_posix()
        copied = target / name
        copied.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copy2(path, copied)
        except FileNotFoundError:
            continue  # the trash was emptied in this moment
        hashes[name] = _hash(copied)
    manifest = {"made_at": now.isoformat(), "files": hashes}
    write_whole(target / COPY_FILE, json.dumps(manifest).encode())
    return len(hashes)


def _empty(folder: Path) -> None:
    """Remove everything in a folder, which itself may be a mounted disk."""
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def restore(settings: Settings, source: Path, *, replace: bool) -> int:
    """Check a backup and put it in the place of the data folder; return how many files it has.

    What lies there is refused, or with `replace` set aside beside it. The folder keeps the manifest
    until the first start, which holds paid work for it.
    """
    hashes = _check(source)
    folder = settings.data_dir
    is_used = folder.exists() and any(folder.iterdir())
    if is_used:
        _require_nobody(folder)
        if not replace:
            raise StartError(
                f"The data folder {folder} is not empty.",
                advice="Move it away, or say --replace to have it set aside.",
            )
    require_place(settings.database_url, replaced=folder if is_used else None)
    if is_used:
        folder.rename(_free_name(folder))
    folder.mkdir(parents=True, exist_ok=True)
    database = files_of(settings.database_url)
    # the manifest first: a restore that is cut short is known as a copy too
    for name in (COPY_FILE, *hashes):
        # backups of versions before may hold the database's own files too, as they lay there
        if name in {SQLITE_COPY, POSTGRES_COPY} or (folder / name).resolve() in database:
            continue
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source / name, folder / name)
    restore_database(settings.database_url, source)
    return len(hashes)


def _check(source: Path) -> dict[str, str]:
    try:
        hashes: dict[str, str] = json.loads((source / COPY_FILE).read_text())["files"]
    except (OSError, ValueError, KeyError, TypeError) as failure:
        raise StartError(
            f"{source} is no whole backup: its {COPY_FILE} cannot be read.",
            advice="Name a folder that `python -m core.backup make` has written.",
        ) from failure
    wrong = [
        name
        for name, digest in hashes.items()
        if not (source / name).is_file() or _hash(source / name) != digest
    ]
    for copy, pictures_of in ((SQLITE_COPY, check_sqlite), (POSTGRES_COPY, pictures_in_dump)):
        if copy in hashes and copy not in wrong:
            wrong += [
                name
                for digest, kind in pictures_of(source / copy)
                if (name := f"media/{digest[:2]}/{digest}.{_SUFFIXES[kind]}") not in hashes
            ]
    if wrong:
        raise StartError(
            f"{len(wrong):,} files of the backup are missing or changed, such as {wrong[0]}.",
            advice="Use another backup; nothing was restored.",
        )
    return hashes


def _require_nobody(folder: Path) -> None:
    if not (folder / "worker.lock").exists():
        return
    try:
        FileLock(folder / "worker.lock", timeout=0).acquire().lock.release()
    except Timeout as failure:
        raise StartError(
            "The studio is running.", advice="Stop it, then restore the backup."
        ) from failure


def _free_name(folder: Path) -> Path:
    number = 1
    while (aside := folder.with_name(f"{folder.name}.replaced-{number}")).exists():
        number += 1
    return aside


def _kept(folder: Path, database: Collection[Path]) -> Iterator[Path]:
    """Give the files to copy, the journals first; the database and what is only ours now stay."""
    first = [folder / name for name in _ORDER if (folder / name).is_file()]
    yield from first
    for path in sorted(folder.rglob("*")):
        passing = path.suffix in {".lock", ".part"} or path.name.startswith(
            (SQLITE_COPY, "studio.json.", COPY_FILE)
        )
        if path.is_file() and not passing and path not in first and path.resolve() not in database:
            yield path


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
