"""Whether disk and journal can take what a paid order brings, and what they have to tell."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from core.domain.notice import Notice
from core.domain.plural import count_of
from core.errors import NoRoomError, NotReadyError
from core.journal import Journal

LEAST_FREE_FILES = 1000
"""A disk may run out of names for files long before it runs out of bytes."""


class FreeSpace:
    """The floor of free space under which no paid order begins, on each disk that it needs."""

    def __init__(self, folders: Sequence[Path], *, least_bytes: int) -> None:
        """With `least_bytes` 0 there is no floor."""
        self._folders = tuple(folders)
        self._least_bytes = least_bytes

    def check(self) -> None:
        """Return if there is room for what an order brings, else raise NoRoomError."""
        if not self._least_bytes:
            return
        for folder in self._folders:
            try:
                free_bytes = shutil.disk_usage(folder).free
                free_files = _count_free_files(folder)
            except OSError:
                continue  # a folder that went away is told as that, not as a full disk
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
    """Looks whether the file of an SQLite database still lies where it was opened.

    Whoever has a file open goes on writing into it after it was deleted or another one was put in
    its place, without any error, and all of that is gone at the end of the process.
    """

    def __init__(self, path: Path) -> None:
        """Take `path` as it is now for the right one; it has just been opened."""
        self._path = path
        self._opened = _identity_of(path)

    def check(self) -> None:
        """Return if it does, else raise NotReadyError; costs one look at one file."""
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
    """What people must be told of the journal beside that it cannot be written."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def __call__(self) -> Sequence[Notice]:
        """Return a notice for odd lines and one for numbers that are nowhere but in memory."""
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
    """Return how many files the disk can still take; a disk that does not count them has enough."""
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
