"""The steps of a paid picture: record the intent, submit, collect (docs/provider.md)."""

from __future__ import annotations

import asyncio
import errno
import json
import logging
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

from sqlalchemy.exc import SQLAlchemyError

from core.database import may_pass
from core.domain.failure import Charge, Failure, Phase, ProviderError
from core.domain.states import State
from core.engines.base import FinishedPicture, PaidEngine, Remote
from core.errors import NotReadyError, NotSentError, TurnedBackError
from core.fault_points import fault_point
from core.generation.adopting import hold_what_was_turned_back
from core.generation.attempt_recorder import AttemptRecorder
from core.generation.context import PipelineContext
from core.generation.leases import Job
from core.generation.unsent import settle_unsent
from core.provider.rate_limiter import Slot, account_of, status_of
from core.provider.retry import (
    FIRST_POLL_PAUSE_SECONDS,
    StillWaitingError,
    keep_asking,
    poll_pause_seconds,
)
from core.records import generations
from core.records.generations import Generation
from core.records.unfetched import KEPT_FOR

log = logging.getLogger(__name__)

LONGEST_WAIT_FOR_A_SLOT_SECONDS = 20.0
"""An order that would wait longer returns to the backlog, so that others can use its place."""

LONGEST_SLEEP = timedelta(seconds=60)
"""A person may lift a pause at any time, so it is checked this often."""

READY_AGAIN = timedelta(seconds=5)
"""How soon an order that failed the preflight is tried again."""

LOOK_AGAIN_SOON = timedelta(seconds=1)
"""When two jobs meet on one generation, the second one tries again after this."""

FIRST_WRITING_PAUSE_SECONDS, LONGEST_WRITING_PAUSE_SECONDS = 0.25, 2.0
"""Between tries to store an answer; short compared with how long a closing studio waits."""

KEEP_AGAIN_AFTER = timedelta(seconds=15)
"""How soon a picture that the disk refused is fetched again."""

SLOW_POLL = timedelta(minutes=5)


NEVER_ARRIVED = Failure(
    phase=Phase.POLL,
    kind="never_arrived",
    charge=Charge.YES,
    message="The picture did not arrive within three days; it was charged.",
    advice="",
)
LOOK_IT_UP = (
    "Check again asks {provider} for it once more and costs nothing; or look in its console, or "
    "give up."
)


class PausedError(Exception):
    """The endpoint is paused; the generation returns to the backlog until the pause ends."""

    def __init__(self, slot: Slot) -> None:
        super().__init__("paused")
        self.slot = slot


