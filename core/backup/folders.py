"""A backup as a folder: the order of copying, its manifest, and the restore.

The database is copied first. A picture's file is written before its row, and files and lines are
only ever added, so what is copied afterwards holds everything that the copy of the database refers
to. Younger lines of the journal are adopted at the first start after a restore.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from filelock import FileLock, Timeout

from core.backup.databases import (
    POSTGRES_COPY,
    SQLITE_COPY,
    Picture,
    copy_database,
    files_of,
    pictures_of,
    require_place,
    restore_database,
    still_shown,
)
from core.errors import StartError
from core.files import write_whole
from core.incarnation.mark import COPY_FILE
from core.settings import Settings
from core.shelf import PASSING

_ORDER = ("journal.jsonl", "orders.jsonl")
_MEDIA = "media/"


@dataclass(frozen=True, slots=True)
class Lack:
    """A picture file that is not whole, and the generation that shows it, if any."""

    file: str
    generation_id: int | None
    is_damaged: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many files a backup has, and which pictures the backup or the restored folder lacks."""

    files: int
    lacks: tuple[Lack, ...] = ()
    set_aside: Path | None = None
    """Where `restore` put the data folder that was there."""


def make(settings: Settings, target: Path, *, now: datetime) -> Outcome:
    """Write a backup into an empty folder while the studio runs; return what it has and lacks.

    A picture whose file is gone or damaged does not stop the rest. A backup that fails leaves
    nothing behind; one that is killed has no manifest and cannot be restored.
    """
    if target.resolve().is_relative_to(settings.data_dir.resolve()):
        raise StartError(f"{target} lies in the data folder.", advice="Name another place.")
    if target.exists() and any(target.iterdir()):
        raise StartError(f"{target} is not empty.", advice="Name a new folder for each backup.")
    is_new = not target.exists()
    # it holds every prompt, so it is for nobody else to read
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        return _write(settings, target, now=now)
    except BaseException:
        # all but the folder itself, which may be a mounted disk
        for path in target.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
        if is_new:
            target.rmdir()
        raise


def _write(settings: Settings, target: Path, *, now: datetime) -> Outcome:
    copy_database(settings.database_url, target)
    hashes = {path.name: _hash(path) for path in target.iterdir()}
    broken = "The database itself is: check its disk, and keep the backups from before."
    pictures = [one for name in hashes for one in pictures_of(target / name, advice=broken)]
    for path in _kept(settings.data_dir, files_of(settings.database_url)):
        name = path.relative_to(settings.data_dir).as_posix()
        copied = target / name
        copied.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copy2(path, copied)
        except FileNotFoundError:
            continue  # the trash was emptied just now
        hashes[name] = _hash(copied)
    missing = [one for one in pictures if one.file not in hashes]
    damaged = [one for one in pictures if hashes.get(one.file, one.digest) != one.digest]
    manifest = {
        "made_at": now.isoformat(),
        "files": hashes,
        "missing": sorted({one.file for one in missing}),
        "damaged": sorted({one.file for one in damaged}),
    }
    write_whole(target / COPY_FILE, json.dumps(manifest).encode())
    # what was emptied from the trash meanwhile is not missing
    shown = still_shown(settings.database_url, missing) if missing else ()
    lacking = [*(one for one in missing if one.digest in shown), *damaged]
    return Outcome(
        len(hashes),
        tuple(Lack(one.file, one.generation_id, one.file in hashes) for one in lacking),
    )


