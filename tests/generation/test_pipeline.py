"""The way of one generation: cut anywhere and run again, it ends once."""

from __future__ import annotations

import asyncio
import io
from dataclasses import replace

import pytest
from PIL import Image

from core.domain.request import parse_request
from core.domain.states import MOVES, State
from core.engines.base import FinishedPicture, Order
from core.errors import EngineError, StaleStateError, StudioClosingError
from core.generation.pipeline import Pipeline
from core.records import attempts, generations, payloads
from core.records.generations import Generation
from core.wiring import Studio
from tests.fakes.engine import PaintedEngine
from tests.running import run_pipeline


@pytest.fixture
def pipeline(studio: Studio, engine: PaintedEngine) -> Pipeline:
    return Pipeline(replace(studio.context, engines={engine.name: engine}))


@pytest.fixture
def queued(studio: Studio) -> Generation:
    return studio.service.ask(parse_request({"prompt": "a red boat", "seed": 9, "fov": "wide"}))


def put_into(studio: Studio, generation: Generation, *states: State) -> None:
    old = generation.state
    for state in states:
        with studio.database.writing() as session:
            generations.move(session, generation.id, old, state)
        old = state


def test_a_queued_generation_ends_with_a_stored_picture(
    studio: Studio, pipeline: Pipeline, queued: Generation
) -> None:
    made = run_pipeline(studio, pipeline, queued)

    assert made.state is State.COMPLETED
    assert made.generation_seconds is not None
    assert made.completed_at is not None
    assert made.quality_score == 0.75
    with Image.open(io.BytesIO(studio.service.picture_file(made).path.read_bytes())) as picture:
        assert picture.size == (64, 64)
    assert (
        studio.service.see_detail(made.id).structured_prompt == '{"short_description": "a square"}'
    )
    with studio.database.reading() as session:
        assert attempts.count_attempts(session, made.id) == 1


@pytest.mark.parametrize(
    "states",
    [
        [State.SUBMITTING],
        [State.SUBMITTING, State.ACCEPTED],
        [State.SUBMITTING, State.ACCEPTED, State.DOWNLOADING],
    ],
)
def test_a_generation_that_an_earlier_life_left_anywhere_is_brought_to_its_end(
    studio: Studio, pipeline: Pipeline, queued: Generation, states: list[State]
) -> None:
    put_into(studio, queued, *states)

    assert run_pipeline(studio, pipeline, queued).state is State.COMPLETED


def test_running_a_finished_generation_again_does_nothing(
    studio: Studio, pipeline: Pipeline, queued: Generation, engine: PaintedEngine
) -> None:
    made = run_pipeline(studio, pipeline, queued)

    assert run_pipeline(studio, pipeline, queued) == made
    assert len(engine.drawn) == 1


def test_two_workers_on_one_generation_complete_it_once(
    studio: Studio, pipeline: Pipeline, queued: Generation, engine: PaintedEngine
) -> None:
    engine.seconds = 0.05

    async def both() -> None:
        await asyncio.gather(pipeline.run(queued.id), pipeline.run(queued.id))

    asyncio.run(both())

    made = studio.service.see(queued.id)
    assert made.state is State.COMPLETED
    with studio.database.reading() as session:
        assert attempts.count_attempts(session, made.id) == 1


def test_a_failing_engine_ends_the_generation_with_its_sentence(
    studio: Studio, pipeline: Pipeline, queued: Generation, engine: PaintedEngine
) -> None:
    engine.failures = [EngineError("The lamp broke.")]

    failed = run_pipeline(studio, pipeline, queued)

    assert failed.state is State.FAILED
    assert (failed.error_code, failed.error_message) == ("engine_failed", "The lamp broke.")
    assert failed.image_sha256 is None


def test_after_a_failure_the_same_request_is_a_new_generation(
    studio: Studio, pipeline: Pipeline, queued: Generation, engine: PaintedEngine
) -> None:
    engine.failures = [EngineError("The lamp broke.")]
    run_pipeline(studio, pipeline, queued)

    again = studio.service.ask(parse_request({"prompt": "a red boat", "seed": 9, "fov": "wide"}))

    assert again.id != queued.id
    assert again.state is State.QUEUED


def test_a_closing_studio_leaves_the_generation_for_the_next_start(
    studio: Studio, pipeline: Pipeline, queued: Generation, engine: PaintedEngine
) -> None:
    engine.failures = [StudioClosingError("later")]

    with pytest.raises(StudioClosingError):
        run_pipeline(studio, pipeline, queued)

    assert studio.service.see(queued.id).is_waiting
    assert run_pipeline(studio, pipeline, queued).state is State.COMPLETED


def test_behind_a_closed_gate_nothing_begins(
    studio: Studio, pipeline: Pipeline, queued: Generation
) -> None:
    studio.context.in_flight.close(wait_seconds=0)

    with pytest.raises(StudioClosingError):
        run_pipeline(studio, pipeline, queued)

    assert studio.service.see(queued.id).state is State.QUEUED


def test_an_order_waits_while_its_engine_is_not_set_up_and_says_so(
    studio: Studio, queued: Generation
) -> None:
    without_engines = Pipeline(replace(studio.context, engines={}))

    waiting = run_pipeline(studio, without_engines, queued)

    assert waiting.state is State.QUEUED
    assert waiting.error_message == "The engine preview is not set up here."


def test_the_file_is_on_disk_before_the_row_says_so(
    studio: Studio, pipeline: Pipeline, queued: Generation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_before_the_row(*_arguments: object, **_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(payloads, "keep_detail", break_before_the_row)
    with pytest.raises(KeyboardInterrupt):
        asyncio.run(pipeline.run(queued.id))
    monkeypatch.undo()

    assert studio.service.see(queued.id).state is State.ACCEPTED
    assert len(list(studio.settings.data_dir.rglob("media/**/*.png"))) == 1
    assert run_pipeline(studio, pipeline, queued).state is State.COMPLETED
    assert len(list(studio.settings.data_dir.rglob("media/**/*.png"))) == 1


def test_the_second_of_two_movers_is_told_so(studio: Studio, queued: Generation) -> None:
    put_into(studio, queued, State.SUBMITTING)

    with pytest.raises(StaleStateError, match="no longer queued"):
        put_into(studio, queued, State.SUBMITTING)


def test_a_move_that_is_not_in_the_table_changes_nothing(
    studio: Studio, queued: Generation
) -> None:
    for target in set(State) - MOVES[State.QUEUED]:
        with pytest.raises(StaleStateError, match="cannot become"):
            put_into(studio, queued, target)

    assert studio.service.see(queued.id).state is State.QUEUED


def test_the_engine_gets_the_very_request_and_the_stored_seed(
    studio: Studio, queued: Generation, engine: PaintedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Order] = []
    paint = engine.render

    async def look(order: Order) -> FinishedPicture:
        seen.append(order)
        return await paint(order)

    monkeypatch.setattr(engine, "render", look)
    run_pipeline(
        studio,
        Pipeline(replace(studio.context, engines={engine.name: engine})),
        queued,
    )

    (order,) = seen
    assert order.request == parse_request({"prompt": "a red boat", "seed": 9, "fov": "wide"})
    assert order.seed == 9