class PaidPath:
    """Orders a picture once and collects it, however long that takes."""

    def __init__(self, context: PipelineContext) -> None:
        self._context = context
        self._chance = random.SystemRandom()
        self._recorder = AttemptRecorder(context)
        self._in_hand: set[int] = set()

    async def run(self, generation: Generation, engine: PaidEngine, job: Job | None = None) -> None:
        """Take a paid generation as far as possible now; a later run does the rest."""
        if generation.id in self._in_hand:
            # Another run of this process is between intent and answer, so the intent is not lost.
            # But that run may be about to end, and then nobody else would pick the generation up.
            soon = self._context.clock.now() + LOOK_AGAIN_SOON
            await asyncio.to_thread(self._context.put_off, generation, soon)
            return
        self._in_hand.add(generation.id)
        try:
            if generation.state is State.SUBMITTING:
                # an earlier process died between intent and answer
                generation = await asyncio.to_thread(self._recorder.settle_lost_intent, generation)
            elif generation.state is State.QUEUED:
                fault_point("before_turn")
                await self._wait_for_slot(engine.endpoint)
                with self._context.in_flight.passing():
                    generation = await self._order(generation, engine, job)
            if generation.state in {State.ACCEPTED, State.DOWNLOADING}:
                await self._collect(generation, engine)
        except PausedError as paused:
            soon = self._context.clock.now() + LONGEST_SLEEP
            until = min(paused.slot.paused_until or soon, soon)
            await asyncio.to_thread(
                self._context.put_off, generation, until, waits_for=paused.slot.paused
            )
        except NotReadyError as problem:
            log.warning("generation %s waits: %s", generation.id, problem)
            is_turned_back = isinstance(problem, TurnedBackError)
            if is_turned_back:
                await asyncio.to_thread(hold_what_was_turned_back, self._context)
            until = self._context.clock.now() + READY_AGAIN
            reason = None if is_turned_back else problem  # a held order states its own reason
            await asyncio.to_thread(self._context.put_off, generation, until, reason=reason)
        finally:
            self._in_hand.discard(generation.id)

    async def _order(
        self, generation: Generation, engine: PaidEngine, job: Job | None
    ) -> Generation:
        order = self._context.order(generation)
        if job is not None:
            order = replace(order, check_before_sending=job.check)
        body = json.dumps(engine.sent_body(order), ensure_ascii=False)
        await asyncio.to_thread(self._context.preflight.require)
        number = await asyncio.to_thread(self._recorder.commit_intent, generation, body, job)
        fault_point("after_intent")
        generation = await self._write_down(partial(self._context.load, generation.id))
        try:
            order.check_before_sending()
            accepted = await engine.submit(order)
        except NotSentError as stopped:
            return await self._write_down(
                partial(settle_unsent, self._context, generation, number, stopped)
            )
        except ProviderError as failed:
            fault_point("after_failed_submit")
            return await self._write_down(
                partial(self._recorder.settle_failure, generation, engine, number, failed)
            )
        fault_point("after_202")
        return await self._write_down(
            partial(self._recorder.take_in, generation, engine, number, accepted)
        )

    async def _write_down(self, settle: Callable[[], Generation]) -> Generation:
        """Store the outcome of an order, however long the database is away or full.

        The order counts as a call under way meanwhile, so a closing studio waits for it.
        """
        tries = 0
        while True:
            try:
                return await asyncio.to_thread(settle)
            except SQLAlchemyError as failure:
                if not may_pass(failure):
                    raise
                if not tries:
                    log.exception("an answer cannot be written down; tried again until it can")
            pause_seconds = FIRST_WRITING_PAUSE_SECONDS * 2.0 ** min(tries, 10)
            await self._context.sleep(min(pause_seconds, LONGEST_WRITING_PAUSE_SECONDS))
            tries += 1

    async def _collect(self, generation: Generation, engine: PaidEngine) -> None:
        """Ask until the picture is ready, then store it; polls and downloads are free to repeat."""
        rules = self._context.rules
        scale = rules.poll_seconds / FIRST_POLL_PAUSE_SECONDS
        begun = generation.accepted_at or self._context.clock.now()
        age = self._context.clock.now() - begun
        await self._context.sleep(rules.poll_seconds)
        try:
            picture = await keep_asking(
                partial(self._ask_once, generation, engine),
                deadline_seconds=max(0.0, rules.deadline_seconds - age.total_seconds()),
                stopwatch=self._context.clock.stopwatch(),
                sleep=self._context.sleep,
                chance=self._chance.random,
                pause_seconds=lambda poll: scale * poll_pause_seconds(poll),
            )
        except StillWaitingError as late:
            await asyncio.to_thread(self._wait_slowly, generation, late)
        except ProviderError as failed:
            await asyncio.to_thread(self._recorder.settle_collection, generation, failed)
        else:
            seconds = (self._context.clock.now() - begun).total_seconds()
            await asyncio.to_thread(self._store, generation, picture, seconds)

    async def _ask_once(self, generation: Generation, engine: PaidEngine) -> FinishedPicture | None:
        assert generation.request_id is not None  # noqa: S101 - accepted rows have one
        rate_limiter, endpoint = self._context.rate_limiter, status_of(engine.endpoint)
        await self._wait_for_slot(endpoint)
        with self._context.in_flight.passing():
            fault_point("before_poll")
            try:
                remote = await engine.look(generation.request_id)
            except ProviderError as failed:
                await asyncio.to_thread(rate_limiter.note_failure, endpoint, failed.failure)
                raise
            await asyncio.to_thread(rate_limiter.note_success, endpoint)
            if remote is None:
                return None
            fault_point("after_poll")
            await asyncio.to_thread(self._begin_download, generation, remote)
            fault_point("before_download")
            picture = await engine.fetch(remote)
            fault_point("after_download")
            return picture

    def _begin_download(self, generation: Generation, remote: Remote) -> None:
        with self._context.database.writing() as session:
            if generations.load(session, generation.id).state is State.ACCEPTED:
                generations.move(session, generation.id, State.ACCEPTED, State.DOWNLOADING)
            if remote.seed is not None:
                generations.note_returned_seed(session, generation.id, remote.seed)
            fault_point("before_download_commit")

    def _store(self, generation: Generation, picture: FinishedPicture, seconds: float) -> None:
        try:
            self._context.keep(generation, picture, seconds)
        except OSError as failure:
            if failure.errno is None:
                raise  # the bytes are not a picture
            until = self._context.clock.now() + KEEP_AGAIN_AFTER
            if failure.errno in {errno.ENOSPC, errno.EDQUOT, errno.EROFS}:
                reason = "The disk is full, so no picture can be kept; free some space."
                engines = self._context.engines.values()
                paid = {account_of(one.endpoint) for one in engines if isinstance(one, PaidEngine)}
                for account in paid:
                    self._context.rate_limiter.pause(account, until=until, reason=reason)
            with self._context.database.writing() as session:
                generations.note_reason_to_wait(
                    session,
                    generation.id,
                    f"The picture is made and cannot be kept here: {failure.strerror}.",
                    "It is fetched again automatically; check the disk and the data folder.",
                )
            self._context.put_off(generation, until)

    def _wait_slowly(self, generation: Generation, late: StillWaitingError) -> None:
        now = self._context.clock.now()
        begun, last = generation.accepted_at, late.last
        # the three days count only if the provider itself answered lately: a machine that slept for
        # days or was offline has not asked in time
        was_answered = last is None or (last.phase is Phase.POLL and last.kind == "http_404")
        if begun is not None and now - begun > KEPT_FOR and was_answered:
            self._recorder.set_aside(generation, NEVER_ARRIVED, advice=LOOK_IT_UP)
            return
        self._context.put_off(generation, now + SLOW_POLL, reason=late)

    async def _wait_for_slot(self, endpoint: str) -> None:
        slot = await asyncio.to_thread(
            self._context.rate_limiter.take_slot,
            endpoint,
            longest_wait_seconds=LONGEST_WAIT_FOR_A_SLOT_SECONDS,
        )
        if slot.paused_until is not None:
            raise PausedError(slot)
        await self._context.sleep(slot.wait_seconds)