def restore(
    settings: Settings, source: Path, *, replace: bool, without_damaged: bool = False
) -> Outcome:
    """Check a backup and put it in the place of the data folder; return what it has and lacks.

    A backup that lost something since it was made is refused, unless it lost only pictures and
    `without_damaged` accepts that. An existing data folder is refused, or set aside with `replace`.
    The folder keeps the manifest until the first start, which holds paid work because of it.
    """
    hashes, lacks = _check(source, without_damaged=without_damaged)
    folder = settings.data_dir
    is_used = folder.exists() and any(folder.iterdir())
    if is_used:
        if (folder / "worker.lock").exists():
            try:
                FileLock(folder / "worker.lock", timeout=0).acquire().lock.release()
            except Timeout as failure:
                raise StartError(
                    "The studio is running.", advice="Stop it, then restore the backup."
                ) from failure
        if not replace:
            raise StartError(
                f"The data folder {folder} is not empty.",
                advice="Move it away, or say --replace to have it set aside.",
            )
    require_place(settings.database_url, replaced=folder if is_used else None)
    set_aside: Path | None = None
    if is_used:
        number = 1
        while (aside := folder.with_name(f"{folder.name}.replaced-{number}")).exists():
            number += 1
        set_aside = folder.rename(aside)
    folder.mkdir(parents=True, exist_ok=True)
    database = files_of(settings.database_url)
    # the manifest first, so that an interrupted restore is recognised as a copy too
    for name in (COPY_FILE, *hashes):
        # backups of earlier versions may also hold the database's own files
        if name in {SQLITE_COPY, POSTGRES_COPY} or (folder / name).resolve() in database:
            continue
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source / name, folder / name)
    restore_database(settings.database_url, source)
    return Outcome(len(hashes), lacks, set_aside)


def _check(source: Path, *, without_damaged: bool) -> tuple[dict[str, str], tuple[Lack, ...]]:
    """Return name and hash of each file to restore, and the pictures that are missing."""
    hashes, known = _read_manifest(source)
    wrong = [
        name
        for name, digest in hashes.items()
        if not (source / name).is_file() or _hash(source / name) != digest
    ]
    copies = [one for one in (SQLITE_COPY, POSTGRES_COPY) if one in hashes and one not in wrong]
    advice = "Use another backup."
    pictures = [one for copy in copies for one in pictures_of(source / copy, advice=advice)]
    wrong += sorted(
        {one.file for one in pictures if one.file not in hashes and one.file not in known}
    )
    lost_pictures_only = all(name.startswith(_MEDIA) for name in wrong)
    if wrong and not (without_damaged and lost_pictures_only):
        way_out = " Or restore the rest with --without-damaged." if lost_pictures_only else ""
        lost = "1 file is" if len(wrong) == 1 else f"{len(wrong):,} files are"
        raise StartError(
            f"The backup is not whole: {lost} missing or changed, such as {wrong[0]}.",
            advice=f"Use another backup; nothing was restored.{way_out}",
        )
    whole = {name: digest for name, digest in hashes.items() if name not in wrong}
    return whole, _lacks(pictures, [*known, *wrong], is_there=lambda name: (source / name).exists())


def _lacks(
    pictures: Collection[Picture], files: Collection[str], *, is_there: Callable[[str], bool]
) -> tuple[Lack, ...]:
    """Return each of the files with the generations that show it."""
    showing: dict[str, list[int]] = {}
    for one in pictures:
        showing.setdefault(one.file, []).append(one.generation_id)
    return tuple(
        Lack(name, generation_id, is_there(name))
        for name in dict.fromkeys(files)
        for generation_id in showing.get(name, [None])
    )


def _read_manifest(source: Path) -> tuple[dict[str, str], list[str]]:
    """Return name and hash of every file, and the pictures that were incomplete from the start."""
    try:
        manifest = json.loads((source / COPY_FILE).read_text())
        hashes: dict[str, str] = manifest["files"]
        known = [*manifest.get("missing", ()), *manifest.get("damaged", ())]
    except (OSError, ValueError, KeyError, TypeError) as failure:
        raise StartError(
            f"{source} is not a complete backup: its {COPY_FILE} cannot be read.",
            advice="Name a folder that `python -m core.backup make` has written.",
        ) from failure
    for name in map(PurePosixPath, (*hashes, *known)):
        if name.is_absolute() or ".." in name.parts:
            raise StartError(
                f"{source} is not a complete backup: its {COPY_FILE} names {name} outside of it.",
                advice="Name a folder that `python -m core.backup make` has written.",
            )
    return hashes, known


def _kept(folder: Path, database: Collection[Path]) -> Iterator[Path]:
    """Yield the files to copy, the journals first; the database and machine-bound files stay."""
    first = [folder / name for name in _ORDER if (folder / name).is_file()]
    yield from first
    for path in sorted(folder.rglob("*")):
        passing = (
            path.suffix in {".lock", ".part"}
            or path.name.startswith((SQLITE_COPY, "studio.json.", COPY_FILE))
            or folder / PASSING in path.parents
        )
        if path.is_file() and not passing and path not in first and path.resolve() not in database:
            yield path


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
