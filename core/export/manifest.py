"""The list that comes with a batch's pictures, and that can be started as a batch again."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from core.domain.money import MICROUSD, Cost
from core.intake.cells import neutral
from core.intake.columns import REQUEST_FIELDS
from core.intake.writing import BYTE_ORDER_MARK
from core.records.batch_rows import Line

_SCENE = ("structured_prompt", "instruction")
REQUEST_COLUMNS = (
    *("row_id", *(name for name in REQUEST_FIELDS if name not in _SCENE)),
    *("project", "tag", *_SCENE),
)
"""The columns that are read when the manifest is started as a batch; intake has the same names."""

OUTCOME_COLUMNS = (
    *("file", "status", "reason", "request_id", "cost_usd", "possible_cost_usd"),
    *("duration_seconds", "cached", "width", "height", "generation_id", "returned_scene"),
)


_COLUMNS = (REQUEST_COLUMNS, OUTCOME_COLUMNS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a batch and its outcome."""

    line: Line
    file: str | None
    cost: Cost
    project: str
    returned_scene: str | None
    missing: bool = False


class ManifestWriter:
    """Writes `manifest.csv` and `manifest.json` line by line, so that memory use stays constant."""

    def __init__(self, csv_file: BinaryIO, json_file: BinaryIO, extra: Sequence[str]) -> None:
        asked, outcome = ({_simple(name) for name in ours} for ours in _COLUMNS)
        # outcome columns of an earlier manifest are not copied, as they would seem to be of this
        # batch
        self._extra = {
            name: f"original {name}" if _simple(name) in asked else name
            for name in extra
            if _simple(name) not in outcome
        }
        csv_file.write(BYTE_ORDER_MARK)
        self._text = io.TextIOWrapper(csv_file, encoding="utf-8", newline="", write_through=True)
        self._csv = csv.writer(self._text)
        self._json = json_file
        self._is_first = True
        columns = (*REQUEST_COLUMNS, *OUTCOME_COLUMNS, *dict.fromkeys(self._extra.values()))
        self._csv.writerow([neutral(name) for name in columns])

    def add(self, entry: Entry) -> None:
        """Write one entry to both files."""
        asked, outcome = asked_fields(entry), outcome_fields(entry)
        extra = {ours: entry.line.extra.get(name, "") for name, ours in self._extra.items()}
        row = {**asked, **outcome, **extra}
        self._csv.writerow([neutral(_cell(value)) for value in row.values()])
        row["tag"] = list(entry.line.tags)
        self._json.write(b"[\n" if self._is_first else b",\n")
        self._json.write(json.dumps(row, ensure_ascii=False).encode())
        self._is_first = False

    def finish(self) -> None:
        """Complete both lists; the files stay open."""
        self._json.write(b"[]\n" if self._is_first else b"\n]\n")
        self._text.flush()
        self._text.detach()


def asked_fields(entry: Entry) -> dict[str, Any]:
    """Return a line's request; a line with a picture asks for just that picture.

    It names the seed that was used and `use_cache` is true, so that uploading the manifest again
    does not pay for a row that was ordered with `use_cache=false`.
    """
    line = entry.line
    fields = {name: line.request.get(name) for name in REQUEST_COLUMNS}
    made = line.generation
    if made and made.image_sha256:
        fields |= {"seed": made.seed, "use_cache": True}
    return {
        **fields,
        "row_id": line.row_id,
        "project": entry.project,
        "tag": ", ".join(line.tags),
    }


def outcome_fields(entry: Entry) -> dict[str, Any]:
    """Return a line's outcome; costs are in dollars, certain and possible ones apart."""
    made = entry.line.generation
    seconds = made.generation_seconds if made else None
    reason = entry.line.reason
    if entry.missing:
        reason = "The picture was made, but its file is missing from the data folder."
    return {
        "file": entry.file,
        "status": "missing" if entry.missing else entry.line.state.value,
        "reason": reason,
        "request_id": made.request_id if made else None,
        "cost_usd": entry.cost.certain_microusd / MICROUSD,
        "possible_cost_usd": entry.cost.possible_microusd / MICROUSD,
        "duration_seconds": None if seconds is None else round(seconds, 3),
        "cached": made.cached if made else None,
        "width": made.image_width if made else None,
        "height": made.image_height if made else None,
        "generation_id": str(made.id) if made else None,
        "returned_scene": entry.returned_scene,
    }


def extra_columns(pages: Iterable[Sequence[Line]]) -> list[str]:
    """Return the names of all extra columns in the order of their first appearance."""
    names: dict[str, None] = {}
    for page in pages:
        for line in page:
            names.update(dict.fromkeys(line.extra))
    return list(names)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _simple(name: str) -> str:
    return name.casefold().replace(" ", "_").replace("-", "_")
