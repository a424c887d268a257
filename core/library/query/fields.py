"""The fields that a query can ask about, as one table."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from core.domain.engines import ENGINE_NAMES
from core.domain.request import FRAME_SIZES, LARGEST_ID, LARGEST_SEED
from core.domain.vocabulary import PARAMETER_NAMES, parameter

NONE = "none"
"""The value that finds what is missing."""

STATUS_WORDS = (
    *("completed", "failed", "blocked", "cancelled", "unknown"),
    *("processing", "queued"),
)
"""The states as REST tells them; `processing` is submitting, accepted and downloading."""

FIELD_NAMES = (
    *("id", "parent", "children-of", "project", "user", "status", "mode", "engine", "date"),
    "utc-date",
    *("rating", "verdict", "tag", "batch", *PARAMETER_NAMES, "aspect_ratio", "seed"),
    *("cached", "trashed", "duration", "cost", "error"),
)
"""All fields, in the order in which a canonical line names them."""

_ALIASES = {
    "angle": "camera_angle",
    "camera": "camera_angle",
    "lens": "fov",
    "light": "lighting",
    "palette": "color_palette",
    "color": "color_palette",
    "colour": "color_palette",
    "aspect": "aspect_ratio",
    "format": "aspect_ratio",
    "person": "user",
}


class Kind(StrEnum):
    """What the values of a field are."""

    TEXT = "text"
    CHOICE = "choice"
    WHOLE = "whole"
    DECIMAL = "decimal"
    DATE = "date"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field: its kind, the words or numbers it may hold, and what else it understands.

    `optional` fields know `none`, `prefix` fields know `*`; a picture can have `many` values.
    """

    name: str
    label: str
    kind: Kind
    options: tuple[str, ...] = ()
    largest: int = 0
    optional: bool = False
    prefix: bool = False
    many: bool = False


def find_field(word: str) -> Field | None:
    """Return the field of that name or alias, in any case, with `-` or `_`; None if unknown."""
    name = unicodedata.normalize("NFKC", word).casefold().replace("-", "_")
    return _by_folded_name().get(_ALIASES.get(name, name))


def field_words() -> tuple[str, ...]:
    """Return every name and alias of a field."""
    return (*FIELD_NAMES, *_ALIASES)


@cache
def _by_folded_name() -> dict[str, Field]:
    table = (
        _text("project", "Project"),
        _text("user", "Person"),
        _text("tag", "Tag", optional=True, many=True),
        _text("batch", "Batch", optional=True),
        _text("error", "Error", optional=True),
        _choice("status", "Status", STATUS_WORDS),
        _choice("mode", "Mode", ("ai", "manual")),
        _choice("engine", "Engine", ENGINE_NAMES, prefix=True),
        _choice("verdict", "Verdict", ("approved", "rejected"), optional=True),
        _choice("aspect_ratio", "Format", tuple(FRAME_SIZES)),
        _choice("cached", "Cached", ("yes", "no")),
        _choice("trashed", "In the trash", ("yes", "no")),
        *(
            _choice(
                name,
                parameter(name).label,
                tuple(entry.value for entry in parameter(name).values),
                optional=True,
                prefix=True,
            )
            for name in PARAMETER_NAMES
        ),
        _whole("rating", "Rating", 5, optional=True),
        _whole("seed", "Seed", LARGEST_SEED),
        _whole("id", "Number", LARGEST_ID),
        _whole("parent", "Made from", LARGEST_ID, optional=True),
        _whole("children-of", "Children of", LARGEST_ID),
        Field(name="duration", label="Seconds", kind=Kind.DECIMAL, largest=10**9, optional=True),
        Field(name="cost", label="Cost in $", kind=Kind.DECIMAL, largest=10**9),
        Field(name="date", label="Date", kind=Kind.DATE),
        Field(name="utc-date", label="UTC days", kind=Kind.DATE),
    )
    return {field.name.replace("-", "_"): field for field in table}


def _text(name: str, label: str, *, optional: bool = False, many: bool = False) -> Field:
    return Field(name=name, label=label, kind=Kind.TEXT, optional=optional, prefix=True, many=many)


def _choice(
    name: str,
    label: str,
    options: tuple[str, ...],
    *,
    optional: bool = False,
    prefix: bool = False,
) -> Field:
    return Field(
        name=name,
        label=label,
        kind=Kind.CHOICE,
        options=options,
        optional=optional,
        prefix=prefix,
    )


def _whole(name: str, label: str, largest: int, *, optional: bool = False) -> Field:
    return Field(name=name, label=label, kind=Kind.WHOLE, largest=largest, optional=optional)
