"""The draft of a batch in a tab: started, corrected, mapped and discarded."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

from core.batches.draft import Draft, Place, accept, draft_of, mend, remap, reread
from core.batches.drafts import StoredDraft, fixes_between
from core.errors import NotFoundError, StaleStateError
from core.intake.columns import Mapping, header_fingerprint
from core.intake.corrections import correct
from core.intake.readers import read_file, read_pasted
from core.intake.table import (
    NOBODY_ASKED,
    Answers,
    IntakeProblem,
    Table,
    UnreadableFileError,
)
from core.wiring import studio
from pages.parts.batch import state as batch_state

log = logging.getLogger(__name__)

PASTED = "Pasted prompts"


def begin_draft(name: str | None, content: bytes | str, answers: Answers = NOBODY_ASKED) -> None:
    """Read and check what was uploaded or pasted; UnreadableFileError if it has no rows."""
    table = _read(name, content, answers)
    batch_state.keep_source(
        batch_state.Source(name=name, content=content, answers=answers, table=table)
    )
    kept = studio().batches.recall_columns(header_fingerprint(table.header))
    decided = Mapping.from_json(kept).fitted_to(table.header) if kept else None
    draft = draft_of(name or PASTED, table, decided)
    batch_state.hold_id(None)
    batch_state.hold_draft(draft, row_version=1)
    try:
        draft_id = studio().batch_drafts.keep(_stored(draft, version=1))
    except OSError as failure:
        log.warning("a draft lives in its window only: %s", failure)
        return
    batch_state.hold_id(draft_id)
    batch_state.link_draft(draft_id)


def open_draft() -> Draft | None:
    """Return the draft that the address names, as it reads now in whichever window it was changed.

    Without one in the address, the one that only this tab holds.
    """
    linked = batch_state.linked_draft()
    if linked is None:
        return batch_state.draft() if batch_state.held_id() is None else None
    version = studio().batch_drafts.version_of(linked)
    if version is not None and (linked, version) == (
        batch_state.held_id(),
        batch_state.row_version(),
    ):
        return batch_state.draft()
    _let_go()
    try:
        stored = studio().batch_drafts.load(linked)
        content = stored.content if stored.name is not None else stored.content.decode()
        table = _read(stored.name, content, stored.answers)
        draft = draft_of(stored.name or PASTED, correct(table, stored.fixes), stored.mapping)
    except NotFoundError as gone:
        batch_state.link_draft(None)
        batch_state.remember_refusal(UnreadableFileError(gone.message, advice=gone.advice))
        return None
    except UnreadableFileError as refusal:
        batch_state.link_draft(None)
        batch_state.remember_refusal(refusal)
        return None
    batch_state.keep_source(
        batch_state.Source(name=stored.name, content=content, answers=stored.answers, table=table)
    )
    batch_state.hold_id(linked)
    batch_state.hold_draft(draft, row_version=stored.version)
    return draft


def _let_go() -> None:
    batch_state.hold_id(None)
    batch_state.keep_source(None)
    batch_state.hold_draft(None)


def _stored(draft: Draft, *, version: int) -> StoredDraft:
    source = batch_state.source()
    if source is None:
        raise AssertionError("a draft is read from something")
    content = source.content
    return StoredDraft(
        name=source.name,
        content=content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content,
        answers=source.answers,
        mapping=draft.mapping,
        fixes=fixes_between(source.table, draft.table),
        version=version,
    )


def answer(more: Answers) -> None:
    """Read the file again with one more answer; corrections are kept."""
    open_draft()
    source = batch_state.source()
    if source is None:
        _refuse_change()
        return
    answers = source.answers.with_answers(more)
    try:
        table = _read(source.name, source.content, answers)
    except UnreadableFileError as refusal:
        batch_state.remember_refusal(refusal)
        return
    _change(
        lambda draft: reread(draft, source.table, table),
        source=replace(source, answers=answers, table=table),
    )


def choose_column(field: str, column: str | None) -> None:
    """Map a column to a field, in this file and in later ones with the same header."""
    _change(lambda draft: remap(draft, draft.mapping.with_column(field, column)))


def keep_columns() -> None:
    """Keep the columns whose names look misspelt as extra columns."""
    _change(lambda draft: remap(draft, replace(draft.mapping, is_decided=True)))


def mend_cells(cells: dict[Place, str]) -> None:
    """Replace cells and check the table again."""
    _change(lambda draft: mend(draft, cells))


def accept_suggestions(problems: list[IntakeProblem]) -> None:
    """Apply the suggestions for those problems that are left, and check the table again."""

    def accept_those_left(draft: Draft) -> Draft:
        left = set(draft.checked.errors)
        return accept(draft, [problem for problem in problems if problem in left])

    _change(accept_those_left)


def give_up_draft() -> None:
    """Discard the draft, here and for whoever has its link."""
    batch_state.remember_refusal(None)
    held = batch_state.held_id()
    if held is not None:
        studio().batch_drafts.end(held)
    leave_draft()


def leave_draft() -> None:
    """Hold no draft in this tab any more."""
    batch_state.link_draft(None)
    _let_go()


def _change(change: Callable[[Draft], Draft], *, source: batch_state.Source | None = None) -> None:
    """Change the draft in its present state, not in the one that the pressed button saw."""
    draft = open_draft()
    if draft is None:
        _refuse_change()
        return
    try:
        changed = change(draft)
    except UnreadableFileError as refusal:
        batch_state.remember_refusal(refusal)
        return
    batch_state.remember_refusal(None)
    if source is not None:
        batch_state.keep_source(source)
    held, version = batch_state.held_id(), batch_state.row_version() + 1
    try:
        if held is not None:
            studio().batch_drafts.change(held, _stored(changed, version=version))
    except StaleStateError as refusal:
        _let_go()  # and it is read anew from its row
        batch_state.remember_refusal(UnreadableFileError(refusal.message))
        return
    batch_state.hold_draft(changed, row_version=version)
    is_certain = not any(problem.is_of_header for problem in changed.checked.errors)
    if changed.mapping != draft.mapping and is_certain:
        fingerprint = header_fingerprint(changed.table.header)
        studio().batches.remember_columns(fingerprint, changed.mapping.as_json())


def _read(name: str | None, content: bytes | str, answers: Answers) -> Table:
    if isinstance(content, str):
        return read_pasted(content, answers)
    return read_file(name or "", content, answers)


def _refuse_change() -> None:
    gone = "This file is no longer open here, so nothing was changed."
    batch_state.remember_refusal(UnreadableFileError(gone, advice="Upload it again."))
