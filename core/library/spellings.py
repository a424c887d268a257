"""The spellings of a word that people take for the same, for an index that does not."""

from __future__ import annotations

import unicodedata

MOST_SPELLINGS = 24
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_LIGATURES = (
    *(("ffi", "\ufb03"), ("ffl", "\ufb04"), ("ff", "\ufb00")),
    *(("fi", "\ufb01"), ("fl", "\ufb02")),
)
_PAIRS = (("ss", "\u00df"), ("\u0435", "\u0451"))
"""Letters that are written either way: ss and sharp s, and the Russian e with dots or without."""


def spellings_of(text: str) -> tuple[str, ...]:
    """Return a word as it was typed, and as it may be spelt in a prompt.

    Full-width letters and ligatures are plain letters; of each pair either is the other.
    """
    plain = unicodedata.normalize("NFKC", text).lower()
    for spelt, other in _PAIRS:
        plain = plain.replace(other, spelt)
    found = [text, plain]
    for spelt, other in _PAIRS:
        found.append(plain.replace(spelt, other))
        at = plain.find(spelt)
        while at >= 0 and len(found) < MOST_SPELLINGS:
            found.append(plain[:at] + other + plain[at + len(spelt) :])
            at = plain.find(spelt, at + 1)
    joined = plain
    for letters, one in _LIGATURES:
        joined = joined.replace(letters, one)
    found.append(joined)
    if plain.isascii():
        found.append(plain.translate(_WIDE))
    return tuple(dict.fromkeys(found))[:MOST_SPELLINGS]
