"""The draft of a batch that a tab holds: begun, mended, mapped and given up."""

from __future__ import annotations

from core.batches.drafting import Draft, Place, accept, draft_of, mend, remap
from core.intake.columns import Mapping, header_fingerprint
from core.intake.readers import read_file, read_pasted
from core.intake.table import IntakeProblem
from core.wiring import studio
from pages.parts import session

PASTED = "Pasted prompts"


def begin_draft(name: str | None, content: bytes | str, *, encoding: str | None = None) -> None:
    """Read and check what was uploaded or pasted; UnreadableFileError if it has no rows."""
    if isinstance(content, str):
        table = read_pasted(content)
    else:
        table = read_file(name or "", content, encoding=encoding)
    kept = studio().batches.recall_columns(header_fingerprint(table.header))
    decided = Mapping.from_json(kept) if kept else None
    session.keep_draft(draft_of(name or PASTED, table, decided))


def choose_column(draft: Draft, field: str, column: str | None) -> None:
    """Let a column stand for a field from now on, in this file and all that look like it."""
    columns = {f: c for f, c in draft.mapping.columns.items() if f != field and c != column}
    if column is not None:
        columns[field] = column
    mapping = Mapping(columns)
    studio().batches.remember_columns(header_fingerprint(draft.table.header), mapping.as_json())
    session.keep_draft(remap(draft, mapping))


def mend_cells(draft: Draft, cells: dict[Place, str]) -> None:
    """Replace cells and check again."""
    session.keep_draft(mend(draft, cells))


def accept_suggestions(draft: Draft, problems: list[IntakeProblem]) -> None:
    """Take suggested values over and check again."""
    session.keep_draft(accept(draft, problems))


def give_up_draft() -> None:
    """Forget the draft; nothing of it was stored."""
    session.keep_draft(None)
