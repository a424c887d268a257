"""Which of our words a person meant who spelt it otherwise; never by mere likeness of letters."""

from __future__ import annotations

from collections.abc import Sequence

SHORTEST_NAME = 4
"""Letters of a name of ours in which one wrong letter is forgiven; "fog" may be meant, not fov."""

_MEAN_SOMETHING_ELSE = frozenset(
    {"model", "speed", "feed", "see", "need", "code", "node", "stage", "stale"}
)
"""English words that are one letter away from a name of ours."""


def simple_name(name: str) -> str:
    """Return a name without the differences that do not matter: case, space, hyphen, line."""
    return " ".join(name.casefold().replace("_", " ").replace("-", " ").split())


def nearest(word: str, allowed: Sequence[str]) -> str | None:
    """Return the one allowed name that `word` is for certain, or None.

    It is the same but for case, spaces and signs, or a whole word of that name alone ("aspect" of
    `aspect_ratio`), or one slip of the keyboard away from it.
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
    """Tell whether one letter was left out, added, changed, or changed places with its neighbour.

    This is the optimal string alignment distance of 1, where the first letter is right.
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
