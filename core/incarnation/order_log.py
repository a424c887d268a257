"""Every paid order, written down in the data folder before it leaves, and every start.

After the last start the database must know every order that is written here. One that does not is
older than the folder, even if nothing was started between its copy and its return.
"""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Iterable
from pathlib import Path

log = logging.getLogger(__name__)

TAIL_BYTES = 1_000_000
"""What is read of the end: about 30,000 orders since the last start."""


class OrderLog:
    """The file `orders.jsonl`; lines are `[generation, try]` and `{"start": count}`.

    Beside it `lost-orders.jsonl` lists paid orders that belong to no picture of the database.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "orders.jsonl"
        self._lost = folder / "lost-orders.jsonl"
        self._lock = threading.Lock()

    def note_order(self, generation_id: int, number: int) -> None:
        """Write down that a try is about to leave; a failure is logged, and the order may leave."""
        try:
            self._append([generation_id, number])
        except OSError:
            log.exception("orders.jsonl could not take try %s of %s", number, generation_id)

    def note_start(self, count: int) -> None:
        """Write down that the orders before this were known when the count-th start happened."""
        self._append({"start": count})

    def since_last_start(self) -> tuple[int, list[tuple[int, int]]]:
        """Return the count of the last start, 0 if there is none, and the orders after it."""
        count = 0
        orders: list[tuple[int, int]] = []
        for line in self._tail():
            match line:
                case {"start": int(started)}:
                    count, orders = started, []
                case [int(generation_id), int(number)]:
                    orders.append((generation_id, number))
                case _:
                    continue
        return count, orders

    def latest(self) -> list[tuple[int, int]]:
        """Return the orders that were noted last, also those before the last start."""
        found: list[tuple[int, int]] = []
        for line in self._tail():
            match line:
                case [int(generation_id), int(number)]:
                    found.append((generation_id, number))
                case _:
                    continue
        return found

    def count_lost(self) -> int:
        """Return how many orders are listed as lost."""
        return len(self._lost_lines())

    def note_lost(self, lost: Iterable[tuple[int, int, str | None]]) -> None:
        """List orders that are not listed yet: generation, try, and Bria's number if known."""
        known = self._lost_lines()
        lines = [
            json.dumps({"generation": generation_id, "try": number, "request_id": request_id})
            for generation_id, number, request_id in lost
        ]
        added = [line for line in dict.fromkeys(lines) if line not in known]
        if added:
            with self._lock, self._lost.open("a", encoding="utf-8") as file:
                file.write("".join(f"{line}\n" for line in added))
            log.warning("%s paid orders belong to no picture here: %s", len(added), self._lost)

    def _lost_lines(self) -> set[str]:
        try:
            return set(self._lost.read_text(encoding="utf-8").splitlines())
        except FileNotFoundError:
            return set()

    def _tail(self) -> list[object]:
        try:
            with self._path.open("rb") as file:
                file.seek(max(self._path.stat().st_size - TAIL_BYTES, 0))
                lines = file.read().split(b"\n")
        except FileNotFoundError:
            return []
        return [read for line in lines if (read := _read(line)) is not None]

    def _append(self, line: object) -> None:
        # a line before this one may have been cut short, and must not spoil it
        with self._lock, self._path.open("ab") as file:
            file.write(f"\n{json.dumps(line)}\n".encode())
            file.flush()
            os.fsync(file.fileno())


def _read(line: bytes) -> object:
    try:
        return json.loads(line)
    except ValueError:
        return None
