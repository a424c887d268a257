"""What must be so before a paid order leaves: asked right before the intent is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core.domain.notice import Notice
from core.errors import NotReadyError

Check = Callable[[], None]
"""Returns if paid orders may leave, raises NotReadyError if not; cheap, and safe in any thread."""


class Preflight:
    """The checks of one studio; an order that fails one waits, it does not fail."""

    def __init__(self, checks: Sequence[Check] = ()) -> None:
        self._checks = tuple(checks)

    def require(self) -> None:
        """Return if a paid order may leave now, else raise the first NotReadyError."""
        for check in self._checks:
            _require(check)

    def notices(self) -> list[Notice]:
        """Return everything that keeps paid orders here at this moment, as pages tell it."""
        found: list[Notice] = []
        for check in self._checks:
            try:
                _require(check)
            except NotReadyError as problem:
                notice = Notice(problem.code, problem.message, problem.advice, stops=True)
                found.append(notice)
        return found


def _require(check: Check) -> None:
    try:
        check()
    except OSError as failure:
        # a file that cannot even be looked at must not spoil the order
        raise NotReadyError(
            f"{failure.filename or 'The data folder'} cannot be used: "
            f"{failure.strerror or failure}.",
            advice="See to its rights and its disk; paid orders wait, nothing is lost.",
        ) from failure
