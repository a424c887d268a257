"""A log in the data folder of every paid order, written before it is sent, and of every start.

The database must know every order logged after the last start. If it lacks one, it is older than
the folder, even if nothing was started between its copy and its restore. Each order also carries
the count that the database gave it, so a database with a lower count is older too.
"""

from __future__ import annotations

import io
import json
import logging
import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from core.domain.request import LARGEST_ID
from core.files import (
    flush_folder,
    open_or_make,
    parts,
    read_at,
    reserve,
    take_lock,
    write_at,
)
from core.incarnation.mark import ORDERS
from core.journal import LONGEST_LOCK_SECONDS
from core.journal_lines import LONGEST_LINE

log = logging.getLogger(__name__)

TAIL_BYTES = 1_000_000
"""How much of the end is read: about 30,000 orders since the last start."""

RESERVED_BYTES = 256 * 1024
"""How much space is reserved at once, so that a full disk can still take the next orders."""

LARGEST_TRY = 2**31 - 1
"""The largest number of a try that its column can hold."""

LARGEST_COUNT = 2**62
"""Far beyond any real count, and the database can still count on from it."""


@dataclass(frozen=True, slots=True)
class _Order:
    generation_id: int
    number: int
    count: int
    """0 in lines of earlier versions."""


@dataclass(frozen=True, slots=True)
class _Start:
    count: int


_Line = _Order | _Start


