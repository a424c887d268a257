"""A batch as one zip: pictures, manifests and contact sheets, streamed with flat memory."""

from __future__ import annotations

import logging
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from core.batches.control import Batches
from core.database import Database
from core.domain.money import Cost
from core.errors import NotFoundError
from core.export.contact_sheet import MOST_PAGES, PER_PAGE, Cell, draw_sheet
from core.export.manifest import Entry, ManifestWriter, extra_columns
from core.export.names import DEFAULT_TEMPLATE, Names, name_values
from core.export.sink import Sink
from core.generation.desk import LOCAL_USER
from core.media import MediaStore, StoredFile
from core.records import attempts, payloads, projects
from core.records.batches import Batch
from core.records.lines import Line

log = logging.getLogger(__name__)

EXPORT_PATH = "/app/static/batches"
"""Beside the pictures: whoever may see the page may follow the link without a key."""

_PAGE, _PIECE = 200, 256 * 1024
_SUFFIXES = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}


@dataclass(slots=True)
class _Packing:
    """One archive in the making."""

    batch: Batch
    names: Names
    manifest: ManifestWriter
    archive: zipfile.ZipFile
    sink: Sink
    cells: list[Cell] = field(default_factory=list)
    sheets: int = 0


class Archives:
    """Packs batches for taking away."""

    def __init__(self, database: Database, media: MediaStore, control: Batches) -> None:
        self._database = database
        self._media = media
        self._batches = control

    def url(self, batch_id: int) -> str:
        """Return the path under which the zip of a batch is served; nobody can guess it."""
        return f"{EXPORT_PATH}/{self._media.sealed_name(f'batch-{batch_id}', 'zip')}"

    def batch_of(self, name: str) -> int:
        """Return the batch that the last part of such a path names, or raise NotFoundError."""
        return int(self._media.open_seal(name, "zip").removeprefix("batch-"))

    def file_name(self, batch_id: int, *, user_id: int = LOCAL_USER) -> str:
        """Return what the zip should be called, or raise NotFoundError."""
        batch = self._batches.load(batch_id)
        if batch.plan.user_id != user_id:
            raise NotFoundError(f"There is no batch {batch_id}.")
        return Names("{batch}").give({"batch": Path(batch.plan.name).stem}, "zip")

    def preview_names(self, batch_id: int, template: str, *, limit: int = 3) -> list[str]:
        """Return the first file names that a template gives, or raise InvalidRequestError."""
        names, batch = Names(template), self._batches.load(batch_id)
        found = self._batches.lines(batch_id, limit=limit)
        return [names.give(_values(line, batch), _suffix(line)) for line in found]

    def zip_of(self, batch_id: int, template: str = DEFAULT_TEMPLATE) -> Iterator[bytes]:
        """Yield the zip of a batch as it stands, piece by piece; a missing file never fails it.

        Raises NotFoundError and InvalidRequestError before the first piece.
        """
        batch, names = self._batches.load(batch_id), Names(template)
        return self._pack(batch, names)

    def _pack(self, batch: Batch, names: Names) -> Iterator[bytes]:
        sink = Sink()
        with (
            tempfile.TemporaryFile() as csv_file,
            tempfile.TemporaryFile() as json_file,
            zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive,
        ):
            extra = extra_columns(self._pages(batch.id))
            manifest = ManifestWriter(csv_file, json_file, extra)
            packing = _Packing(batch, names, manifest, archive, sink)
            for page in self._pages(batch.id):
                yield from self._pack_page(packing, page)
            yield from _pack_sheet(packing)
            manifest.finish()
            for name, file in (("manifest.csv", csv_file), ("manifest.json", json_file)):
                file.seek(0)
                yield from _pack_file(packing, name, file)
        yield sink.take()

    def _pages(self, batch_id: int) -> Iterator[list[Line]]:
        after = 0
        while page := self._batches.lines(batch_id, after=after, limit=_PAGE):
            yield page
            after = page[-1].position

    def _pack_page(self, packing: _Packing, page: Sequence[Line]) -> Iterator[bytes]:
        ids = [line.generation.id for line in page if line.generation]
        with self._database.reading() as session:
            costs = attempts.costs_of(session, ids)
            scenes = payloads.returned_scenes(session, ids)
            project_names = projects.names(session)
        for line in page:
            made = line.generation
            file = self._stored(line)
            name = None
            if file is not None:
                name = f"pictures/{packing.names.give(_values(line, packing.batch), _suffix(line))}"
                yield from _pack_path(packing, name, file.path)
            packing.manifest.add(
                Entry(
                    line=line,
                    file=name,
                    cost=costs.get(made.id, _NOTHING) if made else _NOTHING,
                    project=project_names.get(int(line.request.get("project_id", 1)), ""),
                    returned_scene=scenes.get(made.id) if made else None,
                    missing=file is None and made is not None and made.image_sha256 is not None,
                )
            )
            yield from self._pack_cell(packing, line)

    def _stored(self, line: Line) -> StoredFile | None:
        made = line.generation
        if made is None or made.image_sha256 is None or made.image_type is None:
            return None
        try:
            return self._media.find(made.image_sha256, made.image_type)
        except NotFoundError:
            log.warning("the picture of generation %s is missing from the store", made.id)
            return None

    def _pack_cell(self, packing: _Packing, line: Line) -> Iterator[bytes]:
        made = line.generation
        if made is None or made.image_sha256 is None or packing.sheets >= MOST_PAGES:
            return
        thumbnail = self._media.thumbnail_file(made.image_sha256)
        packing.cells.append(Cell(thumbnail=thumbnail, caption=line.row_id))
        if len(packing.cells) == PER_PAGE:
            yield from _pack_sheet(packing)


_NOTHING = Cost(certain_microusd=0, possible_microusd=0)


def _values(line: Line, batch: Batch) -> dict[str, str]:
    return name_values(line, batch_name=Path(batch.plan.name).stem)


def _suffix(line: Line) -> str:
    made = line.generation
    return _SUFFIXES.get(made.image_type or "", "png") if made else "png"


def _pack_sheet(packing: _Packing) -> Iterator[bytes]:
    if not packing.cells:
        return
    packing.sheets += 1
    content = draw_sheet(packing.cells)
    packing.cells.clear()
    packing.archive.writestr(_entry(packing, f"contact-sheet-{packing.sheets:02d}.jpg"), content)
    yield packing.sink.take()


def _pack_path(packing: _Packing, name: str, path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from _pack_file(packing, name, file)


def _pack_file(packing: _Packing, name: str, file: BinaryIO) -> Iterator[bytes]:
    with packing.archive.open(_entry(packing, name), "w", force_zip64=True) as member:
        while piece := file.read(_PIECE):
            member.write(piece)
            yield packing.sink.take()
    yield packing.sink.take()


def _entry(packing: _Packing, name: str) -> zipfile.ZipInfo:
    begun: datetime = packing.batch.created_at
    entry = zipfile.ZipInfo(name, date_time=begun.timetuple()[:6])
    entry.external_attr = 0o644 << 16
    return entry
