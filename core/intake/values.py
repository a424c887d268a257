"""From the text of one cell to a typed value, or a sentence with a suggestion if there is one."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from core.domain.request import LARGEST_SEED

_WHOLE = re.compile(r"([0-9]+)(\.0+|,0{1,2})?", re.ASCII)
"""With decimals of nought, after a comma at most two: 1,000 may be a thousand."""

_GROUPED = re.compile(r"[0-9]{1,3}([,'’ ])[0-9]{3}(\1[0-9]{3})*", re.ASCII)
_EXPONENT = re.compile(r"([1-9])(?:\.0+)?[eE]\+?([0-9])", re.ASCII)
_HEX = re.compile(r"0[xX][0-9a-fA-F]{1,8}")
_RATIO = re.compile(r"([0-9]{1,4})\s*[x×:/\u2236]\s*([0-9]{1,4})(?::00)?", re.IGNORECASE)
_YES = "true yes y on 1 wahr ja vrai oui verdadero sí si"
_NO = "false no n off 0 falsch nein faux non falso"
_YES_NO = dict.fromkeys(_YES.split(), True) | dict.fromkeys(_NO.split(), False)
"""English, and what Excel writes in German, French and Spanish."""

_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
"""Characters without width, which are copied along with cells from web pages."""

_LONGEST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Refused:
    """A cell without a legal value for its column: the reason, and what may be meant."""

    message: str
    suggestion: str | None = None


def whole_number(field: str, cell: str) -> int | Refused:
    """Return the whole number that a cell certainly means: 42, 01 and 3.0, but never 1e3."""
    text = trimmed(cell)
    if found := _WHOLE.fullmatch(text):
        digits = found[1].lstrip("0") or "0"
        if len(digits) <= len(str(LARGEST_SEED)):
            return int(digits)
        return Refused(f"{field} has {len(digits):,} digits; write at most {LARGEST_SEED}.")
    if found := _EXPONENT.fullmatch(text):
        suggestion = found[1] + "0" * int(found[2])
    elif _GROUPED.fullmatch(text):
        suggestion = re.sub("[^0-9]", "", text)
    elif _HEX.fullmatch(text):
        suggestion = str(int(text, 16))
    elif text.isdecimal() and len(text) <= 10:
        suggestion = str(int(text))
    else:
        suggestion = None
    shown = text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
    fix = f"write {suggestion}." if suggestion else "write digits only, or leave it empty."
    return Refused(f'{field} must be a whole number, not "{shown}"; {fix}', suggestion)


def yes_or_no(field: str, cell: str) -> bool | Refused:
    """Return the value of a switch: true, false, yes, no, 1 or 0 in any case."""
    found = _YES_NO.get(trimmed(cell).casefold())
    if found is None:
        return Refused(f'{field} must be true or false, not "{cell.strip()[:_LONGEST_SHOWN]}".')
    return found


def meant_ratio(cell: str) -> str:
    """Return an aspect ratio in our spelling for 16x9, 4/3 or 16 : 9; other text unchanged.

    A spreadsheet takes 16:9 for a time and writes 16:09:00, which is read as 16:9 again.
    """
    found = _RATIO.fullmatch(trimmed(cell))
    return f"{int(found[1])}:{int(found[2])}" if found else cell


def trimmed(cell: str) -> str:
    """Return the text without white space and zero-width characters at its ends."""
    return cell.strip().strip(_INVISIBLE).strip()


def words(cell: str) -> tuple[str, ...]:
    """Return the tags in a cell, separated by semicolons or commas, each once."""
    return tuple(dict.fromkeys(word for part in re.split("[;,]", cell) if (word := part.strip())))


def control_character(text: str) -> str | None:
    """Return the name of the first character that a name cannot hold, such as U+001B."""
    if text.isprintable():
        return None
    for character in text:
        if unicodedata.category(character) in {"Cc", "Cs"}:
            return f"U+{ord(character):04X}"
    return None
