"""The figures of each engine since the first day, for whoever watches the installation."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func
from sqlmodel import Session, col, select

from core.figures.measures import MEASURES
from core.tables.figures import FigureRow


def read_engine_sums(session: Session) -> Mapping[str, Mapping[str, int]]:
    """Return every measure of each engine that was ever asked, summed over all days."""
    sums = (func.sum(getattr(FigureRow, measure)) for measure in MEASURES)
    query = (
        select(FigureRow.engine, *sums)
        .where(col(FigureRow.dimension) == "all")
        .group_by(FigureRow.engine)
        .order_by(FigureRow.engine)
    )
    return {
        engine: dict(zip(MEASURES, map(int, amounts), strict=True))
        for engine, *amounts in session.execute(query)
    }
