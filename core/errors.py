"""Every failure we can explain, in one tree, each with advice a person can act on.

StudioError
├── InvalidRequestError      what was asked cannot be made; nothing was stored
│   └── WrongRowsError       rows of a table that must be mended before it can start
├── UnreadableFileError      a batch file that is no table (core/intake/table.py)
│   └── EncodingUnknownError its letters can be read in several ways
├── UnreadablePromptError    a structured prompt that is not JSON of the right shape
├── QuerySyntaxError         a search line that cannot be read, with the place of the wrong word
├── NotFoundError            no such generation or file
├── BudgetExceededError      there is not enough money left; nothing was stored
├── StaleStateError          somebody else moved the generation first
├── NotSentError             an order was stopped before its first byte left
├── KeyReusedError           an Idempotency-Key came a second time with another request
├── EdgeError                REST or upload was refused before it was read (key, scope, limit, size)
├── EngineError              the engine could not make the picture
│   ├── EngineMissingError   the engine asked for is not set up here
│   ├── ProviderError        the provider's own failure (core/domain/failure.py)
│   └── StillWaitingError    the provider is still at work (core/provider/retry.py)
├── SettingsError            the environment or secrets file holds a wrong value
├── NotReadyError            something keeps paid orders here for now; they wait and do not fail
│   └── NoRoomError          the disk has too little room left
├── StartError               the studio cannot start as it is
│   ├── WrongFolderError     database and data folder do not belong together; nothing starts
│   └── DatabaseBrokenError  the database cannot be used, and waiting does not help
├── DatabaseAwayError        the database is not there yet; it is worth waiting for
└── StudioClosingError       the studio is shutting down; the work goes on after the next start
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, Self


class Explained(Protocol):
    """Anything with a sentence about what happened and one about what to do."""

    @property
    def message(self) -> str:
        """What happened."""

    @property
    def advice(self) -> str:
        """What to do; empty where there is nothing to do."""


def with_advice(explained: Explained) -> str:
    """Return what happened and what to do as one text."""
    return f"{explained.message} {explained.advice}".strip()


class StudioError(Exception):
    """A failure with a sentence about what happened and one about what to do."""

    code = "studio_error"
    price_microusd: int | None = None
    """What would have been paid, where the refused request can lead to a charge."""

    def __init__(self, message: str, *, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One wrong field: where, what is wrong, and what would be right.

    `line` is where its row begins in a file, for fields that came in one.
    """

    field: str
    message: str
    suggestion: str | None = None
    line: int | None = None


class InvalidRequestError(StudioError):
    """What was asked cannot be made; `problems` names every wrong field."""

    code = "invalid_request"

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(" ".join(problem.message for problem in problems))
        self.problems = tuple(problems)

    @classmethod
    def of(cls, field: str, message: str, *, suggestion: str | None = None) -> Self:
        """Return the error for one wrong field."""
        return cls([Problem(field=field, message=message, suggestion=suggestion)])


class WrongRowsError(InvalidRequestError):
    """Rows of a table cannot be made as they are; `problems` names every wrong cell."""

    code = "wrong_rows"

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(problems)
        count = len({problem.line for problem in problems})
        words = "1 row needs" if count == 1 else f"{count:,} rows need"
        self.message = f"{words} fixing; nothing was started."


class UnreadablePromptError(StudioError):
    """A structured prompt that is not JSON of the right shape."""

    code = "unreadable_structured_prompt"


class QuerySyntaxError(StudioError):
    """A search line that cannot be read.

    `position` (from 0) and `length` mark the wrong word in characters of the line; `suggestion`,
    where there is one, can stand in its place.
    """

    code = "wrong_query"

    def __init__(
        self, message: str, *, position: int, length: int, suggestion: str | None = None
    ) -> None:
        super().__init__(message, advice="Correct the marked word, or put it in quotes.")
        self.position = position
        self.length = length
        self.suggestion = suggestion


class NotFoundError(StudioError):
    """No such generation or file."""

    code = "not_found"


class BudgetExceededError(StudioError):
    """There is not enough of a budget left for what this costs; nothing was stored."""

    code = "budget_exceeded"

    def __init__(self, message: str, *, price_microusd: int, advice: str = "") -> None:
        super().__init__(message, advice=advice)
        self.price_microusd = price_microusd


class StaleStateError(StudioError):
    """Somebody else moved the generation first, or the move is not in the table."""

    code = "stale_state"


class NotSentError(StudioError):
    """An order was stopped right before its first byte left: it is certainly not charged."""

    code = "not_sent"


class KeyReusedError(StudioError):
    """An Idempotency-Key came a second time with another request."""

    code = "idempotency_key_reused"


class EdgeError(StudioError):
    """A request was refused at the door; `status` is the HTTP status that says so."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        advice: str = "",
        retry_after_seconds: int = 0,
    ) -> None:
        super().__init__(message, advice=advice)
        self.status = status
        self.code = code
        self.retry_after_seconds = retry_after_seconds


class EngineError(StudioError):
    """The engine could not make the picture."""

    code = "engine_failed"


class EngineMissingError(EngineError):
    """The engine asked for is not set up here."""

    code = "engine_missing"


class SettingsError(StudioError):
    """The environment or the secrets file holds a wrong value."""

    code = "wrong_setting"


class NotReadyError(StudioError):
    """Something keeps paid orders here for now; they wait and do not fail."""

    code = "not_ready"


class TurnedBackError(NotReadyError):
    """The database is older than paid orders that were seen; what waits has to be held first."""

    code = "database_turned_back"

    def __init__(self) -> None:
        super().__init__(
            "The database was put back from an older copy while the studio runs.",
            advice="Paid orders that wait are held as soon as a worker looks, and may have been "
            "made already: check, send or drop them then.",
        )


class NoRoomError(NotReadyError):
    """The disk has too little room left for what a paid order brings."""

    code = "disk"


class StartError(StudioError):
    """The studio cannot start as it is: a folder, a file or a database is in the way."""

    code = "cannot_start"


class WrongFolderError(StartError):
    """The database and the data folder do not belong together; nothing starts."""

    code = "wrong_folder"


class DatabaseBrokenError(StartError):
    """The database cannot be used, and waiting does not help."""

    code = "database_broken"


class DatabaseAwayError(StudioError):
    """The database is not there yet, or somebody else holds it; it is worth waiting for."""

    code = "database_away"


class StudioClosingError(StudioError):
    """The studio is shutting down; the work goes on after the next start."""

    code = "studio_closing"
