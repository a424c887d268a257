"""A picture is owned under the seed and the scene that came back, as long as it is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, update
from sqlmodel import col

from core.batches.quote import quote_of
from core.cache import owned_forms
from core.domain.request import (
    GenerationRequest,
    canonical_form,
    fields_of_canonical,
    forms_of_picture,
    parse_request,
    without_seed,
)
from core.generation.pipeline import Pipeline
from core.library import trash
from core.records import generations
from core.records.batches import Plan
from core.records.generations import Generation
from core.tables.cache import CacheEntryRow, OwnedFormRow
from core.tables.generation import GenerationRow, PayloadRow
from core.wiring import Studio
from tests.batches.orders import feeder_of, new_lines, run_to_end
from tests.cache.cached_studio import CachedStudio, cached_studio
from tests.fakes.engine import PaintedEngine
from tests.records.any_request import requests, started_again

SCENE = '{"short_description": "a square"}'
"""What the painted engine returns."""

YEAR = 365 * 86_400


@pytest.fixture
def cached(studio: Studio) -> CachedStudio:
    return cached_studio(studio)


def make(studio: Studio, engine: PaintedEngine, request: GenerationRequest) -> Generation:
    """Ask for a picture and, unless it is owned, make it."""
    asked = studio.service.ask(request)
    if asked.is_waiting:
        context = replace(studio.context, engines={engine.name: engine})
        asyncio.run(Pipeline(context).run(asked.id))
    return studio.service.see(asked.id)


def count_forms(studio: Studio) -> int:
    with studio.database.reading() as session:
        return int(session.execute(select(func.count()).select_from(OwnedFormRow)).scalar_one())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(requests(), st.sampled_from(["manifest.csv", "manifest.json"]))
def test_any_picture_is_owned_by_the_row_of_its_manifest(
    studio: Studio, engine: PaintedEngine, request: GenerationRequest, name: str
) -> None:
    request = request.model_copy(update={"engine": "preview", "use_cache": True})
    made = make(studio, engine, request)
    drawn = len(engine.drawn)

    (line,) = started_again(studio, made, name)

    quote = studio.batches.quote([line.request])
    assert (quote.owned, quote.paying) == (1, 0)
    found = studio.service.find_owned(line.request)
    assert found is not None
    again = make(studio, engine, line.request)
    assert (again.cached, again.image_sha256) == (True, made.image_sha256)
    stored = studio.service.see(again.id)
    assert stored.request == line.request, "a row says what was asked for, not what was found"
    assert len(engine.drawn) == drawn


def test_a_batch_whose_manifest_is_uploaded_again_pays_for_the_row_that_was_mended(
    studio: Studio, engine: PaintedEngine
) -> None:
    first = studio.batches.start(Plan(name="first"), new_lines(5))
    run_to_end(studio, feeder_of(studio))
    made = [line.generation for line in studio.batches.lines(first.id) if line.generation]
    lines = [line for one in made for line in started_again(studio, one, "manifest.csv")]

    quote = studio.batches.quote([line.request for line in lines])
    assert (quote.owned, quote.paying) == (5, 0)

    mended = lines[2].request.model_copy(update={"prompt": "a boat at night"})
    lines[2] = replace(lines[2], request=mended)
    quote = studio.batches.quote([line.request for line in lines])
    assert (quote.owned, quote.paying) == (4, 1)

    again = studio.batches.start(Plan(name="again"), lines)
    run_to_end(studio, feeder_of(studio))
    assert len(engine.drawn) == 6
    pictures = [line.generation for line in studio.batches.lines(again.id) if line.generation]
    assert [one.cached for one in pictures] == [True, True, False, True, True]


@pytest.mark.parametrize(
    "parameters", [{"lighting": "soft"}, {}], ids=["with its parameters", "with its scene alone"]
)
def test_the_scene_that_came_back_with_its_seed_is_the_picture(
    cached: CachedStudio, parameters: dict[str, Any]
) -> None:
    before = '{"short_description": "a boat"}'
    made = cached.ask(lighting="soft", structured_prompt=before, instruction="make it night")

    told = {**parameters, "structured_prompt": SCENE}
    assert not cached.ask(**told, seed=made.seed - 1).cached
    again = cached.ask(**told, seed=made.seed)

    assert (again.cached, again.image_sha256) == (True, made.image_sha256)
    assert (again.instruction, again.asked_scene) == (None, SCENE)


def test_the_seed_that_came_back_counts_beside_the_one_that_was_asked(
    cached: CachedStudio,
) -> None:
    asked = cached.service.ask(parse_request({"prompt": "a boat", "seed": 5}))
    with cached.studio.database.writing() as session:
        generations.note_returned_seed(session, asked.id, 77)
    asyncio.run(cached.pipeline.run(asked.id))

    assert [cached.ask(seed=seed).cached for seed in (5, 77)] == [True, True]
    assert not cached.ask(seed=6).cached


def test_a_picture_under_way_is_joined_by_whoever_names_its_seed(studio: Studio) -> None:
    first = studio.service.ask(parse_request({"prompt": "a boat"}))

    def ask(seed: int) -> int:
        return studio.service.ask(parse_request({"prompt": "a boat", "seed": seed})).id

    assert ask(first.seed) == first.id
    assert ask(first.seed - 1) != first.id


def test_each_of_two_pictures_of_one_request_is_owned_by_its_seed(cached: CachedStudio) -> None:
    first = cached.ask()
    second = cached.ask(use_cache=False)

    answers = [cached.ask(seed=one.seed).image_sha256 for one in (first, second)]
    assert answers == [first.image_sha256, second.image_sha256]
    assert cached.ask().image_sha256 == second.image_sha256, "the newest answers an open seed"
    assert len(cached.engine.drawn) == 2


def test_the_row_of_a_manifest_is_owned_after_a_restart(
    open_studio: Callable[[], Studio],
) -> None:
    made = cached_studio(open_studio()).ask()

    after = cached_studio(open_studio())

    assert after.ask(seed=made.seed).cached
    assert after.engine.drawn == []


def test_a_manifest_costs_nothing_however_late(cached: CachedStudio) -> None:
    made = cached.ask()
    (row,) = started_again(cached.studio, made, "manifest.csv")
    cached.wait(YEAR)
    cached.results.clear_expired()

    assert not cached.is_owned()
    assert cached.service.find_owned(row.request) is not None
    quote = quote_of(cached.studio.database, cached.service, [row.request], user_id=1)
    assert (quote.owned, quote.paying) == (1, 0)
    again = cached.ask(seed=made.seed)
    assert (again.cached, again.image_sha256) == (True, made.image_sha256)
    assert not cached.ask().cached, "an open seed may bring another picture"


@pytest.mark.parametrize("clears_one", [False, True])
def test_what_somebody_has_cleared_is_made_anew_with_its_seed_too(
    cached: CachedStudio, *, clears_one: bool
) -> None:
    made = cached.ask()
    other = cached.ask("another boat")
    assert cached.ask(seed=made.seed).cached, "a second row shows the picture"

    if clears_one:
        cached.results.clear_one(made.id)
    else:
        cached.results.clear_all()

    assert not cached.is_owned_with(made.seed)
    assert cached.is_owned_with(other.seed, "another boat") == clears_one
    assert not cached.ask(seed=made.seed).cached


def test_a_row_that_was_ordered_past_the_cache_is_owned_when_its_manifest_comes_back(
    cached: CachedStudio,
) -> None:
    made = cached.ask(use_cache=False)

    (row,) = started_again(cached.studio, made, "manifest.json")

    quote = quote_of(cached.studio.database, cached.service, [row.request], user_id=1)
    assert (quote.owned, quote.paying) == (1, 0)
    anew = row.request.model_copy(update={"use_cache": False})
    quote = quote_of(cached.studio.database, cached.service, [anew], user_id=1)
    assert (quote.owned, quote.paying) == (0, 1), "that is how to say it is to be made anew"


def test_without_a_cache_a_picture_is_owned_under_its_seed(studio: Studio) -> None:
    cached = cached_studio(studio, ttl_seconds=0)
    made = cached.ask()

    assert cached.ask(seed=made.seed).cached
    assert not cached.ask().cached


def test_a_picture_is_owned_until_the_last_that_shows_it_is_in_the_trash(
    cached: CachedStudio,
) -> None:
    library = cached.studio.library
    made = cached.ask()
    shown = cached.ask(seed=made.seed)

    library.throw_away([made.id])
    again = cached.ask(seed=made.seed)
    assert (again.cached, again.image_sha256) == (True, made.image_sha256)
    assert saved_by(cached.studio, again) == saved_by(cached.studio, shown)
    library.throw_away([shown.id, again.id])
    assert not cached.is_owned_with(made.seed)
    library.bring_back([made.id])
    assert cached.is_owned_with(made.seed)
    cached.service.picture_file(made).path.unlink()
    assert not cached.is_owned_with(made.seed)
    assert not cached.ask(seed=made.seed).cached


def test_an_emptied_trash_leaves_no_trace_of_what_was_asked(cached: CachedStudio) -> None:
    studio, made = cached.studio, cached.ask()
    assert count_forms(studio)

    with studio.database.writing() as session:
        trash.put_into_trash(session, [made.id], now=cached.clock.now())
        later = cached.clock.now() + timedelta(seconds=1)
        trash.purge(session, trashed_before=later, now=later)

    assert count_forms(studio) == 0


def test_a_picture_that_asked_for_nothing_readable_answers_no_request(cached: CachedStudio) -> None:
    made = cached.ask()
    with cached.studio.database.writing() as session:
        its = col(PayloadRow.generation_id) == made.id
        session.execute(update(PayloadRow).where(its).values(canonical="of a later version"))

        owned_forms.note(session, made.id)

    assert count_forms(cached.studio) == 0


def test_a_hit_by_the_seed_counts_where_the_picture_is_remembered(cached: CachedStudio) -> None:
    made = cached.ask()

    cached.ask(seed=made.seed)

    assert cached.counts.hits == 1


def test_pictures_of_a_version_before_answer_with_their_seeds_too(
    cached: CachedStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [cached.ask(str(number) * 3) for number in range(3)]
    asked = cached.ask("with its own seed", seed=5)
    step = import_module("core.migrations.versions.0010_what_is_owned_and_drafts")
    monkeypatch.setattr(step, "PICTURES_AT_ONCE", 2)
    with cached.studio.database.writing() as session:
        session.execute(delete(OwnedFormRow))
        session.execute(delete(CacheEntryRow))

        step.fill_owned_forms(session.connection())

    drawn = len(cached.engine.drawn)
    for one in (*made, asked):
        assert cached.ask(one.prompt, seed=one.seed).image_sha256 == one.image_sha256
    assert len(cached.engine.drawn) == drawn
    file = cached.service.picture_file(asked).path
    file.write_bytes(b"")
    assert not cached.ask(asked.prompt, seed=asked.seed).cached, "of any length, but not of none"


@given(requests(), st.integers(0, 9), st.none() | st.just(SCENE))
def test_the_forms_of_a_picture_are_what_was_asked_with_its_seed_and_its_scene(
    request: GenerationRequest, seed: int, scene: str | None
) -> None:
    asked = canonical_form(request)

    forms = forms_of_picture(asked, seed=seed, scene=scene)

    assert forms[0] == canonical_form(request.model_copy(update={"seed": seed}))
    assert (asked in forms) == (request.seed is not None)
    assert len(set(forms)) == len(forms)
    told = [fields_of_canonical(form) for form in forms]
    assert all(one is not None and parse_request(one).seed is not None for one in told)
    opened = request.model_copy(update={"seed": None})
    assert {without_seed(one) for one in (asked, forms[0])} == {canonical_form(opened)}


def saved_by(studio: Studio, one: Generation) -> tuple[int, float | None]:
    with studio.database.reading() as session:
        row = session.get_one(GenerationRow, one.id)
        return row.saved_microusd, row.saved_seconds
