"""The side journal: every request id that came back, flushed to disk before the row knows it.

If the database cannot take the id at that moment, or the process dies in between, the id is found
here at the next start. One file for all processes of a studio, each line `[generation, number,
"request id"]`, written under a file lock. Behind the last line lies room that was reserved in
advance and reads as NULs, so that a full disk can still take a line; files without such room, of
earlier versions, are read and continued as they are.

Lines whose tries are settled are moved out, many at once, into files of their own beside it
(`journal-settled/`), which a start does not read. Only a database that was put back from an older
copy needs them (core/generation/compaction.py).
"""

from __future__ import annotations

import contextlib
import errno
import io
import logging
import os
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from filelock import FileLock

from core.errors import NotReadyError
from core.fault_points import fault_point
from core.files import (
    BLOCK,
    flush_folder,
    make_folder,
    open_or_make,
    parts,
    read_at,
    reserve,
    take_lock,
    write_at,
)
from core.journal_lines import LONGEST_LINE, Entry, Run, parse, plain_lines, runs, to_lines

log = logging.getLogger(__name__)

RESERVED_BYTES = 64 * 2**20
"""How much is reserved at once; a line takes about 70 bytes."""

GROW_WHEN_USED = 0.75
LONGEST_LOCK_SECONDS = 5.0
"""A thread that waits longer keeps its line in memory and writes it with the next one."""

_SMALL_RESERVED_BYTES = 64 * 1024

_ENDING_BYTES = 256
"""No line occurs twice in a file, so the bytes before its end identify it."""

_STAMP = "%Y%m%dT%H%M%SZ"


