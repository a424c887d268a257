"""What went wrong with a provider, as values: where, what it cost, what to say and to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.errors import EngineError

MOST_DETAIL_BYTES = 2048
"""How much of a provider's own words is kept (row 9 of docs/provider.md)."""


LONGEST_FREE_WAIT_SECONDS = 900.0
"""Before a poll or a download, whatever the provider asks for: Bria keeps a picture for three
days, and asking costs nothing."""


class Phase(StrEnum):
    """Which of the three calls failed."""

    SUBMIT = "submit"
    POLL = "poll"
    ASSET = "asset"


class Charge(StrEnum):
    """What is known about the money for this picture once the failure has happened."""

    NO = "no"
    MAYBE = "maybe"
    YES = "yes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One failed call to a provider, told so that a person and `retry.decide` can decide.

    `kind` is a stable word (`dns`, `read_timeout`, `http_429`). `message` says what happened and
    `advice` what to do, each for people; `detail` holds the provider's words, without secrets.
    `charge` speaks of the picture, not of the call: while polling it is what the submit cost.
    `request_id` is the provider's number of the job, also one read from a broken answer.
    """

    phase: Phase
    kind: str
    charge: Charge
    http_status: int | None = None
    retry_after_seconds: float | None = None
    message: str
    advice: str
    request_id: str | None = None
    detail: str = ""


class ProviderError(EngineError):
    """A provider could not make or hand over the picture; `failure` says all that is known."""

    code = "provider_failed"

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message, advice=failure.advice)
        self.failure = failure

    def __reduce__(self) -> tuple[type[ProviderError], tuple[Failure]]:
        """Let the error cross to another process or into a table whole."""
        return type(self), (self.failure,)
