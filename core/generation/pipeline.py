"""The way of one generation from queued to completed; may be cut anywhere and run again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from core.clock import Clock
from core.database import Database
from core.domain.request import GenerationRequest
from core.domain.states import State
from core.engines.base import Engine, FinishedPicture, Order
from core.errors import EngineError, EngineMissingError, StaleStateError, StudioClosingError
from core.media import MediaStore
from core.records import attempts, generations
from core.records.generations import Generation

log = logging.getLogger(__name__)


class Pipeline:
    """Has pictures made and keeps them; each step first reads where the row stands."""

    def __init__(
        self, database: Database, media: MediaStore, clock: Clock, engines: Mapping[str, Engine]
    ) -> None:
        self._database = database
        self._media = media
        self._clock = clock
        self._engines = engines

    async def run(self, generation_id: int) -> None:
        """Bring a generation to its end, from wherever an earlier life left it.

        A worker that finds out that another one has overtaken it stops without a word, since
        every move names the state it comes from.
        """
        try:
            await self._run(await asyncio.to_thread(self._load, generation_id))
        except StaleStateError as overtaken:
            log.info("generation %s left to another worker: %s", generation_id, overtaken)
        except StudioClosingError:
            log.info("generation %s goes on after the next start", generation_id)
        except EngineError as failure:
            await asyncio.to_thread(self._fail, generation_id, failure.code, str(failure))

    def fail_unexpectedly(self, generation_id: int, failure: Exception) -> None:
        """End a generation that broke in a way nobody foresaw; the log holds the traceback."""
        log.error("generation %s broke", generation_id, exc_info=failure)
        self._fail(
            generation_id,
            "internal_error",
            f"Something broke in the studio ({type(failure).__name__}); nothing was charged.",
        )

    async def _run(self, generation: Generation) -> None:
        if not generation.is_waiting:
            return
        engine = self._engines.get(generation.engine)
        if engine is None:
            raise EngineMissingError(f"The engine {generation.engine} is not set up here.")
        order = _order(generation)
        if generation.state is State.QUEUED:
            await asyncio.to_thread(self._move, generation, State.SUBMITTING)
        if generation.state in {State.QUEUED, State.SUBMITTING}:
            await engine.submit(order)
            await asyncio.to_thread(self._advance, generation.id, State.SUBMITTING, State.ACCEPTED)
        seconds = self._clock.stopwatch()
        picture = await engine.collect(order)
        await asyncio.to_thread(self._keep, generation, picture, seconds())

    def _load(self, generation_id: int) -> Generation:
        with self._database.reading() as session:
            return generations.load(session, generation_id)

    def _move(self, generation: Generation, new: State) -> None:
        now = self._clock.now()
        with self._database.writing() as session:
            generations.move(session, generation.id, generation.state, new, started_at=now)
            attempts.begin_attempt(
                session,
                attempt_id=self._clock.new_id(),
                generation_id=generation.id,
                now=now,
            )

    def _advance(self, generation_id: int, old: State, new: State) -> None:
        with self._database.writing() as session:
            generations.move(session, generation_id, old, new)

    def _keep(self, generation: Generation, picture: FinishedPicture, seconds: float) -> None:
        """Store the file first and the row second: a crash in between costs one spare file."""
        digest = self._media.keep(picture.content, picture.media_type)
        with self._database.writing() as session:
            state = generations.load(session, generation.id).state
            if state is State.ACCEPTED:
                generations.move(session, generation.id, state, State.DOWNLOADING)
            generations.move(
                session,
                generation.id,
                State.DOWNLOADING,
                State.COMPLETED,
                completed_at=self._clock.now(),
                generation_seconds=seconds,
                quality_score=generations.score_of(generation.parameters),
                **_image_columns(digest, picture),
            )
            generations.keep_detail(
                session,
                generation.id,
                structured_prompt=picture.structured_prompt,
                readings=picture.readings,
            )
            attempts.end_attempt(session, generation_id=generation.id, now=self._clock.now())

    def _fail(self, generation_id: int, code: str, message: str) -> None:
        now = self._clock.now()
        with self._database.writing() as session:
            state = generations.load(session, generation_id).state
            if state not in {State.QUEUED, State.SUBMITTING, State.ACCEPTED, State.DOWNLOADING}:
                return
            generations.move(
                session,
                generation_id,
                state,
                State.FAILED,
                completed_at=now,
                error_code=code,
                error_message=message,
            )
            attempts.end_attempt(session, generation_id=generation_id, now=now, error_class=code)


def _image_columns(digest: str, picture: FinishedPicture) -> dict[str, Any]:
    return {
        "image_sha256": digest,
        "image_type": picture.media_type,
        "image_width": picture.width,
        "image_height": picture.height,
    }


def _order(generation: Generation) -> Order:
    request = GenerationRequest.model_validate(
        {
            "prompt": generation.prompt,
            "mode": generation.mode,
            **generation.parameters,
            "aspect_ratio": generation.aspect_ratio,
            "seed": generation.asked_seed,
            "engine": generation.engine,
            "project_id": generation.project_id,
            "use_cache": generation.use_cache,
            "max_retries": generation.max_retries,
        }
    )
    return Order(generation_id=generation.id, request=request, seed=generation.seed)
