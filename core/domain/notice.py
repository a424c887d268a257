"""What people must be told for as long as it is so."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that every page and `/api/health` say for as long as it is so.

    `kind` is a stable word for programs; `message` is one sentence, `advice` another. Where
    `stops`, no picture is made meanwhile, and health answers 503.
    """

    kind: str
    message: str
    advice: str = ""
    stops: bool = False


Source = Callable[[], Iterable[Notice]]
"""Looks at one part and returns what people must be told of it at this moment; quick."""
