"""csv-spectrum: files of CSV with the JSON that they mean."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.intake.readers import read_file
from core.intake.table import Table
from tests.intake.tables import WRITERS, cells_of
from tests.shared import SHARED, needs_shared, shared

DISAGREES_WITH_ITSELF = "location_coordinates"
"""Its CSV has another telephone number than its JSON, upstream too."""

FILES = sorted(shared("data/csv-spectrum/csvs").glob("*.csv")) if SHARED else []


def meaning_of(table: Table) -> list[dict[str, str]]:
    return [dict(zip(table.header, cells, strict=True)) for cells in cells_of(table)]


def expected_of(path: Path) -> object:
    return json.loads(shared(f"data/csv-spectrum/json/{path.stem}.json").read_text())


@needs_shared
@pytest.mark.parametrize(
    "path", [p for p in FILES if p.stem != DISAGREES_WITH_ITSELF], ids=lambda path: path.stem
)
def test_each_file_is_read_as_its_json_says(path: Path) -> None:
    assert meaning_of(read_file(path.name, path.read_bytes())) == expected_of(path)


@needs_shared
def test_the_twelfth_file_differs_from_its_json_in_the_one_number_that_is_wrong_there() -> None:
    (path,) = (path for path in FILES if path.stem == DISAGREES_WITH_ITSELF)
    (row,) = meaning_of(read_file(path.name, path.read_bytes()))

    assert len(FILES) == 12
    assert b"2095257564" in path.read_bytes()
    assert {**row, "Contact Phone Number": "1234567890"} == expected_of(path)
    assert row["Contact Phone Number"] == "2095257564"


@needs_shared
@pytest.mark.parametrize("name", [name for name in WRITERS if name != "rows.xlsx"])
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_file_comes_back_from_every_format_of_text(path: Path, name: str) -> None:
    table = read_file(path.name, path.read_bytes())

    again = read_file(name, WRITERS[name](table))

    assert (again.header, cells_of(again)) == (table.header, cells_of(table))
