"""Finds what a text is about: the figures, how many of each, and the words that belong to each."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from core.engines.preview.nouns import Noun, find_nouns

MOST_FIGURES = 4
MOST_COPIES = 5

_NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 5, "seven": 5, "eight": 5,
    "ten": 5, "a pair of": 2, "a couple of": 2, "several": 3, "some": 3, "many": 5, "a dozen": 5,
    "both": 2, "a group of": 4, "a flock of": 4, "a herd of": 4, "a pack of": 4, "a row of": 4,
    "a few": 3, "a bunch of": 4, "a pile of": 4,
}  # fmt: skip
_COUNT = re.compile(
    rf"\b({'|'.join(sorted(_NUMBERS, key=len, reverse=True))}|\d+) (?:[\w\-]+ ){{0,3}}$"
)
_PICTURE_OF = re.compile(
    r"\b(?:[\w\-]+ )?(?:painting|photo(?:graph)?|picture|image|drawing|sketch|illustration|poster"
    r"|portrait|close-up|closeup|rendering|render|statue|sculpture|shot|view|silhouette|cartoon"
    r"|comic|depiction|mural|stained glass|mosaic|tapestry|painted|oil-on-canvas|head) "
    r"(?:of|showing|about|depicting)\b(?! liberty)"
)
_ABSENT = re.compile(r"\b(?:no|without(?: any)?|zero|not? a|nothing but no) [\w\-]+(?: [\w\-]+)?")
_TOGETHER = re.compile(
    r"\b(?:and|with|beside|next to|behind|near|in front of|holding|riding|chasing|hugging|facing"
    r"|by|watching|between|carrying|walking|against|to the (?:left|right) of)\b"
)
_NEAR = 34
"""Letters between two nouns that are still said in one breath."""

_APART = re.compile(r"\bwearing\b|\bmade\b|\bas\b|\blike\b|[.;:]|\bdepicting\b")
_WITHIN = re.compile(r"\bof\b|\bin\b|\bfrom\b|\bon\b|\binto\b")
"""Behind such a word a noun says where the thing before it is, not what stands beside it."""
_CONTAINER = re.compile(r"^ of(?: \w+)? $")
_PERSONAL = frozenset({"person", "couple", "group"})


@dataclass(frozen=True, slots=True)
class Mention:
    """One thing a text speaks of."""

    noun: Noun | None
    words: str
    number: int = 1

    @property
    def stand_in(self) -> str:
        """Which stand-in plays it; what has no known noun is the neutral object."""
        return self.noun.stand_in if self.noun else "object"

    @property
    def kind(self) -> str:
        """Which variant."""
        return self.noun.kind if self.noun else "object"


def _blanked(text: str) -> str:
    # Length stays, so that places in the text do too.
    for pattern in (_PICTURE_OF, _ABSENT):
        text = pattern.sub(lambda found: " " * len(found.group()), text)
    return text


def number_before(text: str, place: int) -> int:
    """Return how many of a thing a text names just before a place, 1 if it does not say."""
    found = _COUNT.search(text[max(0, place - 60) : place])
    if not found:
        return 1
    word = found.group(1)
    return min(MOST_COPIES, max(1, int(word[:3]) if word.isdigit() else _NUMBERS[word]))


def _joined(text: str, nouns: list[Noun]) -> list[Noun]:
    # The subject, and what the text puts beside it; "a cup of coffee" is one thing.
    chosen = [nouns[0]]
    for noun in nouns[1:]:
        between = text[chosen[-1].end : noun.start]
        if _CONTAINER.match(between) and noun.stand_in == chosen[-1].stand_in:
            chosen[-1] = replace(chosen[-1], kind=noun.kind)
            continue
        known = {(other.stand_in, other.kind) for other in chosen}
        again = (noun.stand_in, noun.kind) in known and noun.stand_in not in _PERSONAL
        *_, behind = _TOGETHER.split(between)
        together = behind != between and len(between) <= _NEAR and not _WITHIN.search(behind)
        if again or _APART.search(between) or not together:
            break
        chosen.append(noun)
    return chosen[:MOST_FIGURES]


def mentions_in(text: str) -> list[Mention]:
    """Return what a lower-case text is about, the subject first; at least one mention."""
    clear = _blanked(text)
    nouns = find_nouns(clear)
    for tier in range(3):
        ranked = [noun for noun in nouns if noun.tier == tier]
        if ranked:
            break
    else:
        return [Mention(None, text)]
    chosen = _joined(clear, ranked) if tier == 0 else ranked[:1]
    if len(chosen) == 1:
        return [_whole(chosen[0], text)]
    cuts = [
        0,
        *(_clause_start(text, a.end, b.start) for a, b in pairwise(chosen)),
    ]
    ends = [*cuts[1:], len(text)]
    return [
        _whole(noun, text, text[start:end])
        for noun, start, end in zip(chosen, cuts, ends, strict=True)
    ]


def _clause_start(text: str, low: int, high: int) -> int:
    openings = re.finditer(
        r"\b(?:and|with|an?|the|two|three|four|some|his|her|their) ", text[low:high]
    )
    return low + max((found.start() for found in openings), default=high - low)


def _whole(noun: Noun, text: str, words: str | None = None) -> Mention:
    number = number_before(text, noun.start)
    plural = noun.word.endswith("s") and noun.stand_in in {"animal", "bird", "fish", "crawler"}
    if number == 1 and plural and not noun.word.endswith("us"):
        number = 2
    kinder = noun
    if noun.stand_in == "person" and number == 2:
        kinder = replace(noun, stand_in="couple", kind="couple")
    elif noun.stand_in == "person" and number > 2:
        kinder = replace(noun, stand_in="group", kind="group")
    elif noun.stand_in == "group" and number == 2:
        kinder = replace(noun, stand_in="couple", kind="couple")
    return Mention(kinder, words if words is not None else text, number)
