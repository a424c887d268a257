"""Which pictures are on the wall: some pages around a place, and the one that is opened."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace

from core.errors import NotFoundError
from core.library.pages import Place, Tile
from core.library.query.ast import Query
from core.wiring import studio
from pages.parts.history import state as history_state
from pages.parts.history.state import Reach
from pages.parts.shared import safe_text

PAGE = 60
"""Pictures that come at once."""

MOST_PAGES = 10
"""Pages on one wall; from then on a click turns to the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The pictures on the wall, newest first, and where they are among all that are found."""

    tiles: tuple[Tile, ...]
    has_newer: bool
    has_older: bool
    is_full: bool
    first: int | None
    """How many are newer than the first; None where that is too many to count."""
    total: str

    @property
    def is_moving(self) -> bool:
        """Whether the studio still works on one of them."""
        return any(tile.is_waiting for tile in self.tiles)


def find_pictures(query: Query) -> Found:
    """Return the pictures of the wall: where the reader was, and where the opened one is."""
    found = _read(query, _begun())
    opened = history_state.viewed()
    if opened is None or any(tile.id == opened[1] for tile in found.tiles):
        return found
    tile = studio().library.see_tile(opened[1])
    if tile is None:
        history_state.open_pictures("picture")
        return found
    if not _is_within(tile, found):
        moved = history_state.move_reach(Place(tile.created_at, tile.id + 1), newer=1)
        found = _read(query, moved)
    return found if tile in found.tiles else _with(tile, found)


def is_full(reach: Reach) -> bool:
    """Whether the wall holds as many pages as it may."""
    return reach.newer + reach.older >= MOST_PAGES


def _begun() -> Reach:
    """Return how much to show; a place in the address is looked up once."""
    reach = history_state.reach()
    if reach.begins is None or reach.place is not None:
        return reach
    side, generation_id = reach.begins
    try:
        generation = studio().service.see(generation_id)
    except NotFoundError:
        history_state.turn_to_newest()
        return history_state.reach()
    if side == "before":
        return history_state.move_reach(Place(generation.created_at, generation.id))
    return history_state.move_reach(Place(generation.created_at, generation.id + 1), newer=1)


def _read(query: Query, reach: Reach) -> Found:
    library, zone = studio().library, safe_text.viewer_zone()
    below = library.find(query, limit=PAGE * reach.older, before=reach.place, zone=zone)
    tiles, has_newer = below.tiles, below.has_newer
    if reach.place is not None and reach.newer:
        at = Place(reach.place.created_at, reach.place.id - 1)
        above = library.find(query, limit=PAGE * reach.newer, after=at, zone=zone)
        tiles, has_newer = (*above.tiles, *tiles), above.has_newer
    first: int | None = 0
    if has_newer and tiles:
        newer = library.count_newer(query, tiles[0].place, zone=zone)
        first, has_newer = (None if newer.is_capped else newer.number), newer.number > 0
    count = library.count(query, zone=zone)
    return Found(
        tiles=tiles,
        has_newer=has_newer,
        has_older=below.has_older,
        is_full=is_full(reach),
        first=first,
        total=f"{count.number:,}{'+' if count.is_capped else ''}",
    )


def _is_within(tile: Tile, found: Found) -> bool:
    """Whether a picture would be on the wall if the line found it."""
    if not found.tiles:
        return not (found.has_newer or found.has_older)
    newest, oldest = _newest_first(found.tiles[0]), _newest_first(found.tiles[-1])
    at = _newest_first(tile)
    return (not found.has_newer or newest <= at) and (not found.has_older or at <= oldest)


def _with(tile: Tile, found: Found) -> Found:
    """Return what was found with one more picture, which the line does not find."""
    at = bisect_left([_newest_first(one) for one in found.tiles], _newest_first(tile))
    return replace(found, tiles=(*found.tiles[:at], tile, *found.tiles[at:]))


def _newest_first(tile: Tile) -> tuple[float, int]:
    return -tile.created_at.timestamp(), -tile.id
