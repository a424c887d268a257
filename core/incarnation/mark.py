"""The mark by which a database and a data folder recognise each other, and the folder's copy of it.

The mark names the studio (for good) and the folder (until it turns out to be a copy), and carries a
count and a nonce that every start renews on both sides. So whatever is restored from an older copy
has an older mark than the other side.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from core.errors import NotReadyError, WrongFolderError
from core.files import flush_folder, write_whole

MARK_FILE = "studio.json"
ORDERS = "orders.jsonl"
_NEVER_REPLACED = (ORDERS, "orders.lock", "journal.lock", "media", ".")
TIMES_APART_SECONDS = 60.0
"""Writing a file sets both its times; a larger gap means that somebody set one of them."""

COPY_FILE = "backup.json"
"""Part of every backup (core/backup): however it is restored, this file shows that it is a copy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One start of one studio on one folder."""

    studio: str
    folder: str
    count: int
    nonce: str


class MarkedFolder:
    """A data folder with the file that says which studio it belongs to."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path / MARK_FILE

    def read(self) -> Mark | None:
        """Return the folder's mark, None if it has none; WrongFolderError if unreadable."""
        try:
            return Mark(**json.loads(self._file.read_text()))
        except FileNotFoundError:
            return None
        except (ValueError, TypeError) as failure:
            raise WrongFolderError(
                f"{self._file} does not say in readable form whose data folder this is.",
                advice="Put the file of the latest backup in its place.",
            ) from failure

    def inode(self) -> int | None:
        """Return the inode of the mark's file, or None; a copy has a different one."""
        try:
            return self._file.stat().st_ino
        except FileNotFoundError:
            return None

    def numbers(self) -> dict[str, int]:
        """Return the inodes of files that are only written in place, by name, as far as they exist.

        A copy of the folder has others, and a tool that restores changed files changes some.
        """
        found: dict[str, int] = {}
        for name in _NEVER_REPLACED:
            with contextlib.suppress(OSError):
                found[name] = (self.path / name).stat().st_ino
        return found

    def changed(self) -> int | None:
        """Return when the mark's file was put in place (ns since the epoch), or None.

        No copy can carry this time along; an inode alone may be reused after the file is removed.
        """
        try:
            return self._file.stat().st_ctime_ns
        except FileNotFoundError:
            return None

    def are_orders_touched(self) -> bool:
        """Return whether the file of the orders was changed after it was last written.

        That is True for content that was restored in place with the time of the copy, and for
        changed permissions.
        """
        try:
            found = (self.path / ORDERS).stat()
        except OSError:
            return False
        return found.st_ctime - found.st_mtime > TIMES_APART_SECONDS

    def has_picture_from_before(self, moment: int) -> bool:
        """Return whether some picture was not touched since `moment` (ns since the epoch).

        Pictures are never rewritten, so a tool that restores changed files skips them; changing the
        permissions of a whole folder skips none.
        """
        files = (self.path / "media").glob("*/*")
        with contextlib.suppress(OSError):
            return any(file.stat().st_ctime_ns < moment for file in files)
        return False

    def stamp(self) -> tuple[int, int] | None:
        """Return a value that changes whenever the mark does, or None if there is no mark."""
        try:
            found = self._file.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns

    def prepare(self, mark: Mark) -> int:
        """Write a mark beside the present one, flushed to disk, and return its file's inode.

        It counts only after `settle`, as the process may die in between.
        """
        path = self._prepared(mark.nonce)
        write_whole(path, json.dumps(asdict(mark)).encode())
        return path.stat().st_ino

    def is_prepared(self, nonce: str) -> bool:
        """Return whether the mark with this nonce was prepared and not settled."""
        return self._prepared(nonce).exists()

    def settle(self, nonce: str) -> None:
        """Replace the present mark by the prepared one, unless another process already did."""
        try:
            self._prepared(nonce).replace(self._file)
        except FileNotFoundError:
            return
        flush_folder(self.path)

    def forget_prepared(self) -> None:
        """Remove marks that processes prepared and did not settle before they died."""
        for path in self.path.glob(f"{MARK_FILE}.*"):
            path.unlink(missing_ok=True)

    def is_used(self) -> bool:
        """Return whether the folder holds pictures or request ids of paid orders."""
        journal = self.path / "journal.jsonl"
        if journal.is_file():
            with journal.open("rb") as file:
                if file.read(1_000_000).strip(b"\0\n "):
                    return True
        return any(
            path.is_file()
            for name in ("media", "journal-settled")
            for path in (self.path / name).rglob("*")
        )

    def is_marked_copy(self) -> bool:
        """Return whether the folder is a restored backup that was not started yet."""
        return (self.path / COPY_FILE).exists()

    def forget_copy(self) -> None:
        """Remove the file that shows a restore; from now on the database knows about it."""
        (self.path / COPY_FILE).unlink(missing_ok=True)

    def _prepared(self, nonce: str) -> Path:
        return self.path / f"{MARK_FILE}.{nonce}"


class FolderCheck:
    """Checks that the data folder is still the one that the studio was started on."""

    def __init__(self, folder: MarkedFolder, mark: Mark) -> None:
        self._folder = folder
        self._mark = mark
        self._seen: tuple[int, int] | None = None

    def check(self) -> None:
        """Raise NotReadyError if it is gone or another one; reads one file's status."""
        seen = self._folder.stamp()
        if seen is None:
            raise NotReadyError(
                f"The data folder {self._folder.path} is gone or empty.",
                advice="Mount it or put it back; paid orders wait for it.",
            )
        if seen != self._seen:
            try:
                found = self._folder.read()
            except WrongFolderError as problem:
                raise NotReadyError(problem.message, advice=problem.advice) from problem
            if found is None or (found.studio, found.folder) != (
                self._mark.studio,
                self._mark.folder,
            ):
                raise NotReadyError(
                    f"Another folder is in the place of the data folder {self._folder.path}.",
                    advice="Put the right one back, or restart the studio to have it recognised.",
                )
            self._seen = seen
