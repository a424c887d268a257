"""Headers of earlier files and the fields that their columns were mapped to."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from core.tables.batch import HeaderRow


def recall(session: Session, user_id: int, fingerprint: str) -> str | None:
    """Return the mapping that was stored for a header, or None."""
    row = session.get(HeaderRow, (user_id, fingerprint))
    return row.columns if row else None


def remember(
    session: Session, user_id: int, fingerprint: str, columns: str, *, now: datetime
) -> None:
    """Store the mapping for a header; a later call replaces an earlier one."""
    session.merge(HeaderRow(user_id=user_id, fingerprint=fingerprint, columns=columns, used_at=now))
