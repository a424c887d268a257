"""What a search line finds here and now, and the values that can be added to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, tzinfo

from sqlalchemy import Connection

from core.cache.page_cache import PageCache
from core.clock import Clock
from core.database import Database
from core.figures import rollups
from core.generation.service import LOCAL_USER
from core.library import facets, pages
from core.library.facets import Facet
from core.library.pages import Count
from core.library.query.ast import Query, write_query
from core.library.query.parser import parse_query
from core.library.sql_filter import Filter, QueryContext, filter_of
from core.records import batches, projects

_MEMORY_SECONDS, _MOST_LINES = 300.0, 500


class Finder:
    """Reads search lines with the present names of projects, people and batches."""

    def __init__(self, database: Database, clock: Clock, *, user_name: str) -> None:
        self._database = database
        self._clock = clock
        self._people = {LOCAL_USER: user_name}
        self._counts: PageCache[Count] = PageCache(
            self._count, place=database.url, ttl_seconds=_MEMORY_SECONDS, max_entries=_MOST_LINES
        )
        self._facets: PageCache[dict[str, Facet]] = PageCache(
            self._count_facets,
            place=database.url,
            ttl_seconds=_MEMORY_SECONDS,
            max_entries=_MOST_LINES,
        )

    def filter(
        self,
        connection: Connection,
        query: Query | str,
        *,
        zone: tzinfo = UTC,
        user_id: int = LOCAL_USER,
    ) -> Filter:
        """Return the filter of a line, with the days of `zone`; QuerySyntaxError if malformed."""
        if isinstance(query, str):
            query = parse_query(query)
        asked = {term.field for term in query.terms}
        return filter_of(
            query,
            QueryContext(
                user_id=user_id,
                now=self._clock.now(),
                zone=zone,
                is_sqlite=self._database.is_sqlite,
                projects=projects.names(connection) if "project" in asked else {},
                people=self._people,
                batches=batches.names(connection, user_id=user_id) if "batch" in asked else {},
            ),
        )

    def count(self, query: Query | str, *, zone: tzinfo = UTC, user_id: int = LOCAL_USER) -> Count:
        """Return how many pictures a line finds, cached until something changes."""
        return self._counts.recall(*self._cache_key(query, zone), user_id)

    def facets(
        self, query: Query | str, *, zone: tzinfo = UTC, user_id: int = LOCAL_USER
    ) -> dict[str, Facet]:
        """Return the values of each field with their numbers, cached until something changes."""
        return self._facets.recall(*self._cache_key(query, zone), user_id)

    def names(self, *, user_id: int = LOCAL_USER) -> dict[str, dict[int, str]]:
        """Return the names of projects, people and batches by number, for each field."""
        with self._database.looking() as connection:
            return {
                "project": projects.names(connection),
                "user": dict(self._people),
                "batch": batches.names(connection, user_id=user_id),
            }

    def _cache_key(self, query: Query | str, zone: tzinfo) -> tuple[int, date, str, tzinfo]:
        """Return everything that an answer depends on."""
        line = write_query(parse_query(query) if isinstance(query, str) else query)
        with self._database.looking() as connection:
            version = rollups.version(connection)
        return version, self._clock.now().astimezone(zone).date(), line, zone

    def _count(self, _version: int, _today: date, line: str, zone: tzinfo, user_id: int) -> Count:
        with self._database.looking() as connection:
            chosen = self.filter(connection, line, zone=zone, user_id=user_id)
            return pages.count_found(connection, chosen)

    def _count_facets(
        self, _version: int, _today: date, line: str, zone: tzinfo, user_id: int
    ) -> dict[str, Facet]:
        query = parse_query(line)
        asked = {term.field for term in query.terms if not term.excluded}
        with self._database.looking() as connection:
            chosen = self.filter(connection, query, zone=zone, user_id=user_id)
            wider = {}
            for name in facets.FACETS:
                if name in asked:
                    others = (term for term in query.terms if term.excluded or term.field != name)
                    freed = replace(query, terms=tuple(others))
                    wider[name] = self.filter(connection, freed, zone=zone, user_id=user_id)
            return facets.count_facets(connection, chosen, wider)
