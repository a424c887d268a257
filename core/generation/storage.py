"""Whether the disk and the journal can take a paid picture, and notices about the journal."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from core.domain.notice import Notice
from core.domain.wording import count_of
from core.errors import NoRoomError, NotReadyError
from core.journal import Journal

LEAST_FREE_FILES = 1000
"""A disk may run out of inodes long before it runs out of bytes."""


class FreeSpace:
    """The least free space that every disk needs before a paid order begins."""

    def __init__(self, folders: Sequence[Path], *, least_bytes: int) -> None:
        """With `least_bytes` 0 nothing is checked."""
        self._folders = tuple(folders)
        self._least_bytes = least_bytes

    def check(self) -> None:
        """Raise NoRoomError if a disk has too little space or too few free inodes."""
        if not self._least_bytes:
            return
        for folder in self._folders:
            try:
                free_bytes = shutil.disk_usage(folder).free
                free_files = _count_free_files(folder)
            except OSError:
                continue  # a missing folder is reported by the folder check, not as a full disk
            if free_bytes < self._least_bytes:
                left = f"{free_bytes / 1e6:.0f} MB"
            elif free_files < LEAST_FREE_FILES:
                left = f"room for {free_files} files"
            else:
                continue
            raise NoRoomError(
                f"The disk of {folder.resolve()} has only {left} left, so paid orders wait.",
                advice=f"Make room until {self._least_bytes / 1e6:.0f} MB are free; what was "
                "ordered before is still collected.",
            )


class DatabaseFile:
    """Checks that the file of an SQLite database is still the one that was opened.

    A process keeps writing without any error to a file that was deleted or replaced, and all of
    that is lost when the process ends.
    """

    def __init__(self, path: Path) -> None:
        """Remember the file at `path`, which has just been opened, as the right one."""
        self._path = path
        self._opened = _identity_of(path)

    def check(self) -> None:
        """Raise NotReadyError if the file is gone or another one; reads one file's status."""
        found = _identity_of(self._path)
        if found == self._opened:
            return
        what = "disappeared" if found is None else "was replaced by another one"
        raise NotReadyError(
            f"The database file {self._path} {what} while the studio was running.",
            advice="Put the right one back, with its -wal file, and restart the studio; what is "
            "asked for until then is lost, and paid orders wait.",
        )


class JournalNotices:
    """Notices about the journal beyond its being unwritable."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def __call__(self) -> Sequence[Notice]:
        """Return notices for unreadable lines and for request ids that are only in memory."""
        notices: list[Notice] = []
        if unwritten := self._journal.count_unwritten():
            notices.append(
                Notice(
                    "numbers_in_memory",
                    f"{count_of(unwritten, 'number')} of paid pictures could be written nowhere "
                    "yet and would be lost if the studio ended now.",
                    "Let it run, and make room on the disk or bring the database back.",
                )
            )
        if odd := self._journal.count_odd_lines():
            notices.append(
                Notice(
                    "odd_journal",
                    f"{count_of(odd, 'line')} of the journal of paid pictures cannot be read.",
                    "They lie in journal.odd in the data folder, and each may be the number of a "
                    "paid picture; move that file elsewhere once you have seen to it.",
                )
            )
        return notices


def _count_free_files(folder: Path) -> int:
    """Return how many files the disk can still take; enough where it does not count them."""
    if not hasattr(os, "statvfs"):
        return LEAST_FREE_FILES
    found = os.statvfs(folder)
    return found.f_favail if found.f_files else LEAST_FREE_FILES


def _identity_of(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
