"""How often each value of each field occurs among the newest pictures found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from core.database import in_chunks
from core.domain.vocabulary import PARAMETER_NAMES
from core.library.pages import find_newest
from core.library.sql_filter import TAGS, Filter

MOST_SAMPLED = 2_000
"""The number of newest pictures among which values are counted."""

FACETS = {
    "project": "project_id",
    "user": "user_id",
    "batch": "batch_id",
    **{name: name for name in ("status", "mode", "engine", "rating", "verdict", *PARAMETER_NAMES)},
}
"""The counted fields of the search line and their columns; tags are counted as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """How often each value occurs; None is "not set". With `is_least` there may be more of each."""

    counts: Counter[Any]
    is_least: bool


def count_facets(
    connection: Connection,
    chosen: Filter,
    wider: Mapping[str, Filter],
    *,
    most: int = MOST_SAMPLED,
) -> dict[str, Facet]:
    """Return each field's values and how often they occur among the newest `most` pictures found.

    `wider` maps a field to the filter without that field's own condition, so that its other values
    can be added.
    """
    found = _count(connection, chosen, (*FACETS, "tag"), most)
    for name, instead in wider.items():
        found |= _count(connection, instead, (name,), most)
    return found


def _count(
    connection: Connection, chosen: Filter, names: Sequence[str], most: int
) -> dict[str, Facet]:
    columns = [FACETS[name] for name in names if name in FACETS]
    rows = find_newest(connection, chosen, ("id", *columns), limit=most + 1)
    is_least = len(rows) > most
    sample = rows[:most]
    counters: dict[str, Counter[Any]] = {
        name: Counter(row[at] for row in sample)
        for at, name in enumerate((name for name in names if name in FACETS), start=1)
    }
    if "tag" in names:
        counters["tag"] = Counter()
        for some in in_chunks([row[0] for row in sample]):
            query = (
                select(TAGS.c.tag, func.count())
                .where(TAGS.c.generation_id.in_(some))
                .group_by(TAGS.c.tag)
            )
            counters["tag"].update(dict(connection.execute(query).all()))
    return {name: Facet(counts=counts, is_least=is_least) for name, counts in counters.items()}
