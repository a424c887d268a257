"""A failure at a provider: in which call, what it cost, what to tell people."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.errors import EngineError

MOST_DETAIL_BYTES = 2048
"""How much of a provider's own message is kept (row 9 of docs/provider.md)."""


LONGEST_FREE_WAIT_SECONDS = 900.0
"""The longest wait before a poll or a download, whatever the provider asks for. Bria keeps a
picture for only three days, and asking is free."""


class Phase(StrEnum):
    """Which of the three calls failed."""

    SUBMIT = "submit"
    POLL = "poll"
    ASSET = "asset"


class Charge(StrEnum):
    """What is known about the price of this picture after the failure."""

    NO = "no"
    MAYBE = "maybe"
    YES = "yes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One failed call to a provider, with what people and `retry.decide` need to know.

    `kind` is a stable word (`dns`, `read_timeout`, `http_429`). `message` says what happened and
    `advice` what to do, both for people; `detail` holds the provider's own message, without
    secrets. `charge` is about the picture, not the call: while polling it is what the submit cost.
    `request_id` is the provider's id of the job, also if it was read from a broken answer.
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
    """A provider could not make or hand over the picture; `failure` has the details."""

    code = "provider_failed"

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message, advice=failure.advice)
        self.failure = failure

    def __reduce__(self) -> tuple[type[ProviderError], tuple[Failure]]:
        """Make the error picklable with its failure."""
        return type(self), (self.failure,)
