"""The first step of every start: compare database and folder, hold paid work if needed, mark anew.

These cases are recognised: a database that is older than its folder or belongs to another studio;
an empty database beside a full folder; a folder that was replaced, emptied or restored; a whole
studio restored by the restore command or by copying (the mark's file, or the file of the orders if
only changed files were restored, then has another inode; or the orders have the times of the copy
while the mark was left alone); and the folder of another machine. Two cases cannot be recognised: a
snapshot of the whole machine or volume, which restores every inode, and a tool that writes into
existing files and sets the times or permissions of all of them, which looks like `chmod -R`.
docs/backup.md tells how to start after those.

The database stores a new mark first and the folder second, and a process may die in between. Then
the new mark lies prepared in the folder, and the next start settles it.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

from sqlmodel import Session

from core.database import Database
from core.errors import WrongFolderError
from core.fault_points import fault_point
from core.incarnation.comparison import Facts, LastStart, reason_to_hold
from core.incarnation.mark import Mark, MarkedFolder
from core.incarnation.order_log import OrderLog
from core.records import attempts, holds, order_count, workers

log = logging.getLogger(__name__)

ENTRY = "incarnation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A studio whose database and folder belong together."""

    mark: Mark
    held_because: str


def open_folder(
    database: Database,
    folder: MarkedFolder,
    orders: OrderLog,
    *,
    adopt: str | None,
    new_nonce: Callable[[], str],
) -> Opened:
    """Return the mark of this start; paid work that may have been made already is held.

    Raises WrongFolderError, without changing anything, if the two do not belong together. Several
    processes may call it at once: the database's lock makes them take turns.
    """
    with database.writing() as session:
        entry = to_entry(holds.lock_key(session, ENTRY))
        if entry is not None and folder.is_prepared(entry.mark.nonce):
            folder.settle(entry.mark.nonce)
        facts = _facts(session, folder, orders, entry)
        because = reason_to_hold(facts, adopt=adopt)
        order_count.lift(session, max(facts.order_count, facts.highest_order))
        mark = _next_mark(facts, is_copy=bool(because), new_nonce=new_nonce)
        hosts = holds.working_elsewhere(
            session, mark.folder, seen_within_seconds=workers.DEAD_SECONDS
        )
        if hosts:
            raise WrongFolderError(
                f"A worker on {hosts[0]} works with this database and another data folder.",
                advice="Share one data folder between the machines, or stop that worker first and "
                "start again half a minute later.",
            )
        folder.forget_prepared()
        inode = folder.prepare(mark)
        holds.write_key(session, ENTRY, json.dumps(asdict(LastStart(mark=mark, inode=inode))))
        if because:
            held, stopped = holds.hold_paid_work(session, because)
            log.warning("%s Held: paid orders %s, batches %s", because, held, stopped)
        fault_point("before_mark_commit")
    fault_point("before_mark_settled")
    folder.settle(mark.nonce)
    fault_point("before_start_noted")
    orders.note_start(mark.count)
    with database.writing() as session:
        entry = to_entry(holds.lock_key(session, ENTRY))
        if entry is not None and entry.mark == mark:  # otherwise another process has started since
            settled = replace(entry, changed=folder.changed(), numbers=folder.numbers())
            holds.write_key(session, ENTRY, json.dumps(asdict(settled)))
    folder.forget_copy()
    return Opened(mark=mark, held_because=because)


def _facts(
    session: Session, folder: MarkedFolder, orders: OrderLog, entry: LastStart | None
) -> Facts:
    # locked before rows of orders are, in the same sequence as when an order begins
    count = order_count.lock(session) or 0
    last_start, since = orders.since_last_start()
    are_orders_touched = folder.are_orders_touched()
    known_since = entry.changed if entry and are_orders_touched else None
    unknown = set(since) - attempts.charges_of(session, since).keys()
    return Facts(
        where=str(folder.path),
        entry=entry,
        has_rows=holds.has_rows(session),
        mark=folder.read(),
        inode=folder.inode(),
        changed=folder.changed(),
        is_used=folder.is_used(),
        is_marked_copy=folder.is_marked_copy(),
        last_start=last_start,
        order_count=count,
        highest_order=orders.highest(),
        numbers=folder.numbers(),
        are_orders_touched=are_orders_touched,
        are_pictures_untouched=(
            known_since is not None and folder.has_picture_from_before(known_since)
        ),
        has_unknown_orders=bool(unknown - orders.lost()),
    )


def _next_mark(facts: Facts, *, is_copy: bool, new_nonce: Callable[[], str]) -> Mark:
    """Return the mark of this start; a copy gets a folder name of its own."""
    known = [mark for mark in (facts.entry and facts.entry.mark, facts.mark) if mark]
    counts = [mark.count for mark in known] + [facts.last_start]
    return Mark(
        studio=known[0].studio if known else new_nonce(),
        folder=known[0].folder if known and not is_copy else new_nonce(),
        count=max(counts) + 1,
        nonce=new_nonce(),
    )


def to_entry(text: str) -> LastStart | None:
    """Return what the database knows about its last start; None if there was none."""
    if not text:
        return None
    known = json.loads(text)
    return LastStart(
        mark=Mark(**known["mark"]),
        inode=known["inode"],
        changed=known.get("changed"),
        numbers=known.get("numbers") or {},
    )
