"""The filtered history as a table to download: CSV or Parquet, with no cell that is a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from core.intake.cells import neutral

COLUMNS = (
    *("id", "created_at", "project_id", "batch_id", "parent_id", "status", "engine", "mode"),
    *("prompt", "instruction", "camera_angle", "fov", "lighting", "color_palette", "composition"),
    *("style", "aspect_ratio", "seed", "rating", "verdict", "verdict_reason", "note", "cached"),
    *("generation_seconds", "price_microusd", "request_id", "image_sha256", "error_code"),
)
_TYPES = {
    "created_at": pa.timestamp("us", "UTC"),
    "cached": pa.bool_(),
    "generation_seconds": pa.float64(),
    **dict.fromkeys(("id", "project_id", "batch_id", "parent_id", "seed"), pa.int64()),
    **dict.fromkeys(("rating", "price_microusd"), pa.int64()),
}
_SCHEMA = pa.schema([(name, _TYPES.get(name, pa.string())) for name in COLUMNS])


def write_csv(parts: Iterator[Sequence[Sequence[Any]]], path: Path) -> int:
    """Write rows of `COLUMNS` as UTF-8 CSV with a BOM for Excel; return how many."""
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for part in parts:
            writer.writerows([cell(value) for value in row] for row in part)
            count += len(part)
    return count


def write_parquet(parts: Iterator[Sequence[Sequence[Any]]], path: Path) -> int:
    """Write rows of `COLUMNS` as Parquet with their types; return how many."""
    count = 0
    with pq.ParquetWriter(path, _SCHEMA, compression="zstd") as writer:
        for part in parts:
            columns = list(zip(*part, strict=True))
            arrays = [
                pa.array(column, type=field.type)
                for column, field in zip(columns, _SCHEMA, strict=True)
            ]
            writer.write_table(pa.Table.from_arrays(arrays, schema=_SCHEMA))
            count += len(part)
    return count


def cell(value: Any) -> Any:  # noqa: ANN401 - a column of any kind
    """Return a value that is safe in a spreadsheet: no formula, no id that would be rounded."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str):
        return neutral(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 2**53:
        return str(value)
    return "" if value is None else value
