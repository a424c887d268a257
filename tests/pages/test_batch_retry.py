"""The page of a batch says what is asked for free and what is paid before anybody presses."""

from __future__ import annotations

import pytest
from sqlalchemy import update
from sqlmodel import Session, col
from streamlit.testing.v1 import AppTest

from core.batches.control import RetryPlan
from core.domain.failure import Charge
from core.domain.states import State
from core.records import attempts
from core.records.batches import Plan
from core.tables.generation import AttemptRow, GenerationRow
from core.wiring import Studio
from pages.parts.batch.actions import retry_words
from pages.parts.shared import safe_text
from tests.batches.orders import feeder_of, new_lines


def end(
    session: Session, studio: Studio, generation_id: int, state: State, **known: object
) -> None:
    """Write a paid picture that ended so, its one try charged."""
    now = studio.clock.now()
    attempts.begin_attempt(
        session,
        attempt_id=studio.clock.new_id(),
        generation_id=generation_id,
        now=now,
        is_paid=True,
        price_microusd=30_000,
        spend_day=now.date().isoformat(),
    )
    tried = update(AttemptRow).where(col(AttemptRow.generation_id) == generation_id)
    session.execute(tried.values(charge=Charge.YES, **known))
    row = update(GenerationRow).where(col(GenerationRow.id) == generation_id)
    ended = None if state is State.UNKNOWN else now
    session.execute(
        row.values(status=state, completed_at=ended, flight_key=None, engine="bria", **known)
    )


def open_batch(app: AppTest, studio: Studio, *ends: tuple[State, str | None]) -> int:
    """Open the page of a batch whose rows ended so, each with its number at Bria."""
    batch = studio.batches.start(Plan(name="paid"), new_lines(len(ends)))
    feeder = feeder_of(studio)
    feeder.feed()
    made = [line.generation for line in studio.batches.lines(batch.id)]
    with studio.database.writing() as session:
        for one, (state, request_id) in zip(made, ends, strict=True):
            assert one is not None
            end(session, studio, one.id, state, request_id=request_id)
    feeder.feed()
    app.query_params["batch"] = str(batch.id)
    app.run()
    app.switch_page("pages/batch.py").run()
    assert not app.exception
    return batch.id


def labels(app: AppTest) -> dict[str, str]:
    return {one.key: one.label for one in app.button if one.key}


def test_a_batch_with_only_unclear_rows_offers_to_check_them_again(
    app: AppTest, opened: Studio
) -> None:
    batch_id = open_batch(app, opened, (State.UNKNOWN, "a1"), (State.UNKNOWN, None))
    assert labels(app)["batch_check_again"] == "Check 1 again · free"
    assert "batch_retry_failed" not in labels(app)

    app.button(key="batch_check_again").click().run()

    states = [line.generation.state for line in opened.batches.lines(batch_id) if line.generation]
    assert states == [State.ACCEPTED, State.UNKNOWN]
    assert "batch_check_again" not in labels(app)


def test_the_retry_button_names_the_price_and_a_charge_that_cannot_be_had(
    app: AppTest, opened: Studio
) -> None:
    open_batch(app, opened, (State.FAILED, "a1"), (State.FAILED, None), (State.FAILED, None))

    assert labels(app)["batch_check_again"] == "Check 1 again · free"
    assert labels(app)["batch_retry_failed"] == safe_text.as_label("Retry 2 failed · at most $0.06")
    assert any("2 of them may have been charged before" in one.value for one in app.caption)


@pytest.mark.parametrize(
    ("retry", "words"),
    [
        (RetryPlan(made_anew=1), "Retry 1 failed · free"),
        (
            RetryPlan(made_anew=1200, price_microusd=36_000_000),
            "Retry 1,200 failed · at most $36.00",
        ),
    ],
)
def test_a_retry_says_its_price_or_that_it_is_free(retry: RetryPlan, words: str) -> None:
    assert retry_words(retry) == words


def test_each_row_without_a_picture_says_in_the_table_what_can_be_done(
    app: AppTest, opened: Studio
) -> None:
    open_batch(app, opened, (State.FAILED, None), (State.BLOCKED, None), (State.UNKNOWN, "a1"))

    assert list(app.dataframe[0].value["reason"]) == [
        "Try it again.",
        "Change the prompt and try again.",
        "Check again, send it again, or give up.",
    ]
