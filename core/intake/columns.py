"""The columns that we know, other names for them, and which column of a file is which."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from core.domain.spelling import nearest, simple_name
from core.domain.vocabulary import PARAMETER_NAMES, parameters

REQUEST_FIELDS = (
    *("prompt", "mode", *PARAMETER_NAMES),
    *("aspect_ratio", "resolution", "seed", "engine", "use_cache", "max_retries"),
    *("structured_prompt", "instruction"),
)
FIELDS = (*REQUEST_FIELDS, "row_id", "tag", "project", "variations")
"""Every field that a column can hold."""

_ALIASES = {
    "prompt": ("prompts", "text", "description", "caption"),
    "camera_angle": ("camera", "angle"),
    "fov": ("field of view", "lens"),
    "lighting": ("light",),
    "color_palette": ("colour palette", "palette", "color", "colour"),
    "style": ("medium",),
    "aspect_ratio": ("aspect", "ratio", "format"),
    "use_cache": ("cache",),
    "max_retries": ("retries",),
    "row_id": ("id", "row", "rowid", "custom id"),
    "tag": ("tags", "category"),
    "variations": ("variationen",),
}

_IN_OTHER_LANGUAGES = {
    "prompt": ("bildbeschreibung", "beschreibung", "descripci\u00f3n", "descripcion"),
    "camera_angle": ("kamerawinkel", "perspektive", "angle de vue", "\u00e1ngulo", "angulo"),
    "fov": ("objektiv", "brennweite", "objectif", "focale", "objetivo"),
    "lighting": (
        "licht",
        "beleuchtung",
        "lumi\u00e8re",
        "\u00e9clairage",
        "luz",
        "iluminaci\u00f3n",
    ),
    "color_palette": ("farben", "farbpalette", "couleurs", "colores", "paleta"),
    "composition": ("komposition", "bildaufbau", "composici\u00f3n"),
    "style": ("stil", "estilo"),
    "aspect_ratio": ("seitenverh\u00e4ltnis", "bildformat", "formato"),
    "seed": ("startwert", "graine", "semilla"),
    "tag": ("schlagwort", "schlagworte", "mots cl\u00e9s", "etiquetas"),
    "project": ("projekt", "projet", "proyecto"),
}
"""German, French and Spanish names of columns; English ones come first."""

_OTHERS = {"project id"}
"""Names in our own lists that are close to a field's name and mean something else."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """Which column of a file holds which of our fields; the others are kept as extra."""

    columns: dict[str, str] = field(default_factory=dict)
    """From our field to their column, with the name as in the header."""

    is_decided: bool = True
    """Whether columns with names that look misspelt are decided, so that nobody has to be asked."""

    def as_json(self) -> str:
        """Return the mapping as text to store; `Mapping.from_json` reads it."""
        return json.dumps(self.columns, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Mapping:
        """Return the mapping that `as_json` wrote."""
        return cls({str(name): str(column) for name, column in json.loads(text).items()})

    def with_column(self, field: str, column: str | None) -> Mapping:
        """Return the mapping with a field in this column (or in none), and in no other."""
        columns = {f: c for f, c in self.columns.items() if f != field and c != column}
        if column is not None:
            columns[field] = column
        return Mapping(columns, self.is_decided)

    def fitted_to(self, header: Sequence[str]) -> Mapping:
        """Return the mapping with this header's spelling, without columns that it lacks."""
        spelt = {simple_name(column): column for column in header}
        found = {
            name: spelt[simple_name(column)]
            for name, column in self.columns.items()
            if name in FIELDS and simple_name(column) in spelt
        }
        return Mapping(found, self.is_decided)


def known_fields(header: Sequence[str]) -> dict[str, str]:
    """Return the column of every field whose name is certainly known.

    Our own names come first, then aliases in the order of the header.
    """
    own = {simple_name(name): name for name in FIELDS}
    alias = {other: name for name, others in _ALIASES.items() for other in others}
    found: dict[str, str] = {}
    foreign = {other: name for name, others in _IN_OTHER_LANGUAGES.items() for other in others}
    for names in (own, alias, foreign):
        for column in header:
            meant = names.get(simple_name(column))
            if meant and meant not in found and column not in found.values():
                found[meant] = column
    return found


def propose_mapping(header: Sequence[str]) -> Mapping:
    """Return the mapping that follows from the column names alone."""
    return Mapping(known_fields(header), is_decided=False)


def mapping_by_cells(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Mapping:
    """Return the fields of columns without names, judging by their cells.

    A column with values of only one parameter is that parameter; of the others, the one with the
    most letters holds the prompts.
    """
    columns: dict[str, str] = {}
    letters: dict[str, int] = {}
    for place, column in enumerate(header):
        cells = {row[place].strip() for row in rows if row[place].strip()}
        fits = [
            parameter.name
            for parameter in parameters()
            if cells and cells <= {entry.value for entry in parameter.values}
        ]
        if len(fits) == 1 and fits[0] not in columns:
            columns[fits[0]] = column
        else:
            letters[column] = sum(len(row[place]) for row in rows)
    if letters:
        columns["prompt"] = max(letters, key=letters.__getitem__)
    return Mapping(columns, is_decided=False)


def meant_field(column: str) -> str | None:
    """Return the field of which an unknown column name is probably a misspelling."""
    if simple_name(column) in _OTHERS:
        return None
    return nearest(column, FIELDS)


def header_fingerprint(header: Sequence[str]) -> str:
    """Return a short name for a header, the same for the same columns in any order and spelling."""
    names = json.dumps(sorted(simple_name(column) for column in header), ensure_ascii=False)
    return hashlib.sha256(names.encode(errors="surrogatepass")).hexdigest()[:32]
