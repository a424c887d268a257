"""Pictures with a rating, as the question "what works" needs them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session, col, select

from core.domain.engines import PREVIEWS
from core.domain.vocabulary import PARAMETER_NAMES
from core.insights.period import FigureScope, Period
from core.tables.generation import GenerationRow

MOST_RATED = 50_000
"""The newest of them are enough to tell any effect that matters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RatedPicture:
    """One rating: of which prompt and engine, with which parameter values."""

    prompt: str
    engine: str
    values: dict[str, str]
    stars: int


def read_rated(session: Session, scope: FigureScope, period: Period) -> list[RatedPicture]:
    """Return the rated pictures of a scope and period, newest first; reused ones are left out."""
    columns = [getattr(GenerationRow, name) for name in PARAMETER_NAMES]
    engine = col(GenerationRow.engine)
    query = (
        select(GenerationRow.prompt, GenerationRow.engine, GenerationRow.rating, *columns)
        .where(
            col(GenerationRow.rating).is_not(None),
            col(GenerationRow.cached).is_(False),
            # emptied rows have lost their prompts, so they would all count as one
            col(GenerationRow.purged_at).is_(None),
            col(GenerationRow.created_at) >= period.starts_at,
            col(GenerationRow.created_at) < period.ends_before,
            engine.in_(PREVIEWS) if scope.family == "preview" else engine.not_in(PREVIEWS),
        )
        .order_by(col(GenerationRow.created_at).desc())
        .limit(MOST_RATED)
    )
    if scope.project_id is not None:
        query = query.where(col(GenerationRow.project_id) == scope.project_id)
    return [
        RatedPicture(
            prompt=prompt,
            engine=name,
            stars=stars,
            values={
                parameter: value
                for parameter, value in zip(PARAMETER_NAMES, values, strict=True)
                if value is not None
            },
        )
        for prompt, name, stars, *values in session.execute(query)
    ]
