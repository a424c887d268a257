"""The steps of one generation, from queued to its end; they can be interrupted and run again."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from core.database import may_pass
from core.domain.engines import traits_of
from core.domain.failure import Charge, Failure, Phase
from core.domain.states import WAITING, State
from core.engines.base import PaidEngine
from core.errors import (
    EngineError,
    EngineMissingError,
    StaleStateError,
)
from core.generation.attempt_recorder import AttemptRecorder
from core.generation.context import PipelineContext
from core.generation.leases import Job
from core.generation.paid_pipeline import PaidPath
from core.records import attempts, generations
from core.records.generations import Generation
from core.records.unfetched import KEPT_FOR

log = logging.getLogger(__name__)

LOOK_AGAIN_AFTER = timedelta(seconds=60)
"""How soon a paid picture is collected again after an unexpected failure."""

SOON_AGAIN = timedelta(seconds=5)
"""How soon it goes on after the database was away: storing this needs the database anyway."""


class Pipeline:
    """Has pictures made and stores them; each step first reads the state of the row."""

    def __init__(self, context: PipelineContext) -> None:
        self._context = context
        self._paid = PaidPath(context)
        self._recorder = AttemptRecorder(context)

    async def run(self, generation_id: int, job: Job | None = None) -> None:
        """Take a generation to its end, or as far as possible now, whatever its state.

        `job` is the job that holds it; nothing begins or is ordered once another job does.

        A worker that was overtaken by another one stops silently, since every move names the state
        it starts from. Raises StudioClosingError if the studio closes; the generation then
        continues after the next start.
        """
        try:
            self._context.in_flight.check()
            if job and not await asyncio.to_thread(self._is_in_hand_of, job, generation_id):
                return
            generation = await asyncio.to_thread(self._context.load, generation_id)
            if not generation.is_waiting or (generation.hold and generation.state is State.QUEUED):
                return
            engine = self._context.engines.get(generation.engine)
            if engine is None:
                await asyncio.to_thread(self._miss_engine, generation)
            elif isinstance(engine, PaidEngine):
                await self._paid.run(generation, engine, job)
            else:
                if generation.state in {State.QUEUED, State.SUBMITTING}:
                    await asyncio.to_thread(self._begin, generation)
                seconds = self._context.clock.stopwatch()
                picture = await engine.render(self._context.order(generation))
                await asyncio.to_thread(self._context.keep, generation, picture, seconds())
        except StaleStateError as overtaken:
            log.info("generation %s left to another worker: %s", generation_id, overtaken)
        except EngineError as failure:
            await asyncio.to_thread(self._end, generation_id, failure)

    def break_off(self, generation_id: int, failure: Exception) -> None:
        """Settle a generation that failed unexpectedly, and log the traceback.

        What may have been charged is never reported as free: without an answer it becomes
        `unknown`, and with one its picture is collected again.
        """
        log.error("generation %s broke", generation_id, exc_info=failure)
        generation = self._context.load(generation_id)
        if generation.state not in WAITING:
            return
        was_away = isinstance(failure, SQLAlchemyError) and may_pass(failure)
        now = self._context.clock.now()
        again = now + (SOON_AGAIN if was_away else LOOK_AGAIN_AFTER)
        words = f"Something broke in the studio ({type(failure).__name__})."
        if generation.request_id is not None:
            begun = generation.accepted_at or now
            if now - begun > KEPT_FOR and not was_away:
                self._set_aside(generation, EngineError(words), kind="internal_error")
            else:
                self._context.put_off(generation, again)
        elif generation.state is State.SUBMITTING and self._is_paid(generation):
            self._settle_lost(generation, again)
        elif was_away:
            # the picture itself is fine, and nothing was sent
            self._context.put_off(generation, again)
        else:
            self._context.fail(generation_id, EngineError(words), code="internal_error")

    def _end(self, generation_id: int, failure: EngineError) -> None:
        """End what an engine could not make; hold what is paid or may be."""
        generation = self._context.load(generation_id)
        if generation.is_waiting and generation.request_id is not None:
            log.error("generation %s broke", generation_id, exc_info=failure)
            self._set_aside(generation, failure, kind=failure.code)
        elif generation.state is State.SUBMITTING and self._is_paid(generation):
            log.error("generation %s broke", generation_id, exc_info=failure)
            self._settle_lost(generation, self._context.clock.now() + SOON_AGAIN)
        else:
            self._context.fail(generation_id, failure)

    def _set_aside(self, generation: Generation, failure: EngineError, *, kind: str) -> None:
        stated = Failure(
            phase=Phase.ASSET,
            kind=kind,
            charge=Charge.YES,
            message=failure.message,
            advice=failure.advice,
        )
        self._recorder.set_aside(generation, stated)

    def _settle_lost(self, generation: Generation, again: datetime) -> None:
        """Settle an order whose answer was lost before it reached this process."""
        settled = self._recorder.settle_lost_intent(generation)
        if settled.is_waiting and settled.request_id is not None:
            # this job ends here, so another one has to collect the picture
            self._context.put_off(settled, again)

    def _is_in_hand_of(self, job: Job, generation_id: int) -> bool:
        with self._context.database.reading() as session:
            return job.is_still_at(session, generation_id)

    def _miss_engine(self, generation: Generation) -> None:
        """Settle a lost intent and postpone the generation until a worker has its engine."""
        missing = EngineMissingError(
            f"The engine {generation.engine} is not set up here.",
            advice="Set its key, or choose another engine.",
        )
        if generation.state is State.SUBMITTING and self._is_paid(generation):
            generation = self._recorder.settle_lost_intent(generation)
        if generation.is_waiting:
            until = self._context.clock.now() + LOOK_AGAIN_AFTER
            self._context.put_off(generation, until, reason=missing)

    def _begin(self, generation: Generation) -> None:
        """Accept the order at once, since no provider has to be asked."""
        now = self._context.clock.now()
        with self._context.database.writing() as session:
            if generation.state is State.QUEUED:
                generations.move(
                    session, generation.id, State.QUEUED, State.SUBMITTING, started_at=now
                )
            generations.move(session, generation.id, State.SUBMITTING, State.ACCEPTED)
            attempts.begin_attempt(
                session,
                attempt_id=self._context.clock.new_id(),
                generation_id=generation.id,
                now=now,
                is_paid=False,
                price_microusd=0,
                spend_day=generation.spend_day,
            )

    def _is_paid(self, generation: Generation) -> bool:
        engine = self._context.engines.get(generation.engine)
        if engine is None:
            return traits_of(generation.engine).family == "provider"
        return isinstance(engine, PaidEngine)
