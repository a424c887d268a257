"""What it means if the database and the data folder agree, disagree, or one of them is new."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from core.errors import WrongFolderError
from core.incarnation.mark import ORDERS, Mark
from core.records import order_count

AGREES = ""
FEWEST_NUMBERS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class LastStart:
    """What the database knows: the mark of the last start, and the inode of its file."""

    mark: Mark
    inode: int
    changed: int | None = None
    """When that file was put in place (ns); None if a process died before recording it."""
    numbers: Mapping[str, int] = field(default_factory=dict)
    """Inodes of the files that are never replaced (`MarkedFolder.numbers`), as far as known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a start found, on both sides."""

    where: str
    entry: LastStart | None
    has_rows: bool
    mark: Mark | None
    inode: int | None
    changed: int | None
    is_used: bool
    is_marked_copy: bool
    last_start: int
    order_count: int
    """How many paid orders have begun, according to the database."""
    highest_order: int
    """The highest such count in the data folder."""
    numbers: Mapping[str, int]
    are_orders_touched: bool
    """Whether the file of the orders changed in any way other than by appending an order."""
    are_pictures_untouched: bool
    """Whether some picture from before the last known start was not touched since."""
    has_unknown_orders: bool

    @property
    def adopt_code(self) -> str:
        """The code that allows just this pair to be joined; it is worthless afterwards."""
        sides = (self.mark.nonce if self.mark else "", self.entry.mark.nonce if self.entry else "")
        return hashlib.sha256(":".join(sides).encode()).hexdigest()[:8]


def reason_to_hold(facts: Facts, *, adopt: str | None) -> str:
    """Return why paid work must be held, "" if both sides agree; else raise WrongFolderError.

    `adopt` is the value of FIBO_ADOPT: the code from an earlier refusal lets this pair start.
    """
    refused = _refusal(facts)
    if refused is None:
        if facts.is_marked_copy:
            return "This studio was restored from a backup."
        if facts.entry is not None:
            return _older_half(facts, facts.entry)
        return AGREES if facts.mark is None else "The database is older than its data folder."
    message, advice = refused
    if adopt == facts.adopt_code:
        return message
    raise WrongFolderError(
        message,
        advice=f"{advice} If they are meant to go together, start once with "
        f"FIBO_ADOPT={facts.adopt_code}.",
    )


def _refusal(facts: Facts) -> tuple[str, str] | None:
    entry, mark = facts.entry, facts.mark
    if entry is not None and mark is not None:
        if entry.mark.studio == mark.studio:
            return None
        return (
            f"The database belongs to another studio than the data folder {facts.where}.",
            "Set FIBO_DATA_DIR or FIBO_DATABASE_URL back, or restore a backup.",
        )
    if not facts.has_rows and entry is None and (mark is not None or facts.is_used):
        return (
            f"The database is empty, and the data folder {facts.where} belongs to a studio.",
            "Set FIBO_DATABASE_URL back, or restore the database from a backup.",
        )
    if entry is not None and mark is None and not facts.is_used:
        return (
            f"The data folder {facts.where} is empty, and the database belongs to a studio.",
            "Mount the folder, set FIBO_DATA_DIR back, or restore the folder from a backup.",
        )
    return None


def _older_half(facts: Facts, entry: LastStart) -> str:
    mark = facts.mark
    lacks_start = facts.last_start > entry.mark.count
    lacks_order = order_count.is_behind(facts.order_count, facts.highest_order)
    if facts.has_unknown_orders or lacks_start or lacks_order:
        return "The database is older than the orders noted in its data folder."
    if mark is None:
        return "The data folder was replaced."
    if mark.nonce != entry.mark.nonce:
        is_older = mark.count > entry.mark.count
        return f"The {'database' if is_older else 'data folder'} was put back from an older copy."
    return _replaced_files(facts, entry)


def _replaced_files(facts: Facts, entry: LastStart) -> str:
    was_not_moved = entry.changed in {None, facts.changed}
    # A change of permissions or owner also moves the time at which the mark was put in place, but
    # all other files keep their inodes. A copy may get one old inode again by chance, not several.
    are_all_there = len(entry.numbers) >= FEWEST_NUMBERS and all(
        facts.numbers.get(name) == number for name, number in entry.numbers.items()
    )
    if facts.inode == entry.inode and (was_not_moved or are_all_there):
        found = facts.numbers.get(ORDERS)
        # changing the permissions of a whole folder also touches the mark and every picture
        was_put_back = facts.are_orders_touched and (
            entry.changed == facts.changed or facts.are_pictures_untouched
        )
        if found == entry.numbers.get(ORDERS, found) and not was_put_back:
            return AGREES
        return "The orders noted in the data folder were put back from a copy, or are gone."
    return "The data folder is a copy."
