"""The values of the six photographic parameters, each with label, hint, phrase and patch.

The table is `vocabulary.json` beside this file. `phrase` goes into a text prompt and `patch` into a
structured prompt, with the field names of Bria's VGL (bria-vgl 0.10.0).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

PARAMETER_NAMES = ("camera_angle", "fov", "lighting", "color_palette", "composition", "style")


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One value of a parameter, such as `golden-hour` of `lighting`."""

    value: str
    label: str
    hint: str
    phrase: str
    patch: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One of the six parameters with all its values, in display order."""

    name: str
    label: str
    hint: str
    icon: str
    values: tuple[Value, ...]

    def find(self, value: str) -> Value | None:
        """Return the entry of a value, or None if it is not in the table."""
        return next((entry for entry in self.values if entry.value == value), None)


@cache
def parameters() -> tuple[Parameter, ...]:
    """Return the six parameters in display order."""
    table = json.loads((files("core.domain") / "vocabulary.json").read_text(encoding="utf-8"))
    return tuple(
        Parameter(
            name=row["name"],
            label=row["label"],
            hint=row["hint"],
            icon=row["icon"],
            values=tuple(Value(**entry) for entry in row["values"]),
        )
        for row in table
    )


@cache
def parameter(name: str) -> Parameter:
    """Return a parameter by its field name; KeyError for any other word."""
    return {entry.name: entry for entry in parameters()}[name]


def label_of(name: str, value: str) -> str:
    """Return the label of a stored value; a value of an older vocabulary is its own label."""
    entry = parameter(name).find(value)
    return entry.label if entry else value
