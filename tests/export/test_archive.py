"""The zip of a batch: everything in it, nothing that fails it, and memory that stays flat."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
import zipfile

import pytest
from PIL import Image

from core.domain.request import parse_request
from core.errors import EngineError, InvalidRequestError, NotFoundError
from core.export.contact_sheet import Cell, make_contact_sheet
from core.intake.cells import restored
from core.records.batch_rows import NewLine
from core.records.batches import Plan
from core.wiring import Studio
from tests.batches.orders import feeder_of, new_lines, run_to_end
from tests.export.heavy import make_heavy
from tests.fakes.engine import PaintedEngine


def open_zip(
    studio: Studio, batch_id: int, template: str = "{row_id}", *, with_recipe: bool = True
) -> zipfile.ZipFile:
    content = b"".join(studio.archives.zip_of(batch_id, template, with_recipe=with_recipe))
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    return archive


def csv_rows(archive: zipfile.ZipFile) -> list[dict[str, str]]:
    text = archive.read("manifest.csv").decode("utf-8-sig")
    rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    return [{restored(k): restored(v) for k, v in row.items()} for row in rows]


def test_the_zip_holds_pictures_manifests_and_a_contact_sheet(
    studio: Studio, engine: PaintedEngine
) -> None:
    engine.failures = [EngineError("the lens broke")]
    batch = studio.batches.start(Plan(name="spring launch.csv", parallel=1), new_lines(4))
    run_to_end(studio, feeder_of(studio))

    archive = open_zip(studio, batch.id)

    assert archive.namelist() == [
        *(f"pictures/row-{n}.png" for n in (2, 3, 4)),
        *("contact-sheet-01.jpg", "manifest.csv", "manifest.json"),
    ]
    rows = csv_rows(archive)
    assert [row["status"] for row in rows] == ["failed", "done", "done", "done"]
    assert rows[0]["reason"] == "the lens broke"
    assert rows[1]["file"] == "pictures/row-2.png"
    assert rows[1]["harbour"] == "pier 2"
    assert rows[1]["tag"] == "boats"
    assert rows[1]["returned_scene"] == '{"short_description": "a square"}'
    made = studio.batches.line(batch.id, 2).generation
    assert made is not None
    assert rows[1]["seed"] == str(made.seed)
    original = studio.service.picture_file(made).path.read_bytes()
    recipe = studio.library.recipe_in(archive.read("pictures/row-2.png"))
    assert recipe.request.model_dump(include=set(made.recipe)) == made.recipe
    assert studio.library.owner_of(recipe.original_sha256 or "") == made.id
    bare = open_zip(studio, batch.id, with_recipe=False)
    assert bare.read("pictures/row-2.png") == original
    told = json.loads(archive.read("manifest.json"))
    assert [one["row_id"] for one in told] == ["row-1", "row-2", "row-3", "row-4"]
    with Image.open(io.BytesIO(archive.read("contact-sheet-01.jpg"))) as sheet:
        assert sheet.format == "JPEG"
    assert studio.archives.file_name(batch.id) == "spring launch.zip"


def test_a_missing_file_is_told_and_fails_nothing(studio: Studio) -> None:
    batch = studio.batches.start(Plan(name="gap"), new_lines(3))
    run_to_end(studio, feeder_of(studio))
    made = studio.batches.line(batch.id, 2).generation
    assert made is not None
    studio.service.picture_file(made).path.unlink()

    archive = open_zip(studio, batch.id)

    assert "pictures/row-2.png" not in archive.namelist()
    row = csv_rows(archive)[1]
    assert (row["status"], row["file"]) == ("missing", "")
    assert "file is missing" in row["reason"]


def test_text_that_looks_like_a_formula_comes_back_as_it_was(studio: Studio) -> None:
    prompts = ["=1+2 red boats", "@sum of boats", "'=quoted boat", 'plain, with "quotes"\nand more']
    batch = studio.batches.start(
        Plan(name="formulas"),
        [
            NewLine(row_id=f"-{n}", request=parse_request({"prompt": one}), extra={"=note": "+1"})
            for n, one in enumerate(prompts)
        ],
    )

    archive = open_zip(studio, batch.id)

    manifest = archive.read("manifest.csv")
    assert manifest.startswith(b"\xef\xbb\xbf"), "Excel reads it as an old encoding without"
    cells = next(csv.reader(io.StringIO(manifest.decode("utf-8-sig"), newline="")))
    assert "'=note" in cells
    rows = csv_rows(archive)
    assert [row["prompt"] for row in rows] == prompts
    assert [row["row_id"] for row in rows] == ["-0", "-1", "-2", "-3"]
    assert rows[0]["=note"] == "+1"


def test_a_batch_without_pictures_still_gives_its_list(studio: Studio) -> None:
    batch = studio.batches.start(Plan(name="empty"), new_lines(2))

    assert open_zip(studio, batch.id).namelist() == ["manifest.csv", "manifest.json"]


def test_file_names_are_shown_before_they_are_used(studio: Studio) -> None:
    batch = studio.batches.start(Plan(name="names"), new_lines(5))

    assert studio.archives.preview_names(batch.id, "{position}-{tag}") == [
        *("00001-boats.png", "00002-boats.png", "00003-boats.png"),
    ]
    with pytest.raises(InvalidRequestError, match="names no field"):
        studio.archives.zip_of(batch.id, "boats")


def test_only_a_sealed_path_leads_to_a_batch(studio: Studio) -> None:
    batch = studio.batches.start(Plan(name="sealed"), new_lines(1))
    name = studio.archives.url(batch.id).rpartition("/")[2]

    assert studio.archives.open(name)[0] == "sealed.zip"
    with pytest.raises(NotFoundError):
        studio.archives.open(name.replace(str(batch.id), str(batch.id + 1)))
    with pytest.raises(NotFoundError):
        studio.archives.open("é.zip")
    with pytest.raises(NotFoundError):
        studio.archives.file_name(batch.id, user_id=2)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_memory_does_not_grow_with_the_archive(studio: Studio) -> None:
    batch = studio.batches.start(Plan(name="heavy"), new_lines(8))
    run_to_end(studio, feeder_of(studio))
    for line in studio.batches.lines(batch.id):
        assert line.generation is not None
        make_heavy(studio, line.generation.id)

    tracemalloc.start()
    total = sum(len(piece) for piece in studio.archives.zip_of(batch.id))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert total > 64_000_000
    assert peak < 16_000_000


def test_a_sheet_survives_broken_and_missing_thumbnails(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    broken = tmp_path_factory.mktemp("sheet") / "broken.webp"
    broken.write_bytes(b"no picture")

    content = make_contact_sheet(
        [Cell(thumbnail=broken, caption="日本\n" * 50), Cell(thumbnail=None, caption="")]
    )

    with Image.open(io.BytesIO(content)) as sheet:
        sheet.load()
        assert sheet.width == 16 + 6 * 256
