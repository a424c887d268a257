"""A batch, or chosen pictures, as a zip with an unguessable address."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from core.batches.control import Batches
from core.clock import Clock
from core.database import Database
from core.errors import NotFoundError
from core.export.names import DEFAULT_TEMPLATE, Names, name_values
from core.export.packing import Content, Packer, suffix_of
from core.export.selection import Selections, lines_of_pictures
from core.generation.service import LOCAL_USER
from core.media import MediaStore
from core.records.batch_rows import Line
from core.records.batches import Batch

EXPORT_PATH = "/app/static/batches"
"""Beside the pictures: whoever may see the page may follow the link without a key."""

PICTURES_TEMPLATE = "{prompt}_{seed}"
_BATCH, _PICTURES = "batch-", "pictures-"
_PAGE = 200


class Archives:
    """Packs batches and chosen pictures for download."""

    def __init__(
        self,
        database: Database,
        media: MediaStore,
        clock: Clock,
        control: Batches,
        selections: Selections,
        *,
        base_path: str = "",
    ) -> None:
        self._database = database
        self._media = media
        self._clock = clock
        self._batches = control
        self._selections = selections
        self._path = f"{base_path}{EXPORT_PATH}"
        self._packer = Packer(database, media)

    def url(self, batch_id: int) -> str:
        """Return the unguessable path of a batch's zip."""
        return f"{self._path}/{self._media.sealed_name(f'{_BATCH}{batch_id}', 'zip')}"

    def url_of_pictures(self, ids: Sequence[int]) -> str:
        """Return the path of a zip of these pictures, which works for at least a day.

        Raises InvalidRequestError for more than `selection.MOST_PICTURES`.
        """
        stem = f"{_PICTURES}{self._selections.keep(ids)}"
        return f"{self._path}/{self._media.sealed_name(stem, 'zip')}"

    def open(
        self, name: str, template: str | None = None, *, with_recipe: bool = True
    ) -> tuple[str, Iterator[bytes]]:
        """Return what the zip behind the last part of such a path is called, and its pieces.

        NotFoundError and InvalidRequestError are raised before the first piece.
        """
        stem = self._media.open_seal(name, "zip")
        if stem.startswith(_PICTURES):
            ids = self._selections.load(stem.removeprefix(_PICTURES))
            template = template or PICTURES_TEMPLATE
            pieces = self.zip_of_pictures(ids, template, with_recipe=with_recipe)
            return "pictures.zip", pieces
        batch_id = int(stem.removeprefix(_BATCH))
        pieces = self.zip_of(batch_id, template or DEFAULT_TEMPLATE, with_recipe=with_recipe)
        return self.file_name(batch_id), pieces

    def file_name(self, batch_id: int, *, user_id: int = LOCAL_USER) -> str:
        """Return the file name of a batch's zip, or raise NotFoundError."""
        batch = self._batches.load(batch_id)
        if batch.plan.user_id != user_id:
            raise NotFoundError(f"There is no batch {batch_id}.")
        return Names("{batch}").give({"batch": _title(batch)}, "zip")

    def preview_names(self, batch_id: int, template: str, *, limit: int = 3) -> list[str]:
        """Return the first file names that a template gives, or raise InvalidRequestError."""
        names, title = Names(template), _title(self._batches.load(batch_id))
        found = self._batches.lines(batch_id, limit=limit)
        return [names.give(name_values(line, batch_name=title), suffix_of(line)) for line in found]

    def zip_of(
        self, batch_id: int, template: str = DEFAULT_TEMPLATE, *, with_recipe: bool = True
    ) -> Iterator[bytes]:
        """Yield the zip of a batch as it stands, piece by piece; a missing file never fails it.

        Each PNG tells how it was made unless `with_recipe` is off.
        Raises NotFoundError and InvalidRequestError before the first piece.
        """
        batch, names = self._batches.load(batch_id), Names(template)
        content = Content(
            title=_title(batch), begun=batch.created_at, pages=lambda: self._pages(batch_id)
        )
        return self._packer.pack(content, names, with_recipe=with_recipe)

    def zip_of_pictures(
        self,
        ids: Sequence[int],
        template: str = PICTURES_TEMPLATE,
        *,
        with_recipe: bool = True,
        user_id: int = LOCAL_USER,
    ) -> Iterator[bytes]:
        """Yield the zip of some pictures of the history; those that are gone are left out."""
        content = Content(
            title="pictures",
            begun=self._clock.now(),
            pages=lambda: lines_of_pictures(self._database, ids, user_id=user_id),
        )
        return self._packer.pack(content, Names(template), with_recipe=with_recipe)

    def _pages(self, batch_id: int) -> Iterator[list[Line]]:
        after = 0
        while page := self._batches.lines(batch_id, after=after, limit=_PAGE):
            yield page
            after = page[-1].position


def _title(batch: Batch) -> str:
    return Path(batch.plan.name).stem
