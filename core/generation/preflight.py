"""Checks that run right before a paid order's intent is recorded."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core.domain.notice import Notice
from core.errors import NotReadyError

Check = Callable[[], None]
"""Raises NotReadyError if paid orders must not be sent now; cheap and thread-safe."""


class Preflight:
    """The checks of one studio; an order that fails one waits, it does not fail."""

    def __init__(self, checks: Sequence[Check] = ()) -> None:
        self._checks = tuple(checks)

    def require(self) -> None:
        """Raise the first NotReadyError if a paid order must not be sent now."""
        for check in self._checks:
            _require(check)

    def notices(self) -> list[Notice]:
        """Return everything that stops paid orders at this moment, as notices for pages."""
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
        # a file that cannot be read must not make the order fail
        raise NotReadyError(
            f"{failure.filename or 'The data folder'} cannot be used: "
            f"{failure.strerror or failure}.",
            advice="Check its permissions and its disk; paid orders wait, nothing is lost.",
        ) from failure
