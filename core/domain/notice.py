"""Notices that people see for as long as something is the case."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that every page and `/api/health` say for as long as it is the case.

    `kind` is a stable word for programs; `message` and `advice` are one sentence each. If `stops`,
    no picture is made meanwhile and health answers 503.
    """

    kind: str
    message: str
    advice: str = ""
    stops: bool = False


Source = Callable[[], Iterable[Notice]]
"""Returns the present notices of one part of the studio; must be quick."""
