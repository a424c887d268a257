"""What every way of making a picture shares: loading, storing, ending and postponing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from core import ledger
from core.cache.results import ResultCache
from core.clock import Clock
from core.database import Database
from core.domain.failure import Charge, ProviderError
from core.domain.money import Budgets
from core.domain.states import State
from core.engines.base import Engine, FinishedPicture, Order
from core.errors import EngineError, StudioError
from core.fault_points import fault_point
from core.generation.in_flight import InFlight
from core.generation.leases import LeaseRules
from core.generation.preflight import Preflight
from core.incarnation.order_log import OrderLog
from core.journal import Journal
from core.media import MediaStore
from core.provider.rate_limiter import RateLimiter
from core.records import attempts, backlog, generations, payloads
from core.records.generations import Generation


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How long the studio waits for a provider, and when it tries again."""

    retry_base_seconds: float = 1.0
    retry_cap_seconds: float = 60.0
    poll_seconds: float = 3.0
    deadline_seconds: float = 600.0
    resends_unknown_once: bool = False
    budgets: Budgets = field(default_factory=Budgets)


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineContext:
    """The parts that the pipeline works with."""

    database: Database
    media: MediaStore
    results: ResultCache
    clock: Clock
    engines: Mapping[str, Engine]
    journal: Journal
    order_log: OrderLog
    rate_limiter: RateLimiter
    rules: Rules
    sleep: Callable[[float], Awaitable[None]]
    in_flight: InFlight = field(default_factory=InFlight)
    lease_rules: LeaseRules = field(default_factory=LeaseRules)
    folder_mark: str = ""
    """Identifies the data folder wherever it is mounted; it must be the same on every machine."""
    preflight: Preflight = field(default_factory=Preflight)

    def load(self, generation_id: int) -> Generation:
        """Return a generation in its present state."""
        with self.database.reading() as session:
            return generations.load(session, generation_id)

    def order(self, generation: Generation) -> Order:
        """Return the order for an engine."""
        return Order(generation_id=generation.id, request=generation.request, seed=generation.seed)

    def put_off(
        self,
        generation: Generation,
        until: datetime,
        *,
        waits_for: str | None = None,
        reason: StudioError | None = None,
    ) -> None:
        """Postpone an unfinished generation until a moment, or until the pause it waits for ends.

        The message and advice of `reason` are stored in its row, so that people see why it waits.
        """
        with self.database.writing() as session:
            waits = backlog.put_off(session, generation.id, until=until, waits_for=waits_for)
            if waits and reason is not None:
                generations.note_reason_to_wait(
                    session, generation.id, reason.message, reason.advice
                )
            fault_point("before_put_off_commit")

    def keep(self, generation: Generation, picture: FinishedPicture, seconds: float) -> None:
        """Store a finished picture: the file first and the row second.

        A crash in between costs one unused file. `seconds` is how long the picture took.
        """
        fault_point("before_file")
        digest = self.media.keep(picture.content, picture.media_type)
        fault_point("after_file_before_row")
        now = self.clock.now()
        with self.database.writing() as session:
            state = generations.load(session, generation.id).state
            if state is State.ACCEPTED:
                generations.move(session, generation.id, state, State.DOWNLOADING)
            generations.move(
                session,
                generation.id,
                State.DOWNLOADING,
                State.COMPLETED,
                completed_at=now,
                error_code=None,  # the reason it waited for is over
                error_message=None,
                error_advice=None,
                generation_seconds=seconds,
                quality_score=generations.score_of(generation.parameters),
                image_sha256=digest,
                image_type=picture.media_type,
                image_width=picture.width,
                image_height=picture.height,
            )
            payloads.keep_detail(
                session,
                generation.id,
                structured_prompt=picture.structured_prompt,
                readings=picture.readings,
            )
            attempts.end_attempt(session, generation_id=generation.id, now=now)
            self.results.keep(session, generation.id, picture_bytes=len(picture.content), now=now)
            fault_point("before_completion_commit")
        fault_point("after_completion_commit")

    def fail(self, generation_id: int, failure: EngineError, *, code: str | None = None) -> None:
        """End a generation as failed, and release what was certainly not charged."""
        self.end(generation_id, State.FAILED, failure, code=code)

    def end(
        self,
        generation_id: int,
        new: State,
        failure: EngineError,
        *,
        code: str | None = None,
        at_retry: int | None = None,
    ) -> None:
        """Move an unfinished generation to `failed` or `blocked` and settle its last try."""
        now = self.clock.now()
        reported = failure.failure if isinstance(failure, ProviderError) else None
        with self.database.writing() as session:
            generation = generations.load(session, generation_id)
            if not generation.is_waiting:
                return
            generations.move(
                session,
                generation_id,
                generation.state,
                new,
                at_retry=at_retry,
                completed_at=now,
                error_code=code or (reported.kind if reported else failure.code),
                error_message=failure.message,
                error_advice=failure.advice or None,
                reserved_microusd=0,
            )
            day = attempts.end_attempt(
                session,
                generation_id=generation_id,
                now=now,
                failure=reported,
                error_class=code or failure.code,
            )
            freed, account = generation.reserved_microusd, generation.account
            if reported is not None and reported.charge is Charge.NO and not freed:
                # the picture may belong to an earlier try, which counts against an earlier day
                freed, account = generation.price_microusd, replace(account, day=day or account.day)
            ledger.release(session, account, freed)
            fault_point("before_end_commit")
