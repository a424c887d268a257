"""A picture already owned answers its request: how long, how many, and never another one."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from core.batches.quote import quote_of
from core.domain.request import cache_key, canonical_form, parse_request
from core.domain.states import State
from core.errors import NotFoundError
from core.figures import recount
from core.tables.cache import CacheEntryRow
from core.wiring import Studio
from tests.cache.cached_studio import CachedStudio, cached_studio

HOUR = 3600


@pytest.fixture
def cached(studio: Studio) -> CachedStudio:
    return cached_studio(studio)


def test_the_first_request_is_a_miss_and_the_second_a_hit_that_costs_nothing(
    cached: CachedStudio,
) -> None:
    first, second = cached.ask(), cached.ask()

    assert (first.cached, second.cached) == (False, True)
    assert second.state is State.COMPLETED
    assert second.image_sha256 == first.image_sha256
    assert cached.service.cost_of(second.id).certain_microusd == 0
    assert len(cached.engine.drawn) == 1
    assert (cached.counts.entries, cached.counts.hits) == (1, 1)
    assert cached.counts.picture_bytes > 0


def test_a_hit_is_a_picture_of_its_own_in_the_figures(cached: CachedStudio) -> None:
    cached.ask()
    cached.ask()

    totals = cached.studio.insights.cache_totals()
    assert (totals.asked, totals.of("eligible"), totals.of("hits")) == (2, 2, 1)
    assert (totals.of("tried"), totals.of("run_count")) == (1, 1)
    with cached.studio.database.reading() as session:
        assert recount.differences(session) == []


@pytest.mark.parametrize(
    "fields",
    [{"prompt": "a fox"}, {"lighting": "studio"}, {"seed": 3}, {"aspect_ratio": "16:9"}],
    ids=lambda fields: next(iter(fields)),
)
def test_a_request_that_differs_in_one_thing_is_another_request(
    cached: CachedStudio, fields: dict[str, str]
) -> None:
    cached.ask()

    assert not cached.ask(**fields).cached


def test_a_request_may_look_past_the_cache_and_still_fills_it(cached: CachedStudio) -> None:
    cached.ask()

    assert not cached.ask(use_cache=False).cached
    assert cached.ask().cached


def test_an_entry_answers_until_its_hour_is_over(cached: CachedStudio) -> None:
    cached.ask()

    cached.wait(HOUR - 1)
    assert cached.ask().cached
    assert cached.is_owned()

    cached.wait(1)
    assert not cached.is_owned()
    assert not cached.ask().cached
    assert cached.counts.found_expired == 1


def test_a_life_of_0_seconds_keeps_nothing(studio: Studio) -> None:
    cached = cached_studio(studio, ttl_seconds=0)
    cached.ask()

    assert not cached.ask().cached
    assert cached.counts.entries == 0


def test_the_one_used_longest_ago_makes_room(studio: Studio) -> None:
    cached = cached_studio(studio, max_entries=2)
    for prompt in ("one", "two"):
        cached.ask(prompt)
        cached.wait(1)
    cached.ask("one")
    cached.wait(1)

    cached.ask("three")

    assert cached.counts.entries == 2
    assert cached.counts.evicted == 1
    assert [cached.is_owned(prompt) for prompt in ("one", "two", "three")] == [True, False, True]


def test_everything_what_has_expired_or_one_alone_can_be_cleared(cached: CachedStudio) -> None:
    cached.ask("old")
    cached.wait(HOUR)
    cached.ask("new")
    kept = cached.ask("other")
    cached.ask("last")

    assert cached.results.clear_expired() == 1
    assert [cached.is_owned(prompt) for prompt in ("new", "other")] == [True, True]
    assert cached.results.clear_one(kept.id) == 1
    assert cached.results.clear_one(kept.id) == 0
    assert [cached.is_owned(prompt) for prompt in ("new", "other")] == [True, False]
    assert cached.results.clear_all() == 2
    assert (cached.counts.entries, cached.counts.cleared) == (0, 4)
    assert cached.service.see(kept.id).image_sha256


def test_two_requests_with_one_key_are_never_answered_with_each_others_picture(
    cached: CachedStudio,
) -> None:
    cached.ask("a fox")
    collision = cache_key(canonical_form(parse_request({"prompt": "a boat"})))
    with cached.studio.database.writing() as session:
        session.execute(update(CacheEntryRow).values(cache_key=collision))

    assert not cached.is_owned("a boat")
    assert not cached.ask("a boat").cached


def test_what_is_owned_survives_a_restart(open_studio: Callable[[], Studio]) -> None:
    cached_studio(open_studio()).ask()

    after = cached_studio(open_studio())

    assert after.is_owned()
    assert after.ask().cached
    assert after.engine.drawn == []


def test_nobody_is_given_another_persons_picture(cached: CachedStudio) -> None:
    cached.ask()

    assert cached.is_owned()
    assert not cached.is_owned(user_id=2)


def test_a_picture_in_the_trash_is_no_longer_owned(cached: CachedStudio) -> None:
    made = cached.ask()

    cached.studio.library.throw_away([made.id])

    assert not cached.ask().cached


def test_the_memory_forgets_what_is_cleared_here(cached: CachedStudio) -> None:
    cached.ask()
    assert cached.is_owned()

    cached.results.clear_all()

    assert not cached.is_owned()


def test_what_another_process_clears_is_not_given_out_though_the_memory_still_offers_it(
    cached: CachedStudio,
) -> None:
    cached.ask()
    assert cached.is_owned()

    with cached.studio.database.writing() as session:
        session.execute(delete(CacheEntryRow))

    assert cached.is_owned()
    assert not cached.ask().cached


def test_what_was_missed_is_not_remembered_as_missing(cached: CachedStudio) -> None:
    assert not cached.is_owned()

    cached.ask()

    assert cached.is_owned()


def be_missing(file: Path) -> None:
    file.unlink()


def be_empty(file: Path) -> None:
    file.write_bytes(b"")


def be_cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])


@pytest.mark.parametrize("spoil", [be_missing, be_empty, be_cut])
def test_a_picture_whose_file_is_not_whole_is_not_owned_and_is_made_anew(
    cached: CachedStudio, spoil: Callable[[Path], None]
) -> None:
    first = cached.ask()
    assert cached.is_owned()
    spoil(cached.service.picture_file(first).path)
    request = parse_request({"prompt": "a boat"})

    assert not cached.is_owned()
    assert cached.service.reuse(request) is None
    quote = quote_of(cached.studio.database, cached.service, [request], user_id=1)
    assert (quote.owned, quote.paying) == (0, 1)
    assert cached.counts.hits == 0
    again = cached.ask()

    assert (again.cached, again.state) == (False, State.COMPLETED)
    assert cached.service.picture_file(again).path.stat().st_size > 0
    assert cached.ask().cached
    assert len(cached.engine.drawn) == 2


def test_a_picture_that_was_found_damaged_answers_nothing_though_it_has_its_length(
    cached: CachedStudio,
) -> None:
    first = cached.ask()
    file = cached.service.picture_file(first).path
    file.write_bytes(bytes(file.stat().st_size))
    os.utime(file, (1, 1))  # a clock of files may stand still for some milliseconds
    with pytest.raises(NotFoundError, match="damaged"):
        cached.service.picture_file(first)

    assert not cached.is_owned()
    assert not cached.ask().cached


def test_an_entry_whose_disk_comes_back_answers_again(cached: CachedStudio) -> None:
    file = cached.service.picture_file(cached.ask()).path
    away = file.rename(file.with_suffix(".away"))
    assert not cached.is_owned()
    assert cached.service.reuse(parse_request({"prompt": "a boat"})) is None

    away.rename(file)

    assert cached.is_owned()
    assert cached.ask().cached
