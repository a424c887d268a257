"""The draft of a batch in a tab: started, corrected, mapped and discarded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from core.batches.draft import Draft, Place, accept, draft_of, mend, remap, reread
from core.intake.columns import Mapping, header_fingerprint
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

PASTED = "Pasted prompts"


def begin_draft(name: str | None, content: bytes | str, answers: Answers = NOBODY_ASKED) -> None:
    """Read and check what was uploaded or pasted; UnreadableFileError if it has no rows."""
    table = _read(name, content, answers)
    batch_state.keep_source(
        batch_state.Source(name=name, content=content, answers=answers, table=table)
    )
    kept = studio().batches.recall_columns(header_fingerprint(table.header))
    decided = Mapping.from_json(kept).fitted_to(table.header) if kept else None
    batch_state.keep_draft(draft_of(name or PASTED, table, decided))


def answer(more: Answers) -> None:
    """Read the file again with one more answer; corrections are kept."""
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
    _change(lambda draft: reread(draft, source.table, table))
    batch_state.keep_source(replace(source, answers=answers, table=table))


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
    """Discard the draft; nothing of it was stored."""
    batch_state.remember_refusal(None)
    batch_state.keep_source(None)
    batch_state.keep_draft(None)


def _change(change: Callable[[Draft], Draft]) -> None:
    """Change the draft in its present state, not in the one that the pressed button saw."""
    draft = batch_state.draft()
    if draft is None:
        _refuse_change()
        return
    try:
        changed = change(draft)
    except UnreadableFileError as refusal:
        batch_state.remember_refusal(refusal)
        return
    batch_state.remember_refusal(None)
    batch_state.keep_draft(changed)
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
