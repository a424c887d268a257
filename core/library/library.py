"""What pages and REST do with pictures: find, judge, organise and trash them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta, tzinfo
from pathlib import Path
from typing import Any

from core import ledger
from core.clock import Clock
from core.database import Database, in_chunks
from core.domain.request import parse_request
from core.generation.service import LOCAL_USER
from core.library import history_table, pages, png_recipe, ratings, trash
from core.library import saved_views as views
from core.library.facets import Facet
from core.library.finder import Finder
from core.library.pages import Count, Place, Tile
from core.library.png_recipe import Recipe
from core.library.query.ast import Query
from core.library.ratings import Judgement
from core.library.saved_views import SavedView
from core.media import MediaStore
from core.records import generations, projects
from core.records.generations import Generation
from core.records.projects import Project

TRASH_DAYS = 30
"""How long the trash keeps a picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of pictures, newest first, and whether there are more on either side."""

    tiles: tuple[Tile, ...]
    has_newer: bool
    has_older: bool


@dataclass(frozen=True, slots=True)
class Lineage:
    """A picture's ancestors and descendants, oldest first."""

    ancestors: tuple[Generation, ...]
    children: tuple[Generation, ...]


class Library:
    """The team's pictures; every answer is read from rows, never kept in memory."""

    def __init__(
        self, database: Database, media: MediaStore, clock: Clock, *, user_name: str
    ) -> None:
        self._database = database
        self._media = media
        self._clock = clock
        self._finder = Finder(database, clock, user_name=user_name)

    def find(
        self,
        query: Query | str,
        *,
        limit: int,
        before: Place | None = None,
        after: Place | None = None,
        zone: tzinfo = UTC,
        user_id: int = LOCAL_USER,
    ) -> Page:
        """Return a page of what a query line finds, before the position `before` or after `after`.

        Days in the line are those of `zone`. Raises QuerySyntaxError.
        """
        with self._database.looking() as connection:
            chosen = self._finder.filter(connection, query, zone=zone, user_id=user_id)
            tiles = pages.find_page(connection, chosen, limit=limit + 1, before=before, after=after)
        is_more = len(tiles) > limit
        if after is not None and before is None:
            return Page(tiles=tuple(tiles[-limit:]), has_newer=is_more, has_older=True)
        return Page(tiles=tuple(tiles[:limit]), has_newer=before is not None, has_older=is_more)

    def count(self, query: Query | str, *, zone: tzinfo = UTC, user_id: int = LOCAL_USER) -> Count:
        """Return how many pictures a query finds, counted up to a thousand."""
        return self._finder.count(query, zone=zone, user_id=user_id)

    def facets(
        self, query: Query | str, *, zone: tzinfo = UTC, user_id: int = LOCAL_USER
    ) -> dict[str, Facet]:
        """Return how often each value occurs among the newest found, by field of the line.

        A field with a condition in the line is counted without it, so that other values can be
        added.
        """
        return self._finder.facets(query, zone=zone, user_id=user_id)

    def names(self, *, user_id: int = LOCAL_USER) -> dict[str, dict[int, str]]:
        """Return the names of projects, people and batches by number, by field of the line."""
        return self._finder.names(user_id=user_id)

    def ids(
        self,
        query: Query | str,
        *,
        limit: int | None = None,
        zone: tzinfo = UTC,
        user_id: int = LOCAL_USER,
    ) -> list[int]:
        """Return the ids of all that a query finds, newest first."""
        with self._database.looking() as connection:
            chosen = self._finder.filter(connection, query, zone=zone, user_id=user_id)
            return pages.stream_ids(connection, chosen, limit=limit)

    def neighbours(
        self,
        query: Query | str,
        place: Place,
        *,
        zone: tzinfo = UTC,
        user_id: int = LOCAL_USER,
    ) -> tuple[int | None, int | None]:
        """Return the ids of the next newer and the next older picture that a query finds."""
        with self._database.looking() as connection:
            chosen = self._finder.filter(connection, query, zone=zone, user_id=user_id)
            return pages.find_neighbours(connection, chosen, place)

    def count_newer(
        self,
        query: Query | str,
        place: Place,
        *,
        zone: tzinfo = UTC,
        user_id: int = LOCAL_USER,
    ) -> Count:
        """Return how many of those that a query finds are newer, counted up to a thousand."""
        with self._database.looking() as connection:
            chosen = self._finder.filter(connection, query, zone=zone, user_id=user_id)
            return pages.count_newer(connection, chosen, place)

    def see_tile(self, generation_id: int, *, user_id: int = LOCAL_USER) -> Tile | None:
        """Return one picture as the wall shows it, in the trash or not, or None."""
        with self._database.looking() as connection:
            return pages.find_one(connection, generation_id, user_id=user_id)

    def picture_url(self, tile: Tile) -> str | None:
        """Return the path of a tile's full picture, or None while there is none."""
        if tile.image_sha256 is None or tile.image_type is None:
            return None
        return self._media.picture_url(tile.image_sha256, tile.image_type)

    def thumbnail_url(self, tile: Tile) -> str | None:
        """Return the path of a tile's thumbnail, or None if there is none."""
        return self._media.thumbnail_url(tile.image_sha256) if tile.image_sha256 else None

    def write_table(
        self,
        query: Query | str,
        path: Path,
        *,
        zone: tzinfo = UTC,
        user_id: int = LOCAL_USER,
    ) -> int:
        """Write all that a query finds to a .csv or .parquet file; return the number of rows."""
        write = (
            history_table.write_parquet if path.suffix == ".parquet" else history_table.write_csv
        )
        with self._database.looking() as connection:
            chosen = self._finder.filter(connection, query, zone=zone, user_id=user_id)
            return write(pages.stream_columns(connection, chosen, history_table.COLUMNS), path)

    def owner_of(self, sha256: str, *, user_id: int = LOCAL_USER) -> int | None:
        """Return the newest visible picture with that file digest."""
        with self._database.looking() as connection:
            return pages.find_by_file(connection, sha256, user_id=user_id)

    def recipe_in(self, content: bytes, *, user_id: int = LOCAL_USER) -> Recipe:
        """Return how the picture in a file was made: by its bytes if it is one from here.

        Else by what the file says. InvalidRequestError if it says nothing that can be used.
        """
        digest = hashlib.sha256(content).hexdigest()
        with self._database.looking() as connection:
            known = pages.find_by_file(connection, digest, user_id=user_id, with_trash=True)
        if known is None:
            return png_recipe.read_recipe(content)
        with self._database.reading() as session:
            made = generations.load(session, known)
        return Recipe(
            request=parse_request(made.recipe), generation_id=known, original_sha256=digest
        )

    def family(self, generation: Generation, *, most: int = 12) -> Lineage:
        """Return the ancestors of a picture up to the first, and its own children."""
        with self._database.reading() as session:
            ancestors: list[Generation] = []
            parent_id = generation.parent_id
            while parent_id is not None and len(ancestors) < most:
                ancestors.insert(0, generations.load(session, parent_id))
                parent_id = ancestors[0].parent_id
            children = generations.children_of(session, generation.id, limit=most)
        return Lineage(tuple(ancestors), tuple(children))

    def judge(self, ids: Sequence[int], **changes: Any) -> dict[int, Judgement]:  # noqa: ANN401 - as judging.judge
        """Change rating, verdict, verdict_reason or note of pictures; return what was before."""
        with self._database.writing() as session:
            return ratings.judge(session, ids, changes)

    def tag(self, ids: Sequence[int], tag: str) -> str:
        """Add a tag to pictures and return it as stored, or raise InvalidRequestError."""
        with self._database.writing() as session:
            return ratings.add_tag(session, ids, tag)

    def untag(self, ids: Sequence[int], tag: str) -> None:
        """Remove a tag from pictures."""
        with self._database.writing() as session:
            ratings.remove_tag(session, ids, tag)

    def tags_of(self, generation_id: int) -> tuple[str, ...]:
        """Return the tags of one picture in alphabetical order."""
        with self._database.reading() as session:
            return ratings.tags_of(session, [generation_id]).get(generation_id, ())

    def throw_away(self, ids: Sequence[int]) -> list[int]:
        """Move finished pictures to the trash and return the ids of those that moved."""
        with self._database.writing() as session:
            return trash.put_into_trash(session, ids, now=self._clock.now())

    def bring_back(self, ids: Sequence[int]) -> list[int]:
        """Restore pictures from the trash and return the ids of those that came back."""
        with self._database.writing() as session:
            return trash.take_from_trash(session, ids)

    def empty_trash(self, *, older_than_days: int = TRASH_DAYS) -> int:
        """Delete what has been in the trash for TRASH_DAYS; return how many files were removed.

        A file is removed only if no row refers to it, and rows are emptied first: a crash in
        between leaves an unused file, never a row without its picture.
        """
        now = self._clock.now()
        with self._database.writing() as session:
            spare = trash.purge(
                session, trashed_before=now - timedelta(days=older_than_days), now=now
            )
        return sum(self._media.remove(file.sha256, file.media_type) for file in spare)

    def move(self, ids: Sequence[int], project_id: int) -> dict[int, int]:
        """Move finished pictures with their cost to a project; return where they were."""
        with self._database.writing() as session:
            movable = projects.movable(session, ids)
            for some in in_chunks(movable):
                spent = ledger.charged_by_project(session, some)
                ledger.transfer(session, spent, to_project=project_id)
            return projects.move_to_project(session, movable, project_id)

    def projects(self, *, with_archived: bool = False) -> list[Project]:
        """Return the projects in order of their names."""
        with self._database.reading() as session:
            return projects.list_projects(session, with_archived=with_archived)

    def add_project(self, name: str, *, colour: str, budget_microusd: int | None = None) -> int:
        """Add a project and return its id, or raise InvalidRequestError."""
        project_id = self._clock.new_id()
        with self._database.writing() as session:
            projects.add_project(
                session,
                project_id=project_id,
                name=name,
                colour=colour,
                budget_microusd=budget_microusd,
                now=self._clock.now(),
            )
        return project_id

    def change_project(self, project_id: int, **changes: Any) -> None:  # noqa: ANN401 - as projects.change_project
        """Change name, colour or budget_microusd. InvalidRequestError, NotFoundError."""
        with self._database.writing() as session:
            projects.change_project(session, project_id, **changes)

    def archive_project(self, project_id: int) -> None:
        """Hide a project from lists; its pictures stay. InvalidRequestError, NotFoundError."""
        self.change_project(project_id, archived_at=self._clock.now())

    def views(self, *, user_id: int = LOCAL_USER) -> list[SavedView]:
        """Return the saved views in order of their names."""
        with self._database.reading() as session:
            return views.list_views(session, user_id=user_id)

    def save_view(self, name: str, line: str, *, user_id: int = LOCAL_USER) -> None:
        """Store a query line under a name, or raise InvalidRequestError."""
        with self._database.writing() as session:
            views.save_view(
                session,
                view_id=self._clock.new_id(),
                user_id=user_id,
                name=name,
                line=line,
                now=self._clock.now(),
            )

    def forget_view(self, name: str, *, user_id: int = LOCAL_USER) -> None:
        """Delete a saved view."""
        with self._database.writing() as session:
            views.remove_view(session, user_id=user_id, name=name)