class Journal:
    """The journal of one studio, as one process knows it; thread-safe.

    A line is remembered before it is written, so `find` and `entries` return it in this process
    even while the disk cannot take it.
    """

    def __init__(self, path: Path, *, reserved_bytes: int = RESERVED_BYTES) -> None:
        self._path = path
        self._odd_path = path.with_suffix(".odd")
        self._settled_folder = path.with_name(f"{path.stem}-settled")
        self._reserved_bytes = reserved_bytes
        self._threads = threading.Lock()
        self._processes = FileLock(
            path.with_suffix(".lock"), timeout=LONGEST_LOCK_SECONDS, thread_local=False
        )
        self._known: dict[tuple[int, int], str] = {}
        self._not_yet_known: list[Entry] = []
        self._entries: dict[Entry, None] = {}
        self._unwritten: dict[Entry, None] = {}
        self._odd: list[Run] = []
        self._file: tuple[int, int] | None = None
        self._end = 0
        self._ending = b""
        self._is_cramped = False

    def append(self, *, generation_id: int, number: int, request_id: str) -> None:
        """Write one line and flush it to disk.

        Raises OSError if that fails: the line is kept in memory, for the life of the process, and
        written together with the next one or by `check`.
        """
        fault_point("before_journal")
        entry = (generation_id, number, request_id)
        with self._threads:
            if entry in self._entries and entry not in self._unwritten:
                return  # a repeated call that needs no second line
            self._remember(entry)
            self._unwritten[entry] = None
            with self._alone() as file:
                self._write_unwritten(file)

    def leave_to_rows(self, *, generation_id: int, number: int) -> None:
        """Forget that a line has to be written, since the rows in the database have it."""
        with self._threads:
            for entry in [one for one in self._unwritten if one[:2] == (generation_id, number)]:
                del self._unwritten[entry]

    def find(self, generation_id: int, number: int) -> str | None:
        """Return the request id of a try, if it is in the journal."""
        with self._threads:
            if (found := self._find(generation_id, number)) is None:
                self._take_news()
                found = self._find(generation_id, number)
            return found

    def entries(self) -> Sequence[Entry]:
        """Return all complete lines in order; anything else is skipped."""
        with self._threads:
            self._take_news()
            return list(self._entries)

    def set_settled_aside(self, settled: Collection[Entry], *, now: datetime) -> int:
        """Move lines into a file of their own that no start reads; return how many.

        They are on disk there before they leave this file, so a crash at any moment leaves each
        line in one of the two or in both. OSError if that fails: nothing is lost.
        """
        with self._threads, self._alone() as file:
            self._write_unwritten(file)
            moved = [entry for entry in self._entries if entry in settled]
            if self._odd or not moved:
                return 0
            names = self.settled_files()
            number = int(names[-1].partition("-")[0]) + 1 if names else 1
            make_folder(self._settled_folder)
            aside = self._settled_folder / f"{number:06}-{now:{_STAMP}}.jsonl"
            _write_new(aside, moved)
            kept = [entry for entry in self._entries if entry not in settled]
            before = os.fstat(file.fileno()).st_ino
            file.close()  # some systems do not replace a file that is open
            journal = Path(os.path.realpath(self._path))
            try:
                self._file, self._end = _write_new(
                    journal, kept, reserved_bytes=self._reserved_bytes
                )
            except OSError:
                if journal.stat().st_ino == before:
                    aside.unlink(missing_ok=True)  # its lines are still in the journal
                raise
            self._ending = to_lines(kept)[-_ENDING_BYTES:]
            self._known.clear()
            self._not_yet_known.clear()
            self._entries.clear()
            self._remember(*kept)
            return len(moved)

    def settled_files(self) -> list[str]:
        """Return the names of the files with settled lines, oldest first."""
        return sorted(path.name for path in self._settled_folder.glob("*-*.jsonl"))

    def read_settled(self, name: str) -> list[Entry]:
        """Return the lines of such a file; OSError if it cannot be read."""
        with io.FileIO(self._settled_folder / name) as file:
            entries, position = plain_lines(file, 0)
            rest = (parse(run.content) for run in runs(file, position, until_blank=False))
            return [*entries, *(entry for entry in rest if entry is not None)]

    def bring_back(self, entries: Sequence[Entry]) -> None:
        """Put settled lines back into the journal; OSError as in `append`."""
        if not entries:
            return
        with self._threads:
            self._remember(*entries)
            self._unwritten |= dict.fromkeys(entries)
            with self._alone() as file:
                self._write_unwritten(file)

    def drop_settled(self, names: Iterable[str], *, before: datetime) -> None:
        """Remove those files with settled lines that were made before a moment."""
        for name in names:
            if name.partition("-")[2] < f"{before:{_STAMP}}":
                (self._settled_folder / name).unlink(missing_ok=True)

    def prepare(self) -> None:
        """Read the journal, set odd lines aside and reserve space; failures are logged."""
        if not os.path.lexists(self._path):
            return  # nothing was ordered yet, and perhaps no engine here costs anything
        with self._threads:
            self._file = None  # so that everything is read again, by one process at a time
            try:
                with self._alone():
                    pass
            except OSError as failure:
                log.warning("the journal is not ready: %s", failure)

    def check(self) -> None:
        """Raise NotReadyError if a line cannot be written now with space reserved for it.

        Lines that could not be written before are written first. A journal that disappeared while
        the studio runs is not created again here: its whole folder may be another one.
        """
        try:
            with self._threads:
                if self._file is not None and not self._path.exists():
                    raise FileNotFoundError(errno.ENOENT, "it went away")
                with self._alone() as file:
                    self._write_unwritten(file)
        except OSError as failure:
            raise NotReadyError(
                f"{self._path.name}, the journal of paid orders, cannot be written: "
                f"{failure.strerror or failure}.",
                advice=f"See what lies in {self._path.parent}; paid orders wait, nothing is lost.",
            ) from failure

    def count_unwritten(self) -> int:
        """Return how many request ids are only in the memory of this process."""
        return len(self._unwritten)

    def count_odd_lines(self) -> int:
        """Return how many unreadable lines there are in journal.odd or still here."""
        odd = len(self._odd)
        with contextlib.suppress(OSError), self._odd_path.open("rb") as file:
            odd += sum(block.count(b"\n") for block in iter(lambda: file.read(BLOCK), b""))
        return odd

    @contextlib.contextmanager
    def _alone(self) -> Iterator[io.FileIO]:
        """Lock the file for this process, with all its lines read and space reserved."""
        self._require_file()
        with (
            take_lock(self._processes),
            io.FileIO(self._path, "rb+", opener=open_or_make) as file,
        ):
            self._read(file, alone=True)
            self._make_room(file)
            try:
                self._set_odd_lines_aside(file)
            except OSError as failure:
                log.warning("odd lines of the journal could not be set aside: %s", failure)
            yield file

    def _take_news(self) -> None:
        """Read what other processes wrote; without the lock a line may still be incomplete."""
        try:
            self._require_file()
            with io.FileIO(self._path) as file:
                self._read(file, alone=False)
        except FileNotFoundError:
            return
        except OSError as failure:
            log.warning("the journal cannot be read: %s", failure)

    def _require_file(self) -> None:
        if self._path.exists() and not self._path.is_file():
            raise OSError(errno.EINVAL, "something that is no file lies in its place")

    def _read(self, file: io.FileIO, *, alone: bool) -> None:
        """Read the lines that are new, and find where the last one ends.

        The whole file is read the first time and when it is another file, since a power cut may
        have left holes; later only what follows the known end. A file that replaced the old one may
        have the same inode.
        """
        found = os.fstat(file.fileno())
        this = (found.st_dev, found.st_ino)
        is_same = self._file == this and found.st_size >= self._end
        is_new = not is_same or self._read_ending(file) != self._ending
        if is_new:
            self._file, self._end = this, 0
            self._odd.clear()
        try:
            entries, self._end = plain_lines(file, self._end)
            self._remember(*entries)
            for run in runs(file, self._end, until_blank=not is_new):
                is_whole = read_at(file, 1, run.end) == b"\n"
                if not is_whole and not alone:
                    break
                entry = parse(run.content)
                if entry is not None:
                    self._remember(entry)
                elif alone:
                    self._odd.append(run)
                self._end = run.end + is_whole
        finally:
            self._ending = self._read_ending(file)

    def _read_ending(self, file: io.FileIO) -> bytes:
        size = min(self._end, _ENDING_BYTES)
        return read_at(file, size, self._end - size)

    def _remember(self, *entries: Entry) -> None:
        self._not_yet_known += entries
        added = dict.fromkeys(entries)
        if self._entries:
            self._entries |= added
        else:
            self._entries = added

    def _find(self, generation_id: int, number: int) -> str | None:
        for one, try_number, request_id in self._not_yet_known:
            self._known.setdefault((one, try_number), request_id)
        self._not_yet_known.clear()
        return self._known.get((generation_id, number))

    def _write_unwritten(self, file: io.FileIO) -> None:
        if not self._unwritten:
            return
        # the line before this one may be incomplete and must not spoil it
        lines = b"\n" + to_lines(self._unwritten)
        try:
            write_at(file, lines, self._end)
        except OSError:
            with contextlib.suppress(
                OSError
            ):  # what was written would be read as an incomplete line
                write_at(file, bytes(len(lines)), self._end)
            raise
        fault_point("before_journal_fsync")
        os.fsync(file.fileno())
        self._end += len(lines)
        self._ending = self._read_ending(file)
        self._unwritten.clear()

    def _make_room(self, file: io.FileIO) -> None:
        """Reserve more when three quarters are used; OSError only if not even a line fits."""
        size = os.fstat(file.fileno()).st_size
        if size and self._end <= GROW_WHEN_USED * size:
            return
        for reserved_bytes in (self._reserved_bytes, _SMALL_RESERVED_BYTES):
            try:
                reserve(file, size, size + reserved_bytes)
            except OSError as failure:
                with contextlib.suppress(OSError):
                    file.truncate(size)
                if reserved_bytes == _SMALL_RESERVED_BYTES and size - self._end < LONGEST_LINE:
                    raise
                if not self._is_cramped:
                    log.warning("the journal could not grow: %s", failure)
                self._is_cramped = True
            else:
                self._is_cramped = False
                break
        os.fsync(file.fileno())
        if not size:
            flush_folder(self._path.parent)

    def _set_odd_lines_aside(self, file: io.FileIO) -> None:
        """Copy unreadable lines into a file of their own, then blank them here."""
        if not self._odd:
            return
        with self._odd_path.open("ab") as odd:
            for run in self._odd:
                for position, size in parts(run.begin, run.end):
                    odd.write(read_at(file, size, position))
                odd.write(b"\n")
            odd.flush()
            os.fsync(odd.fileno())
        flush_folder(self._odd_path.parent)
        for run in self._odd:
            for position, size in parts(run.begin, run.end):
                write_at(file, b"\n" * size, position)
        os.fsync(file.fileno())
        log.warning("%s lines of the journal were set aside", len(self._odd))
        self._odd.clear()


def _write_new(
    path: Path, entries: Sequence[Entry], *, reserved_bytes: int = 0
) -> tuple[tuple[int, int], int]:
    """Replace a file by one with these lines, flushed to disk.

    Returns its device and inode, and where the lines end. Two processes must not do this at once.
    """
    part, content = path.with_name(f"{path.name}.part"), to_lines(entries)
    part.unlink(missing_ok=True)  # of a process that died
    try:
        with io.FileIO(part, "rb+", opener=open_or_make) as file:
            write_at(file, content, 0)
            if reserved_bytes:
                reserve(file, len(content), len(content) + reserved_bytes)
            os.fsync(file.fileno())
            found = os.fstat(file.fileno())
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    flush_folder(path.parent)
    return (found.st_dev, found.st_ino), len(content)
