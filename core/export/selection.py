"""Chosen pictures as lines to pack, stored between the page and the download."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from core.clock import Clock
from core.database import Database
from core.domain.batching import line_state_of
from core.errors import InvalidRequestError, NotFoundError
from core.library import ratings
from core.records import history
from core.records.batch_rows import Line
from core.shelf import Shelf

MOST_PICTURES = 10_000
KEPT_SECONDS = 2 * 86_400.0
"""How long a link to a zip works after it was last shown."""

_PAGE = 200
_SUFFIX = ".txt"


class Selections:
    """A folder of id lists, each named by its content, so that any process finds it."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._shelf = Shelf(folder, clock, kept_seconds=KEPT_SECONDS)

    def keep(self, ids: Sequence[int]) -> str:
        """Store ids in their order and return their digest; InvalidRequestError for too many."""
        if len(ids) > MOST_PICTURES:
            sentence = f"A zip holds at most {MOST_PICTURES:,} pictures, not {len(ids):,}."
            raise InvalidRequestError.of("pictures", sentence)
        content = " ".join(str(number) for number in ids)
        return self._shelf.keep(content.encode(), suffix=_SUFFIX).removesuffix(_SUFFIX)

    def load(self, digest: str) -> list[int]:
        """Return the ids of a digest, or raise NotFoundError once they have expired."""
        try:
            return [int(number) for number in self._shelf.load(digest + _SUFFIX).split()]
        except NotFoundError:
            raise NotFoundError("These pictures are no longer kept together.") from None


def lines_of_pictures(
    database: Database, ids: Sequence[int], *, user_id: int
) -> Iterator[list[Line]]:
    """Yield a user's pictures as lines, a page at a time, in the order of the ids."""
    for start in range(0, len(ids), _PAGE):
        with database.reading() as session:
            found = history.named(session, ids[start : start + _PAGE], user_id=user_id)
            numbers = [one.id for one in found]
            tags = ratings.tags_of(session, numbers)
        yield [
            Line(
                batch_id=one.batch_id or 0,
                position=position,
                row_id=str(one.id),
                state=line_state_of(one.state),
                request={**one.asked, "seed": one.seed},
                tags=tags.get(one.id, ()),
                extra={},
                parent_id=one.parent_id,
                reason=one.error_message,
                generation=one,
            )
            for position, one in enumerate(found, start=start + 1)
        ]
