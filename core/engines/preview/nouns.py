"""Which stand-in plays which noun, and how nouns are found in a text."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

TIERS = ("things", "places", "hints")
"""What a picture can be about, places that are a subject only when nothing stands in them, and
words that hint at a stand-in when no noun has named one."""

_IRREGULAR = {
    "mice": "mouse", "geese": "goose", "wolves": "wolf", "leaves": "leaf", "calves": "calf",
    "knives": "knife", "shelves": "shelf", "loaves": "loaf", "feet": "foot", "oxen": "ox",
    "policemen": "policeman", "firemen": "fireman", "elves": "elf", "dwarves": "dwarf",
    "businessmen": "businessman", "snowmen": "snowman",
}  # fmt: skip
_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_LONGEST_PHRASE = 4


@dataclass(frozen=True, slots=True)
class Noun:
    """One noun found in a text: its stand-in, its kind, the word and where it stands."""

    stand_in: str
    kind: str
    word: str
    start: int
    end: int
    tier: int
    """0 for a thing, 1 for a place, 2 for a hint."""


@cache
def vocabulary() -> Mapping[str, Mapping[str, Mapping[str, tuple[str, ...]]]]:
    """Return the nouns of every kind of every stand-in of every tier, from `nouns.json`."""
    table = files("core.engines.preview") / "nouns.json"
    read: dict[str, dict[str, dict[str, tuple[str, ...]]]] = json.loads(
        table.read_text(encoding="utf-8")
    )
    return read


@cache
def _phrases() -> Mapping[str, tuple[str, str, int]]:
    found: dict[str, tuple[str, str, int]] = {}
    for tier, name in enumerate(TIERS):
        for stand_in, kinds in vocabulary()[name].items():
            for kind, phrases in kinds.items():
                for phrase in phrases:
                    found.setdefault(phrase.replace("-", " "), (stand_in, kind, tier))
    return found


def _singulars(word: str) -> tuple[str, ...]:
    bare = re.sub(r"['’]s?$", "", word)
    forms = [word, bare, _IRREGULAR.get(bare, bare)]
    if bare.endswith("ies"):
        forms.append(bare[:-3] + "y")
    if bare.endswith("es"):
        forms.append(bare[:-2])
    if bare.endswith("s") and len(bare) > 3:
        forms.append(bare[:-1])
    return tuple(dict.fromkeys(forms))


def _lookup(words: list[str]) -> tuple[str, str, int] | None:
    head, last = " ".join(words[:-1]), words[-1]
    for form in _singulars(last):
        found = _phrases().get(f"{head} {form}".strip())
        if found:
            return found
    return None


def find_nouns(text: str) -> list[Noun]:
    """Return every known noun of a lower-case text, in order; of a compound only its head."""
    spans = [(m.group(), m.start(), m.end()) for m in _WORD.finditer(text.replace("-", " "))]
    nouns: list[Noun] = []
    at = 0
    while at < len(spans):
        for length in range(min(_LONGEST_PHRASE, len(spans) - at), 0, -1):
            phrase = spans[at : at + length]
            found = _lookup([word for word, _, _ in phrase])
            if found:
                start, end = phrase[0][1], phrase[-1][2]
                nouns.append(Noun(found[0], found[1], text[start:end], start, end, found[2]))
                at += length
                break
        else:
            at += 1
    return _heads(text, nouns)


def _heads(text: str, nouns: list[Noun]) -> list[Noun]:
    # "coffee cup" is a cup; "perfume bottle" is the bottle that perfume comes in.
    heads: list[Noun] = []
    for noun in nouns:
        before = heads[-1] if heads else None
        if before and _is_compound(text, before, noun):
            alike = before.stand_in == noun.stand_in
            kind = before.kind if alike else noun.kind
            heads[-1] = replace(noun, kind=kind)
        else:
            heads.append(noun)
    return heads


def _is_compound(text: str, noun: Noun, behind: Noun) -> bool:
    # A place behind a thing is no compound.
    return text[noun.end : behind.start] in {" ", "-"} and behind.tier <= noun.tier
