"""Counts wrong keys by address, to slow down guessing and nothing else."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address

FREE_GUESSES = 10
"""Wrong keys a minute without a delay, for people who mix theirs up."""

MINUTE_SECONDS = 60.0
LONGEST_DELAY_SECONDS = 3.0
MOST_ADDRESSES = 10_000
"""The addresses that guessed last; older ones are forgotten."""

_FIRST_DELAY_SECONDS = 0.1
_MOST_DOUBLINGS = 10


@dataclass(slots=True)
class _Minute:
    since: float
    count: int = 0


@dataclass(slots=True)
class Guesses:
    """Counts the wrong keys of each address; for use in one event loop.

    An IPv6 network of 64 bits counts as one address, since whoever has one of its addresses has
    them all.
    """

    now: Callable[[], float]
    _by_place: OrderedDict[str, _Minute] = field(default_factory=OrderedDict)

    def note(self, address: str) -> float:
        """Count a wrong key and return by how many seconds to delay the answer; 0.0 at first."""
        place = _place_of(address)
        minute = self._by_place.pop(place, None)
        if minute is None or self.now() - minute.since >= MINUTE_SECONDS:
            minute = _Minute(self.now())
        minute.count += 1
        self._by_place[place] = minute
        if len(self._by_place) > MOST_ADDRESSES:
            self._by_place.popitem(last=False)
        excess = minute.count - FREE_GUESSES
        if excess <= 0:
            return 0.0
        doubled: float = _FIRST_DELAY_SECONDS * 2 ** min(excess, _MOST_DOUBLINGS)
        return min(doubled, LONGEST_DELAY_SECONDS)

    def wait_seconds(self, address: str) -> int:
        """Return in how many seconds, at least one, the count of an address starts again."""
        minute = self._by_place.get(_place_of(address))
        left = 0.0 if minute is None else minute.since + MINUTE_SECONDS - self.now()
        return max(1, round(left + 0.5))


def _place_of(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return str(IPv6Address(int(parsed) >> 64 << 64))
    return str(parsed)
