"""The entry point of the statistics: what was made, how fast, how well and for how much."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.cache.counts import CacheBook, CacheCounts, CacheEntry
from core.cache.page_cache import PageCache
from core.clock import Clock
from core.database import Database
from core.domain.engines import Family
from core.domain.money import Budgets
from core.figures import rollups
from core.insights import report
from core.insights.effects import Effects, find_effects, read_rated
from core.insights.period import FigureScope, Period, last_days
from core.insights.report import StatisticsReport, Totals, add_up
from core.records import projects

Extent = dict[Family, tuple[date, date]]
"""First and last day with figures, for each family that has any."""

_MEMORY_SECONDS, _MOST_REPORTS = 3600.0, 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """The first version's figures over some days, of one family; percentages from 0 to 100."""

    family: Family
    period: Period
    total_generations: int
    status_breakdown: dict[str, int]
    mode_breakdown: dict[str, int]
    average_generation_time: float | None
    average_quality_score: float | None
    success_rate: float | None
    cache_hit_rate: float | None
    retry_rate: float | None
    other_family_generations: int


class Insights:
    """Answers from the rows of figures, cached until something changes."""

    def __init__(
        self, database: Database, clock: Clock, cache: CacheBook, budgets: Budgets
    ) -> None:
        self._database = database
        self._clock = clock
        self._cache = cache
        self._budgets = budgets
        self._reports: PageCache[StatisticsReport] = _remembering(self._read_report, database)
        self._effects: PageCache[Effects] = _remembering(self._read_effects, database)
        self._extents: PageCache[Extent] = _remembering(self._read_extent, database)
        self._ever: PageCache[Totals] = _remembering(self._read_ever, database)

    def today(self) -> date:
        """Return the present UTC day; budgets and figures count in UTC days."""
        return self._clock.now().date()

    def extent(self) -> Extent:
        """Return the first and last day with figures, for each family that has any."""
        return self._extents.recall(self._version())

    def project_names(self) -> dict[int, str]:
        """Return the name of every project by id."""
        with self._database.reading() as session:
            return projects.names(session)

    def report(
        self, scope: FigureScope, period: Period, *, compares: bool = True
    ) -> StatisticsReport:
        """Return all figures of a scope and period, cached until something changes."""
        return self._reports.recall(self._version(), scope, period, compares)

    def effects(self, scope: FigureScope, period: Period) -> Effects:
        """Return the effect of each parameter value on the ratings within one prompt."""
        return self._effects.recall(self._version(), scope, period)

    def statistics(
        self,
        *,
        user_id: int,
        project_id: int | None = None,
        days: int = 30,
        family: Family | None = None,
    ) -> Statistics:
        """Return the first version's figures of the last `days` UTC days, including today.

        Providers and previews are never mixed: without `family`, the figures are the providers' if
        there are any, else the previews', with the number of pictures of the other.
        """
        period = last_days(days, self.today())
        families: tuple[Family, ...] = ("provider", "preview")
        with self._database.reading() as session:
            if project_id is None:
                found = {
                    one: report.read_sums(session, "user", user_id, one, period) for one in families
                }
            else:
                found = {
                    one: report.read_combination(
                        session, user_id=user_id, project_id=project_id, family=one, period=period
                    )
                    for one in families
                }
        shown_family: Family = family or ("provider" if found["provider"].asked else "preview")
        totals = found[shown_family]
        return Statistics(
            family=shown_family,
            period=period,
            total_generations=totals.asked,
            status_breakdown=totals.by_status,
            mode_breakdown=totals.by_mode,
            average_generation_time=totals.average_run_seconds,
            average_quality_score=totals.average_quality,
            success_rate=totals.success_percent,
            cache_hit_rate=totals.hit_percent,
            retry_rate=totals.retry_percent,
            other_family_generations=add_up(list(found.values())).asked - totals.asked,
        )

    def cache_counts(self) -> CacheCounts:
        """Return the size and the counters of the cache."""
        return self._cache.counts()

    def cache_entries(self, *, limit: int = 50, offset: int = 0) -> list[CacheEntry]:
        """Return cached requests, the last used first."""
        return self._cache.entries(limit=limit, offset=offset)

    def cache_totals(self) -> Totals:
        """Return the cache hits and the eligible requests of all time, over all engines."""
        return self._ever.recall(self._version(), self.today())

    def _version(self) -> int:
        with self._database.reading() as session:
            return rollups.version(session)

    def _read_report(
        self,
        _version: int,
        scope: FigureScope,
        period: Period,
        compares: bool,  # noqa: FBT001 - part of a cache key
    ) -> StatisticsReport:
        with self._database.reading() as session:
            return report.read_report(
                session,
                scope,
                period,
                compares=compares,
                daily_budget_microusd=self._budgets.daily_microusd,
            )

    def _read_extent(self, _version: int) -> Extent:
        with self._database.reading() as session:
            return report.read_extent(session)

    def _read_ever(self, _version: int, today: date) -> Totals:
        ever = Period(date(2000, 1, 1), today)
        with self._database.reading() as session:
            both = [
                report.read_sums(session, "all", 0, one, ever) for one in ("provider", "preview")
            ]
        return add_up(both)

    def _read_effects(self, _version: int, scope: FigureScope, period: Period) -> Effects:
        with self._database.reading() as session:
            return find_effects(read_rated(session, scope, period))


def _remembering(read: object, database: Database) -> PageCache:  # type: ignore[type-arg]
    return PageCache(
        read,  # type: ignore[arg-type]
        place=database.url,
        ttl_seconds=_MEMORY_SECONDS,
        max_entries=_MOST_REPORTS,
    )
