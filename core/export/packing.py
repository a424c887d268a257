"""Streams pictures, manifests and contact sheets into a zip with constant memory."""

from __future__ import annotations

import io
import logging
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from core.database import Database
from core.domain.money import Cost
from core.errors import NotFoundError
from core.export.contact_sheet import MOST_PAGES, PER_PAGE, Cell, make_contact_sheet
from core.export.manifest import Entry, ManifestWriter, extra_columns
from core.export.names import Names, name_values
from core.library.png_recipe import pieces_with_recipe
from core.media import SUFFIXES, MediaStore, StoredFile
from core.records import attempts, payloads, projects
from core.records.batch_rows import Line

log = logging.getLogger(__name__)

_PIECE = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The content of a zip: lines with their pictures, in pages, readable several times."""

    title: str
    begun: datetime
    pages: Callable[[], Iterator[Sequence[Line]]]


class WriteBuffer(io.RawIOBase):
    """Collects what is written until it is taken; `zipfile` streams into it."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        """Return True: it accepts everything."""
        return True

    def write(self, piece: object) -> int:
        """Keep a piece and return its length in bytes."""
        content = bytes(piece)  # type: ignore[call-overload]
        self._pieces.append(content)
        return len(content)

    def take(self) -> bytes:
        """Return everything written since the last call."""
        content = b"".join(self._pieces)
        self._pieces.clear()
        return content


@dataclass(slots=True)
class _Packing:
    """One archive while it is packed."""

    content: Content
    names: Names
    manifest: ManifestWriter
    archive: zipfile.ZipFile
    buffer: WriteBuffer
    with_recipe: bool
    cells: list[Cell] = field(default_factory=list)
    sheets: int = 0


class Packer:
    """Packs lines with their pictures; a missing file does not fail the archive."""

    def __init__(self, database: Database, media: MediaStore) -> None:
        self._database = database
        self._media = media

    def pack(self, content: Content, names: Names, *, with_recipe: bool) -> Iterator[bytes]:
        """Yield the zip piece by piece; the manifest says of every line what came of it.

        `with_recipe` puts into each PNG how it was made, as a single download does.
        """
        buffer = WriteBuffer()
        with (
            tempfile.TemporaryFile() as csv_file,
            tempfile.TemporaryFile() as json_file,
            zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive,
        ):
            extra = extra_columns(content.pages())
            manifest = ManifestWriter(csv_file, json_file, extra)
            packing = _Packing(content, names, manifest, archive, buffer, with_recipe)
            for page in content.pages():
                yield from self._pack_page(packing, page)
            yield from _pack_sheet(packing)
            manifest.finish()
            for name, file in (("manifest.csv", csv_file), ("manifest.json", json_file)):
                file.seek(0)
                yield from _pack_pieces(packing, name, _pieces(file))
        yield buffer.take()

    def _pack_page(self, packing: _Packing, page: Sequence[Line]) -> Iterator[bytes]:
        ids = [line.generation.id for line in page if line.generation]
        with self._database.reading() as session:
            costs = attempts.costs_of(session, ids)
            details = payloads.load_details(session, ids)
            project_names = projects.names(session)
        for line in page:
            made = line.generation
            file = self._stored(line)
            name = None
            if file is not None:
                values = name_values(line, batch_name=packing.content.title)
                name = f"pictures/{packing.names.give(values, suffix_of(line))}"
                with file.path.open("rb") as picture:
                    pieces = _pieces(picture)
                    if packing.with_recipe and made is not None and made.id in details:
                        pieces = pieces_with_recipe(picture, made, details[made.id])
                    yield from _pack_pieces(packing, name, pieces)
            detail = details.get(made.id) if made else None
            scene = detail.structured_prompt if detail else None
            packing.manifest.add(
                Entry(
                    line=line,
                    file=name,
                    cost=costs.get(made.id, _NOTHING) if made else _NOTHING,
                    project=project_names.get(int(line.request.get("project_id", 1)), ""),
                    returned_scene=scene,
                    missing=file is None and made is not None and made.image_sha256 is not None,
                )
            )
            if made is not None and made.image_sha256 is not None and packing.sheets < MOST_PAGES:
                thumbnail = self._media.thumbnail_file(made.image_sha256)
                packing.cells.append(Cell(thumbnail=thumbnail, caption=line.row_id))
                if len(packing.cells) == PER_PAGE:
                    yield from _pack_sheet(packing)

    def _stored(self, line: Line) -> StoredFile | None:
        made = line.generation
        if made is None or made.image_sha256 is None or made.image_type is None:
            return None
        try:
            return self._media.find(made.image_sha256, made.image_type)
        except NotFoundError:
            log.warning("the picture of generation %s is missing from the store", made.id)
            return None


_NOTHING = Cost(certain_microusd=0, possible_microusd=0)


def suffix_of(line: Line) -> str:
    """Return the suffix of a line's picture, `png` if there is none."""
    made = line.generation
    return SUFFIXES.get(made.image_type or "", "png") if made else "png"


def _pack_sheet(packing: _Packing) -> Iterator[bytes]:
    if not packing.cells:
        return
    packing.sheets += 1
    content = make_contact_sheet(packing.cells)
    packing.cells.clear()
    packing.archive.writestr(_entry(packing, f"contact-sheet-{packing.sheets:02d}.jpg"), content)
    yield packing.buffer.take()


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece


def _pack_pieces(packing: _Packing, name: str, pieces: Iterator[bytes]) -> Iterator[bytes]:
    with packing.archive.open(_entry(packing, name), "w", force_zip64=True) as member:
        for piece in pieces:
            member.write(piece)
            yield packing.buffer.take()
    yield packing.buffer.take()


def _entry(packing: _Packing, name: str) -> zipfile.ZipInfo:
    begun = packing.content.begun
    entry = zipfile.ZipInfo(name, date_time=begun.timetuple()[:6])
    entry.external_attr = 0o644 << 16
    return entry
