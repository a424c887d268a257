"""File names from a template: legal on every system, inside their folder, always unique."""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Mapping

from pathvalidate import Platform, sanitize_filename
from pathvalidate.handler import ReservedNameHandler

from core.domain.spelling import nearest
from core.errors import InvalidRequestError
from core.records.batch_rows import Line

DEFAULT_TEMPLATE = "{row_id}_{prompt}_{seed}"
NAME_FIELDS = (
    "row_id",
    "position",
    "prompt",
    "seed",
    "engine",
    "style",
    "lighting",
    "tag",
    "batch",
)

LONGEST_VALUE, LONGEST_NAME_BYTES = 60, 180
"""With a suffix and a number, these stay well below the 255 bytes that file systems allow."""

_LISTED = ", ".join(f"{{{name}}}" for name in NAME_FIELDS)
_UNSAFE = re.compile(r"[^\w\-.() ]+|_{2,}")


def check_template(template: str) -> str:
    """Return a valid template, or raise InvalidRequestError that says what is wrong."""
    try:
        parts = list(string.Formatter().parse(template))
    except ValueError as failure:
        raise InvalidRequestError.of(
            "file_names", f"The file name template cannot be read: {failure}."
        ) from failure
    for _, name, detail, conversion in parts:
        if name is not None and (name not in NAME_FIELDS or detail or conversion):
            close = nearest(name, NAME_FIELDS)
            fix = f'did you mean "{{{close}}}"?' if close else f"use {_LISTED}."
            raise InvalidRequestError.of(
                "file_names", f'A file name cannot hold "{{{name}}}"; {fix}', suggestion=close
            )
    if not any(name for _, name, _, _ in parts):
        raise InvalidRequestError.of(
            "file_names", f"The file name template names no field; use {_LISTED}."
        )
    return template


def name_values(line: Line, *, batch_name: str) -> dict[str, str]:
    """Return the value of each template field for a line's picture."""
    seed = line.generation.seed if line.generation else line.request.get("seed")
    return {
        "row_id": line.row_id,
        "position": f"{line.position:05d}",
        "prompt": str(line.request.get("prompt", "")),
        "seed": "" if seed is None else str(seed),
        "engine": str(line.request.get("engine", "")),
        "style": str(line.request.get("style") or ""),
        "lighting": str(line.request.get("lighting") or ""),
        "tag": line.tags[0] if line.tags else "",
        "batch": batch_name,
    }


class Names:
    """Gives every picture of one archive its own name."""

    def __init__(self, template: str) -> None:
        self._template = check_template(template)
        self._given: set[str] = set()

    def give(self, values: Mapping[str, str], suffix: str) -> str:
        """Return a new name with a suffix such as `png`; equal names are numbered."""
        filled = "".join(
            text + (_safe(values[name])[:LONGEST_VALUE] if name else "")
            for text, name, _, _ in string.Formatter().parse(self._template)
        )
        cut = sanitize_filename(
            _safe(filled),
            platform=Platform.UNIVERSAL,
            max_len=LONGEST_NAME_BYTES,
            reserved_name_handler=ReservedNameHandler.add_leading_underscore,
        )
        stem = cut.rstrip(" .-_") or "picture"
        number, name = 1, f"{stem}.{suffix}"
        while _folded(name) in self._given:
            number += 1
            name = f"{stem}-{number}.{suffix}"
        self._given.add(_folded(name))
        return name


def _safe(text: str) -> str:
    return _UNSAFE.sub("-", unicodedata.normalize("NFC", text)).strip(" .-_")


def _folded(name: str) -> str:
    # names that differ only in case or Unicode form are one file on some systems
    return unicodedata.normalize("NFKC", name).casefold()
