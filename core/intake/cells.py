"""Makes cells harmless that a spreadsheet could take for a formula, and reads them back unchanged.

A cell that begins with a formula character gets one apostrophe in front, and so does a cell that
begins with apostrophes and such a character; reading removes exactly one. So every text comes back
as it was (OWASP ASVS 1.2.10).
"""

from __future__ import annotations

import re

_FORMULA = re.compile("'*[=+\\-@\t\r\0\uff1d\uff0b\uff0d\uff20]")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


def neutral(text: str) -> str:
    """Return the text in a form that is never a formula in a spreadsheet."""
    return f"'{text}" if _FORMULA.match(text) else text


def restored(cell: str) -> str:
    """Return the text from which `neutral` made the cell; any other cell unchanged."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def unescaped_from_sheet(text: str) -> str:
    """Return the text that a sheet's `_x0001_` stand for; lone surrogates stay as written."""
    return _ESCAPED.sub(_character, text)


def is_encodable(text: str) -> bool:
    """Return whether the text can be stored as UTF-8: it has no lone surrogates."""
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


def _character(found: re.Match[str]) -> str:
    character = chr(int(found[1], 16))
    return character if is_encodable(character) else found[0]
