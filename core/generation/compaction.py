"""Keeps the journal small: moves settled lines out of it, and back where a database lacks them.

A line is settled when the database has its try, knows whether it was charged, and no longer waits
for its picture. Only a database restored from an older copy can still need such a line. So settled
lines are not deleted but kept beside the journal for `SETTLED_KEPT`. Each database remembers the
name of the last settled file whose lines it knows; a restored one remembers an earlier file, and
gets the lines it lacks back before numbers are adopted. Files are written first and the database
second: a crash in between only makes the next start read one file too many.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from core.generation.context import PipelineContext
from core.records import attempts, generations, holds

log = logging.getLogger(__name__)

LEAST_SETTLED = 10_000
"""Fewer lines are not worth a file; reading this many costs a start 0.05 s of CPU."""

SETTLED_KEPT = timedelta(days=30)
"""Ten times as long as Bria keeps a picture (72 hours). A database restored from an older copy
lacks these request ids for good; as after any restore, its orders are held for a person."""

_LAST_KNOWN = "journal_settled"


class Compaction:
    """Moves settled lines out of the journal, and back for a database that does not know them."""

    def __init__(self, context: PipelineContext, *, least_settled: int = LEAST_SETTLED) -> None:
        self._context = context
        self._journal = context.journal
        self._least_settled = least_settled

    def compact(self) -> int:
        """Move settled lines out if there are many; return how many. OSError moves none."""
        entries = self._journal.entries()
        if len(entries) < self._least_settled:
            return 0
        with self._context.database.reading() as session:
            # pictures on their way first: collecting them may make their charge unclear again
            on_the_way = generations.ids_on_the_way(session)
            still_open = attempts.open_among(session, [entry[:2] for entry in entries])
        settled = {
            entry for entry in entries if entry[:2] not in still_open and entry[0] not in on_the_way
        }
        if len(settled) < self._least_settled:
            return 0
        now = self._context.clock.now()
        moved = self._journal.set_settled_aside(settled, now=now)
        self.bring_back()
        with self._context.database.reading() as session:
            known = holds.read_key(session, _LAST_KNOWN)
        earlier = [name for name in self._journal.settled_files() if name < known]
        self._journal.drop_settled(earlier, before=now - SETTLED_KEPT)
        log.info("%s settled lines were moved out of the journal", moved)
        return moved

    def bring_back(self) -> int:
        """Put settled lines that this database lacks back into the journal; return how many.

        A file that cannot be read or a full disk is logged, and the next call tries again.
        """
        names = self._journal.settled_files()
        if not names:
            return 0
        with self._context.database.reading() as session:
            if holds.read_key(session, _LAST_KNOWN) == names[-1]:
                return 0
        brought = 0
        try:
            with self._context.database.writing() as session:
                known, names = holds.lock_key(session, _LAST_KNOWN), self._journal.settled_files()
                for name in names[names.index(known) + 1 :] if known in names else names:
                    entries = self._journal.read_settled(name)
                    unknown = attempts.open_among(session, [entry[:2] for entry in entries])
                    back = [entry for entry in entries if entry[:2] in unknown]
                    self._journal.bring_back(back)
                    brought += len(back)
                holds.write_key(session, _LAST_KNOWN, names[-1])
        except OSError as failure:
            log.warning("settled lines of the journal cannot be compared: %s", failure)
            return 0
        if brought:
            log.warning("%s lines of the journal count as not settled again", brought)
        return brought
