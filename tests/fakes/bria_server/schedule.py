"""Which request meets which fault: planned ones first, then seeded weather."""

from __future__ import annotations

import hashlib
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tests.fakes.bria_server.faults import PHASES, Fault, Phase

Chances = Mapping[Phase, tuple[tuple[float, Fault], ...]]


def fraction(seed: int, phase: Phase, number: int) -> float:
    """Return a number in [0, 1) that depends on nothing but its arguments."""
    digest = hashlib.sha256(f"{seed}/{phase}/{number}".encode()).digest()
    return int.from_bytes(digest[:8]) / 2**64


@dataclass(frozen=True, slots=True)
class Weather:
    """Chances per phase; the n-th request of a phase always meets the same luck."""

    seed: int = 0
    chances: Chances = field(default_factory=dict)

    def __post_init__(self) -> None:
        for phase, entries in self.chances.items():
            check_fits(phase, (fault for _, fault in entries))
            if sum(chance for chance, _ in entries) > 1 + 1e-9:
                raise ValueError(f"The chances of {phase} add up to more than 1.")

    def draw(self, phase: Phase, number: int) -> Fault | None:
        """Return the luck of the n-th request of a phase."""
        mark = fraction(self.seed, phase, number)
        for chance, fault in self.chances.get(phase, ()):
            if mark < chance:
                return fault
            mark -= chance
        return None


def check_fits(phase: Phase, faults: Iterable[Fault]) -> None:
    """Refuse faults that cannot happen in a phase."""
    if phase not in PHASES:
        raise ValueError(f"{phase!r} is no phase; there are {', '.join(PHASES)}.")
    for fault in faults:
        if not fault.fits(phase):
            raise ValueError(f"{fault.kind} cannot happen to {phase}.")


class Schedule:
    """Hands out the fault of the next request of a phase."""

    def __init__(self) -> None:
        self.weather = Weather()
        self._plans: dict[Phase, deque[Fault]] = {phase: deque() for phase in PHASES}
        self._met: Counter[Phase] = Counter()
        self._requests: Counter[Phase] = Counter()

    def plan(self, phase: Phase, faults: Iterable[Fault]) -> None:
        """Put faults at the end of a phase's plan."""
        chosen = list(faults)
        check_fits(phase, chosen)
        self._plans[phase].extend(chosen)

    def forget(self, phase: Phase) -> None:
        """Drop what is left of a phase's plan."""
        self._plans[phase].clear()
        self._met[phase] = 0

    def waiting(self) -> dict[Phase, list[str]]:
        """Return the names of planned faults that nobody met yet."""
        return {phase: [fault.kind for fault in plan] for phase, plan in self._plans.items()}

    def next_fault(self, phase: Phase) -> Fault | None:
        """Return the fault of this request, or None if all goes well."""
        number = self._requests[phase]
        self._requests[phase] += 1
        plan = self._plans[phase]
        fault = self._take(phase, plan) if plan else self.weather.draw(phase, number)
        return None if fault is None or fault.kind == "fine" else fault

    def _take(self, phase: Phase, plan: deque[Fault]) -> Fault:
        """Use up one of the times the first planned fault happens."""
        self._met[phase] += 1
        if self._met[phase] < plan[0].settings.times:
            return plan[0]
        self._met[phase] = 0
        return plan.popleft()