class OrderLog:
    """The file `orders.jsonl`; lines are `[generation, try, count]` and `{"start": count}`.

    Lines of earlier versions have no count. The space after the last line is reserved with NUL
    bytes. `lost-orders.jsonl` beside it lists paid orders that belong to no picture in the
    database. Any number of threads and processes may use both.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / ORDERS
        self._lost = folder / "lost-orders.jsonl"
        self._lock = threading.Lock()
        self._processes = FileLock(
            folder / "orders.lock", timeout=LONGEST_LOCK_SECONDS, thread_local=False
        )
        self._file: tuple[int, int] | None = None
        self._end = 0
        self._highest = 0

    def note_order(self, generation_id: int, number: int, count: int) -> None:
        """Log that a try is about to be sent, whose intent is committed.

        A failure to write is logged and does not stop the order; this process still knows its
        count.
        """
        with self._lock:
            self._highest = max(self._highest, count)
        try:
            self._append([generation_id, number, count])
        except OSError:
            log.exception("orders.jsonl could not take try %s of %s", number, generation_id)

    def note_start(self, count: int) -> None:
        """Log a start: all orders before this line were known when start `count` happened."""
        self._append({"start": count})

    def highest(self) -> int:
        """Return the highest order count that any process has logged.

        Reads only what was added since the last call; an unreadable file counts as empty.
        """
        with self._lock:
            try:
                with io.FileIO(self._path, "rb") as file:
                    self._take_news(file)
            except FileNotFoundError:
                pass  # nothing was ordered yet, or the folder is missing, which has its own notice
            except OSError as failure:
                log.warning("orders.jsonl cannot be read: %s", failure)
            return self._highest

    def since_last_start(self) -> tuple[int, list[tuple[int, int]]]:
        """Return the count of the last start (0 if none) and the orders logged after it."""
        count = 0
        orders: list[tuple[int, int]] = []
        for line in self._tail():
            if isinstance(line, _Start):
                count, orders = line.count, []
            else:
                orders.append((line.generation_id, line.number))
        return count, orders

    def latest(self) -> list[tuple[int, int]]:
        """Return the orders at the end of the log, including those before the last start."""
        orders = (line for line in self._tail() if isinstance(line, _Order))
        return [(order.generation_id, order.number) for order in orders]

    def lost(self) -> set[tuple[int, int]]:
        """Return the generation and try of each order that is listed as lost."""
        return {order for line in self._lost_lines() if (order := _parse_lost(line)) is not None}

    def count_lost(self) -> int:
        """Return how many orders are listed as lost."""
        return len(self._lost_lines())

    def note_lost(self, lost: Iterable[tuple[int, int, str | None]]) -> None:
        """List orders as lost that are not listed yet: generation, try, and request id if known."""
        known = self._lost_lines()
        lines = [
            json.dumps({"generation": generation_id, "try": number, "request_id": request_id})
            for generation_id, number, request_id in lost
        ]
        added = [line for line in dict.fromkeys(lines) if line not in known]
        if not added:
            return
        log.warning("%s paid orders belong to no picture here: %s", len(added), self._lost)
        try:
            with self._lock, self._lost.open("a", encoding="utf-8") as file:
                file.write("".join(f"{line}\n" for line in added))
        except OSError as failure:
            log.warning("they could not be listed: %s", failure)

    def _lost_lines(self) -> set[str]:
        try:
            return set(self._lost.read_text(encoding="utf-8", errors="replace").splitlines())
        except FileNotFoundError:
            return set()
        except OSError as failure:
            log.warning("lost-orders.jsonl cannot be read: %s", failure)
            return set()

    def _tail(self) -> list[_Line]:
        try:
            with io.FileIO(self._path, "rb") as file:
                end = _end_of_content(file, 0)
                begin = max(end - TAIL_BYTES, 0)
                lines = _read_from_to(file, begin, end).split(b"\n")
        except FileNotFoundError:
            return []
        found = [read for line in lines if (read := _parse(line)) is not None]
        odd = sum(1 for line in lines if line.strip(b"\0")) - len(found)
        if odd:
            log.warning("orders.jsonl: %s lines say nothing that is known and are left out", odd)
        return found

    def _take_news(self, file: io.FileIO) -> int:
        """Read the complete lines that are new, and return where the next line begins."""
        found = os.fstat(file.fileno())
        this = (found.st_dev, found.st_ino)
        if this != self._file or found.st_size < self._end:
            self._file = this
            self._end = max(_end_of_content(file, 0) - TAIL_BYTES, 0)
        end = _end_of_content(file, self._end)
        whole, line_end, _cut = _read_from_to(file, self._end, end).rpartition(b"\n")
        for line in whole.split(b"\n"):
            order = _parse(line)
            if isinstance(order, _Order):
                self._highest = max(self._highest, order.count)
        self._end += len(whole) + len(line_end)
        return end

    def _append(self, line: object) -> None:
        # the line before this one may be incomplete and must not spoil it
        added = f"\n{json.dumps(line)}\n".encode()
        with self._lock, self._alone() as file:
            end = self._take_news(file)
            # reserve more space; where that fails, the line may still fit
            needed = end + len(added)
            size = os.fstat(file.fileno()).st_size
            if needed > size:
                try:
                    reserve(file, size, size + RESERVED_BYTES)
                except OSError as failure:
                    file.truncate(size)
                    log.warning("orders.jsonl could not grow: %s", failure)
            write_at(file, added, end)
            os.fsync(file.fileno())

    @contextmanager
    def _alone(self) -> Iterator[io.FileIO]:
        with take_lock(self._processes):
            is_new = not self._path.exists()
            with io.FileIO(self._path, "rb+", opener=open_or_make) as file:
                if is_new:
                    flush_folder(self._path.parent)
                yield file


def _end_of_content(file: io.FileIO, begin: int) -> int:
    """Return where the reserved NUL bytes after the last line begin, at least `begin`."""
    for position, size in reversed(list(parts(begin, os.fstat(file.fileno()).st_size))):
        content = read_at(file, size, position).rstrip(b"\0")
        if content:
            return position + len(content)
    return begin


def _read_from_to(file: io.FileIO, begin: int, end: int) -> bytes:
    return b"".join(read_at(file, size, position) for position, size in parts(begin, end))


def _parse(line: bytes) -> _Line | None:
    """Return the parsed line, or None if it is not one of ours."""
    if len(line) > LONGEST_LINE:
        return None
    try:
        found = json.loads(line.strip(b"\0").decode())
    except (ValueError, RecursionError):
        return None
    match found:
        case {"start": count} if _is_number(count, LARGEST_COUNT):
            return _Start(count)
        case [generation_id, number, *counted] if _is_number(
            generation_id, LARGEST_ID
        ) and _is_number(number, LARGEST_TRY):
            count = counted[0] if counted else 0
            is_count = count == 0 or _is_number(count, LARGEST_COUNT)
            return _Order(generation_id, number, count) if is_count else None
    return None


def _parse_lost(line: str) -> tuple[int, int] | None:
    try:
        match json.loads(line):
            case {"generation": int(generation_id), "try": int(number)}:
                return generation_id, number
            case _:
                return None
    except (ValueError, RecursionError):
        return None


def _is_number(value: object, largest: int) -> bool:
    return type(value) is int and 0 < value <= largest
