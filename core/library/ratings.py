"""Judgements of pictures: stars, a verdict with its reason, notes and tags."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select, update
from sqlmodel import Session, col

from core.database import in_chunks, insert_into
from core.errors import InvalidRequestError, Problem
from core.figures import rollups
from core.tables.generation import GenerationRow
from core.tables.library import TagRow

BEST_RATING = 5
VERDICTS = ("approved", "rejected")
LONGEST_TAG = 40
LONGEST_NOTE = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The judgement of one picture."""

    rating: int | None
    verdict: str | None
    verdict_reason: str | None
    note: str | None


def judge(session: Session, ids: Sequence[int], said: Mapping[str, Any]) -> dict[int, Judgement]:
    """Change the judgement of pictures and return the previous ones, by id.

    `said` maps fields of `Judgement` to new values; nothing else writes them. `rating` is 1 to 5 or
    None, `verdict` is approved, rejected or None. Raises InvalidRequestError.
    """
    values = _checked(said)
    before: dict[int, Judgement] = {}
    for some in in_chunks(ids):
        rollups.track(session, *some)
        before |= judgements_of(session, some)
        session.execute(update(GenerationRow).where(col(GenerationRow.id).in_(some)).values(values))
    rollups.note_change(session)
    return before


def judgements_of(session: Session, ids: Sequence[int]) -> dict[int, Judgement]:
    """Return the present judgement of pictures, by id."""
    columns = (
        *(col(GenerationRow.id), col(GenerationRow.rating), col(GenerationRow.verdict)),
        *(col(GenerationRow.verdict_reason), col(GenerationRow.note)),
    )
    query = select(*columns).where(col(GenerationRow.id).in_(ids))
    return {
        number: Judgement(rating=rating, verdict=verdict, verdict_reason=reason, note=note)
        for number, rating, verdict, reason, note in session.execute(query)
    }


def add_tag(session: Session, ids: Sequence[int], tag: str) -> str:
    """Add a tag to pictures and return it as stored: lower case, words joined by `-`."""
    name = normalise_tag(tag)
    for some in in_chunks(ids):
        rows = [{"tag": name, "generation_id": number} for number in some]
        session.execute(insert_into(session, TagRow).values(rows).on_conflict_do_nothing())
    rollups.note_change(session)
    return name


def add_tags(session: Session, generation_id: int, tags: Iterable[str]) -> None:
    """Add the tags of a row to its picture; one that is too long or empty is left out."""
    for tag in tags:
        with contextlib.suppress(InvalidRequestError):
            add_tag(session, [generation_id], tag)


def remove_tag(session: Session, ids: Sequence[int], tag: str) -> None:
    """Remove a tag from pictures, if they have it."""
    for some in in_chunks(ids):
        session.execute(
            delete(TagRow).where(col(TagRow.tag) == tag, col(TagRow.generation_id).in_(some))
        )
    rollups.note_change(session)


def tags_of(session: Session, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Return the sorted tags of pictures, by id; pictures without tags are left out."""
    found: dict[int, tuple[str, ...]] = {}
    for some in in_chunks(ids):
        query = (
            select(col(TagRow.generation_id), col(TagRow.tag))
            .where(col(TagRow.generation_id).in_(some))
            .order_by(col(TagRow.tag))
        )
        for number, tag in session.execute(query):
            found[number] = (*found.get(number, ()), tag)
    return found


def normalise_tag(tag: str) -> str:
    """Return a tag in stored form, or raise InvalidRequestError if nothing is left of it."""
    name = "-".join("".join(c for c in tag.casefold() if c not in '"|*:,').split()).strip("-")
    if not name or len(name) > LONGEST_TAG:
        raise InvalidRequestError.of(
            "tag", f"A tag has 1 to {LONGEST_TAG} letters, not {len(name)}."
        )
    return name


def _checked(said: Mapping[str, Any]) -> dict[str, Any]:
    values = dict(said)
    rating, verdict = values.get("rating"), values.get("verdict")
    problems = []
    if unknown := values.keys() - Judgement.__dataclass_fields__.keys():
        problems.append(Problem(field="judgement", message=f"There is no {min(unknown)} to judge."))
    if rating is not None and rating not in range(1, BEST_RATING + 1):
        problems.append(
            Problem(
                field="rating", message=f"A rating is 1 to {BEST_RATING} or none, not {rating}."
            )
        )
    if verdict is not None and verdict not in VERDICTS:
        problems.append(
            Problem(
                field="verdict", message=f"A verdict is approved, rejected or none, not {verdict}."
            )
        )
    if len(values.get("note") or "") > LONGEST_NOTE:
        problems.append(
            Problem(
                field="note", message=f"A note has at most {LONGEST_NOTE:,} letters; shorten it."
            )
        )
    if problems:
        raise InvalidRequestError(problems)
    return values
