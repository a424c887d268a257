"""What a browser tab remembers of batches; only this module uses these session keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from core.batches.draft import Draft
from core.intake.table import Answers, Table, UnreadableFileError
from pages.parts.shared.session import number_in, place

_BATCH, _DRAFT_LINK = "batch", "draft"
_DRAFT, _DRAFT_VERSION, _REFUSAL = "draft", "draft_version", "draft_refusal"
_SOURCE, _DRAFT_ID, _ROW_VERSION = "draft_source", "draft_id", "draft_row_version"
_BATCH_STATES = "batch_states"


def watched_batch() -> int | None:
    """Return the batch in this tab; it is part of the address, so the link can be shared."""
    text = st.query_params.get(_BATCH, "")
    # 0 is no batch: an address that is cut or mistyped says so as a dead one does
    return (number_in(text) or 0) if text else None


def watch_batch(batch_id: int | None) -> None:
    """Show a batch in this tab, or the list of all."""
    if batch_id is None:
        st.query_params.pop(_BATCH, None)
    else:
        st.query_params[_BATCH] = str(batch_id)


def note_batch_state(batch_id: int, state: str) -> str | None:
    """Store the state in which this tab last saw a batch, and return the one before."""
    seen: dict[int, str] = st.session_state.setdefault(_BATCH_STATES, {})
    before = seen.get(batch_id)
    seen[batch_id] = state
    return before


def draft() -> Draft | None:
    """Return the draft as this tab holds it."""
    kept: Draft | None = st.session_state.get(_DRAFT)
    return kept


def hold_draft(draft: Draft | None, *, row_version: int = 0) -> None:
    """Hold a draft in this tab, or none; `row_version` is the version of its row."""
    st.session_state[_DRAFT] = draft
    st.session_state[_DRAFT_VERSION] = draft_version() + 1
    st.session_state[_ROW_VERSION] = row_version


def row_version() -> int:
    """Return the version of the draft's row that this tab holds."""
    version: int = st.session_state.get(_ROW_VERSION, 0)
    return version


def linked_draft() -> int | None:
    """Return the draft that the address names; None without one."""
    text = st.query_params.get(_DRAFT_LINK, "")
    return (number_in(text) or 0) if text else None


def link_draft(draft_id: int | None) -> None:
    """Have the address name a draft, or none."""
    if draft_id is None:
        st.query_params.pop(_DRAFT_LINK, None)
    else:
        st.query_params[_DRAFT_LINK] = str(draft_id)


def held_id() -> int | None:
    """Return the id of the draft that this tab holds."""
    held: int | None = st.session_state.get(_DRAFT_ID)
    return held


def hold_id(draft_id: int | None) -> None:
    """Note which draft this tab holds."""
    st.session_state[_DRAFT_ID] = draft_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The source of a draft, so that it can be read again with one more answer."""

    name: str | None
    content: bytes | str
    answers: Answers
    table: Table
    """The table as read with these answers, before any correction."""


def source() -> Source | None:
    """Return the source of the draft in this tab."""
    kept: Source | None = st.session_state.get(_SOURCE)
    return kept


def keep_source(source: Source | None) -> None:
    """Store the source of a draft, or None."""
    st.session_state[_SOURCE] = source


def draft_version() -> int:
    """Return a number that changes with the draft, so that its widgets are created again."""
    version: int = st.session_state.get(_DRAFT_VERSION, 0)
    return version


def remember_refusal(
    refusal: UnreadableFileError | None, *, stands: Callable[[], bool] = lambda: True
) -> None:
    """Keep why an upload could not be read, or a draft changed, for as long as that `stands`."""
    st.session_state[_REFUSAL] = None if refusal is None else (refusal, place(), stands)


def refusal() -> UnreadableFileError | None:
    """Return why the last upload could not be read, as far as its cause is still there."""
    kept = st.session_state.get(_REFUSAL)
    if kept is None:
        return None
    refusal: UnreadableFileError
    refusal, said_at, stands = kept
    return refusal if said_at == place() and stands() else None
