"""Pictures of the history as rows of a new batch: requested again, or made with changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from core.database import Database
from core.domain.states import State
from core.errors import InvalidRequestError
from core.generation.copy_plan import CopyPlan
from core.generation.service import LOCAL_USER
from core.records import history, unfetched
from core.records.batch_rows import NewLine
from core.records.batches import Plan
from core.records.unfetched import KEPT_FOR

MOST_AGAIN = 5_000
_RETRIED = frozenset({State.FAILED, State.BLOCKED})


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRetry:
    """The rows that request pictures again, and how many chosen pictures need none.

    `made_since` counts pictures without an image whose same request has brought one by now.
    `to_ask` are paid pictures that the provider may still have: they are fetched and not made
    again, including those that were cancelled.
    """

    lines: tuple[NewLine, ...]
    to_ask: tuple[int, ...]
    made_since: int
    others: int


def plan_history_retry(
    database: Database, ids: Sequence[int], *, now: datetime, user_id: int = LOCAL_USER
) -> HistoryRetry:
    """Return what requesting failed and blocked pictures again would do; nothing is requested yet.

    Raises InvalidRequestError for more than MOST_AGAIN pictures.
    """
    if len(ids) > MOST_AGAIN:
        sentence = f"Choose at most {MOST_AGAIN:,} pictures at once, not {len(ids):,}."
        raise InvalidRequestError.of("pictures", sentence)
    with database.reading() as session:
        chosen = history.named(session, ids, user_id=user_id)
        ended = [one for one in chosen if one.state in _RETRIED and one.purged_at is None]
        made = history.made_since(session, ended)
        missing = [one for one in ended if one.id not in made]
        cancelled = [one for one in chosen if one.state is State.CANCELLED]
        askable = [one.id for one in (*missing, *cancelled)]
        asked = unfetched.numbered_of(session, askable, since=now - KEPT_FOR)
        to_ask = {one.generation_id for one in asked}
        again = [one for one in missing if one.id not in to_ask]
    lines = []
    for one in again:
        with suppress(InvalidRequestError):  # an older request that cannot be parsed any more
            lines.append(NewLine(row_id=str(one.id), request=one.request, parent_id=one.parent_id))
    return HistoryRetry(
        lines=tuple(lines),
        to_ask=tuple(one for one in askable if one in to_ask),
        made_since=len(made),
        others=len(chosen) - len(made) - len(to_ask) - len(lines),
    )


def lines_of_copies(plans: Sequence[CopyPlan]) -> list[NewLine]:
    """Return the rows for planned copies of settings; each knows its parent."""
    return [
        NewLine(row_id=str(plan.parent.id), request=plan.request, parent_id=plan.parent.id)
        for plan in plans
    ]


def plan_of(name: str, lines: Sequence[NewLine]) -> Plan:
    """Return the plan for such rows, in the project that most of them belong to."""
    belongs = Counter(line.request.project_id for line in lines)
    return Plan(name=name, project_id=belongs.most_common(1)[0][0] if belongs else 1)
