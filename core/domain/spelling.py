"""Which allowed word a differently spelt one means; never by mere similarity of letters."""

from __future__ import annotations

from collections.abc import Sequence

SHORTEST_NAME = 4
"""Shorter names allow no wrong letter: "fog" may be meant, not fov."""

_MEAN_SOMETHING_ELSE = frozenset(
    {"model", "speed", "feed", "see", "need", "code", "node", "stage", "stale"}
)
"""English words that are one letter away from one of our names."""


def simple_name(name: str) -> str:
    """Return a name without irrelevant differences: case, spaces, hyphens, underscores."""
    return " ".join(name.casefold().replace("_", " ").replace("-", " ").split())


def nearest(word: str, allowed: Sequence[str]) -> str | None:
    """Return the one allowed name that `word` certainly means, or None.

    It is the same apart from case, spaces and punctuation, or a whole word of only that name
    ("aspect" of `aspect_ratio`), or one typing slip away from it.
    """
    simple = simple_name(word)
    names = {name: simple_name(name) for name in allowed}
    if simple in _MEAN_SOMETHING_ELSE or not simple:
        return None
    same = [name for name, own in names.items() if own == simple]
    part = [name for name, own in names.items() if simple in own.split()]
    slip = [
        name
        for name, own in names.items()
        if len(own) >= SHORTEST_NAME and is_one_slip_apart(simple, own)
    ]
    return next((found[0] for found in (same, part, slip) if len(found) == 1), None)


def is_one_slip_apart(written: str, meant: str) -> bool:
    """Return whether one letter was left out, added, changed, or swapped with its neighbour.

    This is the optimal string alignment distance of 1, with the first letter right.
    """
    if written[:1] != meant[:1] or abs(len(written) - len(meant)) > 1 or written == meant:
        return False
    same = next(
        (i for i, pair in enumerate(zip(written, meant, strict=False)) if pair[0] != pair[1]),
        min(len(written), len(meant)),
    )
    rest, right = written[same:], meant[same:]
    return (
        rest[1:] == right[1:]
        or rest[1:] == right
        or rest == right[1:]
        or (rest[:2] == right[1::-1] and rest[2:] == right[2:])
    )
