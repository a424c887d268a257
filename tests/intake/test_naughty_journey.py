"""Naughty strings from a file through rows and pictures to every list, and in again."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import pytest

from core.batches.draft import Choices, draft_of, lines_of
from core.domain.request import parse_request
from core.intake.cells import neutral
from core.intake.check import check
from core.intake.readers import read_file
from core.intake.table import Table
from core.records.batch_rows import Line, NewLine
from core.records.batches import Plan
from core.wiring import Studio
from tests.batches.orders import feeder_of, run_to_end, work_off
from tests.intake.naughty import KEPT, NAUGHTY
from tests.intake.tables import WRITERS, table_of
from tests.shared import needs_shared

MOST_AT_ONCE = 64


def start(studio: Studio, table: Table) -> int:
    """Store the good rows of a table as a batch, as the page does, and return its id."""
    lines = lines_of(draft_of("naughty", table, None), Choices(engine="preview"), {})
    return studio.batches.start(Plan(name="naughty", parallel=MOST_AT_ONCE), lines).id


def lists_of(studio: Studio, batch_id: int) -> dict[str, bytes]:
    content = b"".join(studio.archives.zip_of(batch_id, "{row_id}_{prompt}"))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert not [name for name in names if ".." in name.split("/") or name[:1] in "/\\"]
        return {name: archive.read(name) for name in names if name.startswith("manifest")}


def stored(studio: Studio, batch_id: int) -> list[Line]:
    return studio.batches.lines(batch_id, limit=1_000)


@needs_shared
def test_naughty_prompts_become_pictures_and_come_back_from_every_list(
    studio: Studio, tmp_path: Path
) -> None:
    prompts = list(dict.fromkeys(KEPT))
    parts = [
        prompts[first : first + MOST_AT_ONCE] for first in range(0, len(prompts), MOST_AT_ONCE)
    ]
    batches = [start(studio, table_of(*((text, text) for text in part))) for part in parts]
    feeder = feeder_of(studio, parallel=1_000)
    while feeder.feed():
        pass
    work_off(studio, most=8)

    for batch_id, part in zip(batches, parts, strict=True):
        lines = stored(studio, batch_id)
        assert [line.request["prompt"] for line in lines] == part
        assert [line.generation.prompt for line in lines if line.generation] == part
        for name, content in lists_of(studio, batch_id).items():
            result = check(read_file(name, content))
            assert result.errors == ()
            assert [row.request.prompt for row in result.rows if row.request] == part
    assert studio.library.write_table("", tmp_path / "history.csv") == len(prompts)
    again = check(read_file("history.csv", (tmp_path / "history.csv").read_bytes()))
    assert again.errors == ()
    assert [row.request.prompt for row in again.rows if row.request] == prompts[::-1]


@needs_shared
@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_all_naughty_strings_are_kept_beside_a_prompt(studio: Studio, name: str) -> None:
    rows = [(f"picture number {n}", text) for n, text in enumerate(NAUGHTY)]
    batch_id = start(studio, read_file(name, WRITERS[name](table_of(*rows))))

    assert [line.extra.get("note", "") for line in stored(studio, batch_id)] == NAUGHTY
    for manifest, content in lists_of(studio, batch_id).items():
        found = check(read_file(manifest, content)).rows
        assert [row.extra.get("note", "").encode() for row in found] == [
            text.encode() for text in NAUGHTY
        ]


@needs_shared
def test_no_list_holds_a_formula(studio: Studio) -> None:
    batch_id = start(studio, table_of(*((text, text) for text in KEPT)))
    text = lists_of(studio, batch_id)["manifest.csv"].decode("utf-8-sig")

    for row in csv.reader(io.StringIO(text, newline="")):
        assert [cell for cell in row if cell[:1] != "'" and neutral(cell) != cell] == []


def test_a_manifest_that_comes_in_again_asks_for_the_same_pictures(studio: Studio) -> None:
    scene = json.dumps({"short_description": "a boat, at sea"})
    drawn = {"prompt": "a boat", "structured_prompt": scene, "seed": 7}
    requests = [
        *(drawn, {**drawn, "instruction": '=make it "night"'}),
        {"prompt": "a small boat", "resolution": "draft", "seed": 8, "use_cache": False},
        {"prompt": "a boat\nby night", "lighting": "moonlight", "aspect_ratio": "16:9", "seed": 9},
    ]
    asked = [
        NewLine(
            row_id=f"={n}",
            request=parse_request(request),
            tags=("red", "wild boat"),
            extra={"harbour": "@pier", "extra": "'=1"},
        )
        for n, request in enumerate(requests)
    ]
    batch_id = studio.batches.start(Plan(name="again"), asked).id

    for name, content in lists_of(studio, batch_id).items():
        draft = draft_of(name, read_file(name, content), None)
        assert draft.checked.errors == ()
        lines = lines_of(draft, Choices(engine="preview"), {1: "First project"})
        assert [line.request for line in lines] == [line.request for line in asked]
        assert [line.row_id for line in lines] == [line.row_id for line in asked]
        assert {line.tags[:2] for line in lines} == {("red", "wild boat")}
        for line in lines:
            assert line.extra.items() >= {"harbour": "@pier", "extra": "'=1"}.items()


@pytest.mark.parametrize(
    "row_id", ["../../etc/passwd", "..\\..\\x", "/etc/passwd", "C:\\x", "CON", "a/../b", "..", "~"]
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_row_id_that_is_a_path_names_a_file_inside_the_archive_only(
    studio: Studio, row_id: str
) -> None:
    table = read_file("../../x.csv", f'row_id,prompt\n"{row_id}",a red fox\n'.encode())
    batch_id = start(studio, table)
    run_to_end(studio, feeder_of(studio))

    content = b"".join(studio.archives.zip_of(batch_id, "{row_id}"))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        folder, _, name = archive.namelist()[0].partition("/")
        told = json.loads(archive.read("manifest.json"))

    assert (folder, told[0]["row_id"], told[0]["file"]) == ("pictures", row_id, f"pictures/{name}")
    assert not set(name) & set("/\\:~")
    assert name.removesuffix(".png").strip(". ") not in ("", "CON")
