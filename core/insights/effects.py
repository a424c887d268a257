"""The effect of a parameter value on the rating, compared only within one prompt.

The model is stars = prompt + effect of the value + effects of the other parameters + noise, fitted
by least squares after every column is taken relative to its mean within the prompt (the "within"
estimator of fixed effects: a popular prompt cannot lend its stars to a value). The interval is the
estimate ± t(0.975, n − prompts − columns) × standard error, which is exact for independent normal
noise. Means are never compared: with eight equal values, 29 % of the "winners" are small groups
that were lucky.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session, col, select

from core.domain.engines import PREVIEWS
from core.domain.vocabulary import PARAMETER_NAMES
from core.insights.period import FigureScope, Period
from core.tables.generation import GenerationRow

WORTH_KNOWING = 0.5
"""Stars: an interval with this half-width is precise enough."""

RATER_NOISE = 0.9
"""Stars: assumed standard deviation of one person's ratings of equal pictures, without data."""

MOST_RATED = 50_000
"""The newest ones; enough to find any effect that matters."""

_LEAST_FREEDOM = 4
_Z = NormalDist().inv_cdf(0.975)
_TINY = 1e-9
_UNSET = "not set"

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class RatedPicture:
    """One rating: of which prompt and engine, with which parameter values."""

    prompt: str
    engine: str
    values: dict[str, str]
    stars: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """Stars that a value adds compared with its alternatives under the same prompts.

    `n` pictures have the value and `others` do not, under the same prompts. `low` and `high` are
    None if nothing can be said yet. `missing` is about how many more rated pictures would narrow
    the interval to half a star on either side; 0 if it is that narrow already.
    """

    parameter: str
    value: str
    n: int
    others: int
    prompts: int
    stars: float | None
    low: float | None
    high: float | None
    missing: int

    @property
    def is_clear(self) -> bool:
        """Whether the interval excludes 0."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """Every value that was rated, the clear ones first, and the data behind them."""

    rated: int
    prompts: int
    found: tuple[Effect, ...]


def read_rated(session: Session, scope: FigureScope, period: Period) -> list[RatedPicture]:
    """Return the rated pictures of a scope and period, newest first, without reused ones."""
    columns = [getattr(GenerationRow, name) for name in PARAMETER_NAMES]
    engine = col(GenerationRow.engine)
    query = (
        select(GenerationRow.prompt, GenerationRow.engine, GenerationRow.rating, *columns)
        .where(
            col(GenerationRow.rating).is_not(None),
            col(GenerationRow.cached).is_(False),
            # emptied rows have lost their prompts, so they would all count as one prompt
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


def find_effects(pictures: Sequence[RatedPicture]) -> Effects:
    """Return the effect of every value under a prompt that was rated more than once."""
    groups: dict[tuple[str, str], list[RatedPicture]] = {}
    for picture in pictures:
        groups.setdefault((picture.prompt, picture.engine), []).append(picture)
    several = [group for group in groups.values() if len(group) > 1]
    effects = _Model(several).effects() if several else []
    order = sorted(effects, key=lambda one: (not one.is_clear, one.missing, -abs(one.stars or 0.0)))
    return Effects(rated=len(pictures), prompts=len(several), found=tuple(order))


def missing_pictures(half_width: float, n: int) -> int:
    """Return how many more ratings would narrow an interval to half a star on either side.

    The width shrinks with the square root of the number of ratings: n × ((h / 0.5)² − 1).
    """
    return max(math.ceil(n * ((half_width / WORTH_KNOWING) ** 2 - 1)), 0)


def first_pictures() -> int:
    """Return how many ratings are needed if there is none: 4 × (1.96 × 0.9 / 0.5)², about 50.

    Half of them with the value and half without, under the same prompts.
    """
    return math.ceil(4 * (_Z * RATER_NOISE / WORTH_KNOWING) ** 2)


def t_quantile(freedom: int) -> float:
    """Return the 0.975 quantile of Student's t, by its series in 1/freedom.

    Abramowitz and Stegun 26.7.5; the error is below 0.5 % from 4 degrees of freedom on.
    """
    z = _Z
    terms: tuple[float, ...] = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92_160,
    )
    return z + sum((term / freedom**power for power, term in enumerate(terms, start=1)), 0.0)


class _Model:
    """Dummy columns and stars relative to their prompt's means, reduced to their products."""

    def __init__(self, groups: Sequence[Sequence[RatedPicture]]) -> None:
        pictures = [picture for group in groups for picture in group]
        self._group = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
        self._columns = sorted(
            {
                (name, picture.values.get(name, _UNSET))
                for picture in pictures
                for name in PARAMETER_NAMES
            }
        )
        place = {column: number for number, column in enumerate(self._columns)}
        self._given: Matrix = np.zeros((len(pictures), len(self._columns)))
        for row, picture in enumerate(pictures):
            for name in PARAMETER_NAMES:
                self._given[row, place[name, picture.values.get(name, _UNSET)]] = 1.0
        self._sizes: Matrix = np.bincount(self._group).astype(float)
        columns, stars = self._within(self._given), np.array([p.stars for p in pictures], float)
        stars = self._within(stars[:, None])[:, 0]
        self._products, self._to_stars = columns.T @ columns, columns.T @ stars
        self._square = float(stars @ stars)

    def effects(self) -> list[Effect]:
        """Return the effect of every value that is set, known or not."""
        found = []
        for number, (name, value) in enumerate(self._columns):
            if value == _UNSET:
                continue
            with_it = self._given[:, number] > 0
            counts = np.bincount(self._group, weights=self._given[:, number])
            varies = (counts > 0) & (counts < self._sizes)
            varies_here = varies[self._group]
            n, others = int((with_it & varies_here).sum()), int((~with_it & varies_here).sum())
            stars, half_width = self._fit(number, name)
            if half_width is None or stars is None:
                missing = max(first_pictures() - n - others, 1)
                low = high = stars = None
            else:
                low, high = stars - half_width, stars + half_width
                missing = missing_pictures(half_width, n + others)
            found.append(
                Effect(
                    parameter=name,
                    value=value,
                    n=n,
                    others=others,
                    prompts=int(varies.sum()),
                    stars=stars,
                    low=low,
                    high=high,
                    missing=missing,
                )
            )
        return found

    def _within(self, values: Matrix) -> Matrix:
        sums = np.zeros((len(self._sizes), values.shape[1]))
        np.add.at(sums, self._group, values)
        return values - (sums / self._sizes[:, None])[self._group]

    def _fit(self, number: int, name: str) -> tuple[float | None, float | None]:
        """Return effect and half-width of its interval, or None if it cannot be separated."""
        controls = [i for i, (other, _) in enumerate(self._columns) if other != name]
        inner = self._products[np.ix_(controls, controls)]
        cross, to_stars = self._products[controls, number], self._to_stars[controls]
        inverse = np.linalg.pinv(inner, hermitian=True)
        own = float(self._products[number, number] - cross @ inverse @ cross)
        if own < _TINY * max(float(self._products[number, number]), 1.0):
            return None, None
        stars = float(self._to_stars[number] - cross @ inverse @ to_stars) / own
        left = self._square - float(to_stars @ inverse @ to_stars) - stars**2 * own
        rank = int(np.linalg.matrix_rank(inner, hermitian=True))
        freedom = len(self._group) - len(self._sizes) - rank - 1
        if freedom < _LEAST_FREEDOM:
            return None, None
        error = math.sqrt(max(left, 0.0) / freedom / own)
        return stars, t_quantile(freedom) * error
