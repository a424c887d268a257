"""Drafts of batches that any browser with their link finds, also after a restart, for 7 days."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, astuple, dataclass
from datetime import timedelta
from itertools import chain, repeat
from typing import Any

from sqlmodel import Session, col, delete, update

from core.clock import Clock
from core.database import Database
from core.domain.request import LARGEST_ID
from core.errors import NotFoundError, StaleStateError
from core.generation.service import LOCAL_USER
from core.intake.columns import Mapping
from core.intake.corrections import Fix
from core.intake.table import Answers, Table
from core.shelf import Shelf
from core.tables.batch import DraftRow

KEPT_DAYS = 7
FILES_KEPT_SECONDS = (KEPT_DAYS + 1) * 86_400.0
"""A file is kept a little longer than its row."""

_GONE = "This draft is not kept any more: it was started, given up, or left alone for 7 days."
CHANGED = "This draft was changed or started in another window, so nothing was done here."


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDraft:
    """What was uploaded or pasted, how it is read, and what was mended in it."""

    name: str | None
    """None for pasted text."""

    content: bytes
    answers: Answers
    mapping: Mapping
    fixes: Sequence[Fix] = ()
    version: int = 1
    """Rises with every change."""


class Drafts:
    """The drafts of all windows: the file on a shelf first, the row second."""

    def __init__(self, database: Database, clock: Clock, shelf: Shelf) -> None:
        self._database = database
        self._clock = clock
        self._shelf = shelf

    def keep(self, draft: StoredDraft, *, user_id: int = LOCAL_USER) -> int:
        """Keep a new draft and return its id; OSError if the disk takes no more."""
        digest = self._shelf.keep(draft.content)
        draft_id, now = self._clock.new_id(), self._clock.now()
        oldest = now - timedelta(days=KEPT_DAYS)
        with self._database.writing() as session:
            session.exec(delete(DraftRow).where(col(DraftRow.changed_at) < oldest))
            session.add(
                DraftRow(
                    id=draft_id,
                    user_id=user_id,
                    name=draft.name,
                    file_sha256=digest,
                    version=draft.version,
                    changed_at=now,
                    **_texts(draft),
                )
            )
        return draft_id

    def version_of(self, draft_id: int) -> int | None:
        """Return how often a draft was changed, or None if it is not kept any more."""
        row = self._find(draft_id)
        return None if row is None else row.version

    def load(self, draft_id: int) -> StoredDraft:
        """Return a draft, or raise NotFoundError."""
        row = self._find(draft_id)
        content = self._shelf.load(row.file_sha256) if row else b""
        if row is None or hashlib.sha256(content).hexdigest() != row.file_sha256:
            raise NotFoundError(_GONE, advice="Upload the file again.")
        mapping = json.loads(row.mapping)
        return StoredDraft(
            name=row.name,
            content=content,
            answers=Answers(**json.loads(row.answers)),
            mapping=Mapping(mapping["columns"], mapping["is_decided"]),
            fixes=[Fix(*fix) for fix in json.loads(row.fixes)],
            version=row.version,
        )

    def change(self, draft_id: int, draft: StoredDraft) -> None:
        """Store a change; `version` is the one after it.

        Raises StaleStateError if the draft is not kept any more or was changed meanwhile.
        """
        self._shelf.keep(draft.content)  # its time begins anew
        with self._database.writing() as session:
            changed = session.exec(
                update(DraftRow)
                .where(col(DraftRow.id) == draft_id, col(DraftRow.version) == draft.version - 1)
                .values(version=draft.version, changed_at=self._clock.now(), **_texts(draft))
            )
            if changed.rowcount != 1:
                raise StaleStateError(CHANGED)

    def end(self, draft_id: int) -> None:
        """Keep a draft no longer."""
        with self._database.writing() as session:
            session.exec(delete(DraftRow).where(col(DraftRow.id) == draft_id))

    def _find(self, draft_id: int) -> DraftRow | None:
        """Return the row of a draft that is still kept."""
        if not 0 < draft_id <= LARGEST_ID:
            return None
        with self._database.reading() as session:
            row = session.get(DraftRow, draft_id)
        oldest = self._clock.now() - timedelta(days=KEPT_DAYS)
        return row if row is not None and row.changed_at >= oldest else None


def end_with(session: Session, draft_id: int, version: int) -> None:
    """End a draft in the transaction that starts it; StaleStateError if it is not as it was."""
    ended = session.exec(
        delete(DraftRow).where(col(DraftRow.id) == draft_id, col(DraftRow.version) == version)
    )
    if ended.rowcount != 1:
        raise StaleStateError(CHANGED)


def fixes_between(before: Table, after: Table) -> list[Fix]:
    """Return the corrections that make one table of another one of the same header."""
    was = {row.line: row.cells for row in before.rows}
    return [
        Fix(row.line, column, cell)
        for row in after.rows
        if was.get(row.line, row.cells) != row.cells
        for column, cell, old in zip(
            after.header, row.cells, chain(was[row.line], repeat("")), strict=False
        )
        if cell != old or len(was[row.line]) > len(row.cells)
    ]


def _texts(draft: StoredDraft) -> dict[str, Any]:
    said = {name: value for name, value in asdict(draft.answers).items() if value is not None}
    return {
        "answers": json.dumps(said),
        "mapping": json.dumps(
            {"columns": draft.mapping.columns, "is_decided": draft.mapping.is_decided}
        ),
        "fixes": json.dumps([astuple(fix) for fix in draft.fixes]),
    }
