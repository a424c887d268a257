"""Everyday words for the values of parameters, and which value they mean.

The words are in `everyday_words.json` beside this file: several hundred for the six parameters,
each list with its source. A word that could mean two values, or none of ours, is left out, because
a wrong suggestion that somebody accepts is a wrong picture that somebody pays for. So a value is
found only by whole words and by one typing slip, never because its letters look similar.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from core.domain.spelling import is_one_slip_apart, nearest
from core.domain.vocabulary import PARAMETER_NAMES, parameter

SHORTEST_TERM = 5
"""Shorter terms allow no wrong letter, since that would often make another word."""

_SPELLINGS = (
    ("colour", "color"),
    ("centred", "centered"),
    ("centre", "center"),
    ("grey", "gray"),
)
_NEGATIONS = frozenset({"not", "no", "without", "non", "never", "kein", "keine", "ohne", "sans"})
_FOCAL_LENGTH = re.compile(r"([0-9]{1,3})(?: ?mm)?")
_FOCAL_LENGTHS = (
    (range(13, 22), "ultra-wide"),
    (range(22, 31), "wide"),
    (range(31, 40), "documentary"),
    (range(46, 61), "standard"),
    (range(70, 100), "portrait"),
    (range(120, 801), "telephoto"),
)
"""Full-frame millimetres. Between these ranges, and at 12 and 100 mm, two of our lenses could be
meant (What Digital Camera, "Focal length explained")."""


@dataclass(frozen=True, slots=True)
class _Words:
    """The terms of one parameter in plain form, and the words that add no meaning beside one."""

    values: dict[str, str]
    beside: frozenset[str]


def meant_word(field: str, written: str, allowed: Sequence[str]) -> str | None:
    """Return the allowed word of any field that `written` certainly means, or None."""
    if field in PARAMETER_NAMES:
        return meant_value(field, written)
    return nearest(written, allowed)


def meant_value(name: str, written: str) -> str | None:
    """Return the value of a parameter that everyday words certainly mean, or None.

    "sunlight" of `lighting` is `bright-daylight`; "not too soft" and "soft or hard" are None.
    """
    plain = _plain(written)
    known = _words_of(name)
    if not plain or _NEGATIONS & set(plain.split()):
        return None
    bare = " ".join(word for word in plain.split() if word not in known.beside)
    if name == "fov" and (millimetres := _FOCAL_LENGTH.fullmatch(bare)):
        length = int(millimetres[1])
        return next((lens for lengths, lens in _FOCAL_LENGTHS if length in lengths), None)
    for text in (plain, bare):
        if text in known.values:
            return known.values[text]
    return _by_whole_words(known, plain) or _value_after_one_slip(known, plain)


@cache
def _words_of(name: str) -> _Words:
    table = json.loads((files("core.domain") / "everyday_words.json").read_text(encoding="utf-8"))
    everyday = next(row for row in table if row["name"] == name)
    values: dict[str, str] = {}
    for entry in parameter(name).values:
        own = (entry.value, entry.phrase, entry.label.partition("·")[0])
        for term in (*own, *everyday["words"].get(entry.value, ())):
            values.setdefault(_plain(term), entry.value)
    return _Words(values, frozenset(everyday["beside"]))


def _plain(text: str) -> str:
    """Return the text in one spelling: lower case, American, only words and numbers."""
    folded = text.casefold().replace("\u2019", "'").replace("'s", "s").replace("s'", "s")
    words = re.sub(r"[^\w/&+°.]+|_", " ", folded).replace(".", "").split()
    return " ".join(_american(word) for word in words)


def _american(word: str) -> str:
    for british, american in _SPELLINGS:
        if word.startswith(british):
            return american + word.removeprefix(british)
    return word


def _by_whole_words(known: _Words, plain: str) -> str | None:
    """Return the one value that all words of the text mean, ignoring words without meaning."""
    words = plain.split()
    found: set[str] = set()
    place = 0
    while place < len(words):
        ends = range(len(words), place, -1)
        end = next((e for e in ends if " ".join(words[place:e]) in known.values), None)
        if end is not None:
            found.add(known.values[" ".join(words[place:end])])
            place = end
        elif words[place] in known.beside:
            place += 1
        else:
            return None
    return found.pop() if len(found) == 1 else None


def _value_after_one_slip(known: _Words, plain: str) -> str | None:
    found = {
        value
        for term, value in known.values.items()
        if _may_slip(plain, term) and is_one_slip_apart(plain, term)
    }
    return found.pop() if len(found) == 1 else None


def _may_slip(written: str, term: str) -> bool:
    """Return whether one wrong letter is allowed; in four letters only one too few or too many."""
    shorter = min(len(written), len(term))
    if shorter >= SHORTEST_TERM:
        return True
    return len(term) == SHORTEST_TERM - 1 and len(written) != len(term)
