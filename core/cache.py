"""The result cache: the same request asked again is answered with the picture already owned."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from core.domain.request import cache_key
from core.domain.states import State
from core.tables.generation import GenerationRow, PayloadRow


def find_owned(
    session: Session, *, key: str, canonical: str, user_id: int, since: datetime
) -> GenerationRow | None:
    """Return the newest finished original of this very request that is not older than `since`.

    The stored canonical form is compared as well, so two requests whose keys collide can never
    be answered with each other's picture.
    """
    owned = (
        select(GenerationRow)
        .join(PayloadRow, col(PayloadRow.generation_id) == col(GenerationRow.id))
        .where(
            col(GenerationRow.cache_key) == key,
            col(GenerationRow.completed_at) >= since,
            col(GenerationRow.status) == State.COMPLETED,
            col(GenerationRow.user_id) == user_id,
            col(GenerationRow.cached).is_(False),
            col(PayloadRow.canonical) == canonical,
        )
        .order_by(col(GenerationRow.completed_at).desc())
        .limit(1)
    )
    return session.exec(owned).first()


_KEYS_AT_ONCE = 500


def owned_among(
    session: Session, canonicals: Sequence[str], *, user_id: int, since: datetime
) -> frozenset[str]:
    """Return those of the canonical requests that `find_owned` would answer."""
    owned: set[str] = set()
    for start in range(0, len(canonicals), _KEYS_AT_ONCE):
        chunk = set(canonicals[start : start + _KEYS_AT_ONCE])
        keys = [cache_key(one) for one in chunk]
        query = (
            select(PayloadRow.canonical)
            .join(GenerationRow, col(PayloadRow.generation_id) == col(GenerationRow.id))
            .where(
                col(GenerationRow.cache_key).in_(keys),
                col(GenerationRow.completed_at) >= since,
                col(GenerationRow.status) == State.COMPLETED,
                col(GenerationRow.user_id) == user_id,
                col(GenerationRow.cached).is_(False),
            )
        )
        owned.update(one for one in session.exec(query) if one in chunk)
    return frozenset(owned)
