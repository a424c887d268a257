"""Asking again for pictures of the history: only what ended without one, and paid for once."""

from __future__ import annotations

import pytest

from core.batches import from_history
from core.batches.from_history import plan_history_retry, plan_of
from core.domain.request import cache_key, canonical_form, parse_request
from core.domain.states import State
from core.errors import InvalidRequestError
from core.wiring import Studio
from tests.batches.orders import feeder_of, work_off
from tests.records.little_history import add_pictures


def run(studio: Studio, ids: list[int]) -> list[int]:
    """Retry pictures as the page does, make them, and return what they became."""
    retry = plan_history_retry(studio.database, ids, now=studio.clock.now())
    batch = studio.batches.start(plan_of("Retry", retry.lines), retry.lines)
    feeder = feeder_of(studio)
    while feeder.feed():
        work_off(studio)
    made = [line.generation for line in studio.batches.lines(batch.id)]
    return [one.id for one in made if one is not None]


def test_only_what_failed_or_was_blocked_is_asked_for_again(studio: Studio) -> None:
    failed, blocked, made, cancelled = add_pictures(
        studio,
        {"status": "failed", "prompt": "a boat", "lighting": "soft", "asked_seed": 7},
        {"status": "blocked", "prompt": "a dog"},
        {"image_sha256": "0" * 64},
        {"status": "cancelled"},
    )

    retry = plan_history_retry(
        studio.database, [made, blocked, failed, cancelled, 5], now=studio.clock.now()
    )

    assert [line.row_id for line in retry.lines] == [str(blocked), str(failed)]
    assert retry.lines[1].request.parameters == {"lighting": "soft"}
    assert [line.request.seed for line in retry.lines] == [None, 7]
    assert (retry.made_since, retry.others) == (0, 2)


def test_the_same_request_goes_out_again_with_its_scene_and_its_parent(studio: Studio) -> None:
    (parent,) = add_pictures(studio, {})
    request = parse_request(
        {
            "prompt": "a boat",
            "structured_prompt": '{"short_description": "a boat"}',
            "instruction": "make it night",
            "aspect_ratio": "16:9",
        }
    )
    asked = studio.service.ask(request, parent_id=parent)
    studio.decisions.cancel(asked.id)
    with studio.database.writing() as session:
        session.connection().exec_driver_sql("UPDATE generation SET status = 'failed'")

    (line,) = plan_history_retry(studio.database, [asked.id], now=studio.clock.now()).lines

    assert canonical_form(line.request) == canonical_form(request)
    assert line.parent_id == parent


def test_a_row_of_the_past_that_no_engine_takes_holds_nobody_up(studio: Studio) -> None:
    old, good = add_pictures(
        studio, {"status": "failed", "engine": "steam"}, {"status": "failed", "prompt": "a dog"}
    )

    retry = plan_history_retry(studio.database, [old, good], now=studio.clock.now())

    assert [line.row_id for line in retry.lines] == [str(good)]


def test_twins_and_second_tries_are_paid_for_once(studio: Studio) -> None:
    key = cache_key(canonical_form(parse_request({"prompt": "a boat"})))
    twins = add_pictures(studio, *({"status": "failed", "cache_key": key} for _ in range(2)))

    first = run(studio, twins)
    second = plan_history_retry(studio.database, twins, now=studio.clock.now())

    assert len(set(first)) == 1
    assert studio.service.see(first[0]).state is State.COMPLETED
    assert (second.lines, second.made_since) == ((), 2)


def test_a_retry_of_too_many_is_refused_in_a_sentence(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(from_history, "MOST_AGAIN", 2)

    with pytest.raises(InvalidRequestError, match="at most 2 pictures at once, not 3"):
        plan_history_retry(studio.database, [1, 2, 3], now=studio.clock.now())
