"""Asking for pictures: one row a picture, owned ones reused, equal ones joined."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from core.domain.request import GenerationRequest, parse_request
from core.domain.states import State
from core.errors import EngineMissingError, NotFoundError
from core.generation.pipeline import Pipeline
from core.records.generations import Generation
from core.wiring import Studio
from tests.fakes.engine import PaintedEngine
from tests.running import run_pipeline


def a_request(**fields: Any) -> GenerationRequest:
    return parse_request({"prompt": "a red boat", **fields})


@pytest.fixture
def pipeline(studio: Studio, engine: PaintedEngine) -> Pipeline:
    return Pipeline(replace(studio.context, engines={engine.name: engine}))


def count_rows(studio: Studio) -> int:
    with studio.database.reading() as session:
        found = session.connection().execute(text("SELECT count(*) FROM generation")).scalar()
    assert isinstance(found, int)
    return found


def test_a_request_is_a_queued_row_before_the_answer(studio: Studio) -> None:
    generation = studio.service.ask(a_request(lighting="golden-hour", seed=7))

    assert studio.service.see(generation.id) == generation
    assert generation.state is State.QUEUED
    assert generation.parameters == {"lighting": "golden-hour"}
    assert (generation.seed, generation.asked_seed) == (7, 7)


def test_a_request_without_a_seed_gets_one_and_remembers_that_none_was_asked(
    studio: Studio,
) -> None:
    generation = studio.service.ask(a_request())

    assert generation.seed >= 1
    assert generation.asked_seed is None


def test_the_same_request_under_way_is_joined_by_everyone(studio: Studio) -> None:
    with ThreadPoolExecutor(8) as people:
        answers = list(people.map(lambda _: studio.service.ask(a_request()), range(16)))

    assert len({answer.id for answer in answers}) == 1
    assert count_rows(studio) == 1


def test_an_owned_picture_is_answered_at_once_and_marked(
    studio: Studio, pipeline: Pipeline, engine: PaintedEngine
) -> None:
    first = run_pipeline(studio, pipeline, studio.service.ask(a_request(fov="wide")))

    again = studio.service.ask(a_request(fov="wide"))

    assert again.cached
    assert not first.cached
    assert again.state is State.COMPLETED
    assert again.id != first.id
    assert (again.image_sha256, again.seed) == (first.image_sha256, first.seed)
    assert again.quality_score == first.quality_score == 0.75
    assert len(engine.drawn) == 1
    assert studio.service.see_detail(again.id) == studio.service.see_detail(first.id)


def test_without_the_cache_every_request_is_a_picture_of_its_own(
    studio: Studio, pipeline: Pipeline
) -> None:
    run_pipeline(studio, pipeline, studio.service.ask(a_request()))

    one = studio.service.ask(a_request(use_cache=False))
    other = studio.service.ask(a_request(use_cache=False))

    assert not one.cached
    assert one.id != other.id


def test_another_person_does_not_get_my_picture(studio: Studio, pipeline: Pipeline) -> None:
    run_pipeline(studio, pipeline, studio.service.ask(a_request()))

    theirs = studio.service.ask(a_request(), user_id=2)

    assert not theirs.cached
    assert theirs.state is State.QUEUED


def test_a_picture_older_than_the_cache_keeps_is_made_anew(
    studio: Studio, pipeline: Pipeline
) -> None:
    first = run_pipeline(studio, pipeline, studio.service.ask(a_request()))
    with studio.database.writing() as session:
        shift = "- 3601000000" if studio.database.is_sqlite else "- interval '3601 seconds'"
        session.connection().execute(
            text(f"UPDATE cache_entry SET expires_at = expires_at {shift}")  # noqa: S608
        )

    again = studio.service.ask(a_request())

    assert first.state is State.COMPLETED
    assert not again.cached


def test_keys_that_collide_never_give_another_requests_picture(
    studio: Studio, pipeline: Pipeline
) -> None:
    run_pipeline(studio, pipeline, studio.service.ask(a_request()))
    other = a_request(prompt="a blue boat")
    with studio.database.writing() as session:
        from core.domain.request import cache_key, canonical_form

        session.connection().execute(
            text("UPDATE cache_entry SET cache_key = :key"),
            {"key": cache_key(canonical_form(other))},
        )

    assert not studio.service.ask(other).cached


def test_an_engine_that_is_not_set_up_is_refused_without_a_row(studio: Studio) -> None:
    with pytest.raises(EngineMissingError, match="bria is not set up"):
        studio.service.ask(a_request(engine="bria"))

    assert count_rows(studio) == 0


def test_what_was_never_asked_is_not_found(studio: Studio) -> None:
    for look in (studio.service.see, studio.service.see_detail):
        with pytest.raises(NotFoundError):
            look(12345)


def test_pages_go_back_in_time_and_stay_the_same_while_new_pictures_arrive(
    studio: Studio,
) -> None:
    asked = [studio.service.ask(a_request(prompt=f"boat {number}")) for number in range(7)]

    first = studio.service.newest(limit=3)
    studio.service.ask(a_request(prompt="a late boat"))
    last = first[-1]
    second = studio.service.newest(limit=3, before=(last.created_at, last.id))

    newest_first = [one.id for one in reversed(asked)]
    assert [one.id for one in first] == newest_first[:3]
    assert [one.id for one in second] == newest_first[3:6]


def test_pictures_outlive_a_restart(
    open_studio: Callable[[], Studio], engine: PaintedEngine
) -> None:
    studio = open_studio()
    pipeline = Pipeline(replace(studio.context, engines={engine.name: engine}))
    made: Generation = run_pipeline(studio, pipeline, studio.service.ask(a_request()))
    url = studio.service.picture_url(made)
    studio.close()

    restarted = open_studio()

    assert restarted.service.newest(limit=5) == [made]
    assert restarted.service.picture_url(made) == url
    assert restarted.service.picture_file(made).path.is_file()
