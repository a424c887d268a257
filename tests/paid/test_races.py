"""What two people or processes do with one paid picture in the same moment, on Postgres."""

from __future__ import annotations

import pytest

from core.domain.failure import Charge, Failure, Phase, ProviderError
from core.domain.states import State
from core.engines.base import PaidEngine
from core.errors import StaleStateError
from core.generation.attempt_recorder import AttemptRecorder
from core.library import trash
from core.records.generations import Generation
from core.wiring import Studio
from tests.fakes.bria import FakeBria
from tests.paid.test_cancelled_and_paid import LateAnswer, give_up
from tests.paid.test_cancelled_while_sent import row_of_batch
from tests.paid.test_paying_once import books_agree, charges_of
from tests.paid.work import ask, work_on
from tests.races import begin_and_meet_a_lock

pytestmark = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)

BUSY = Failure(
    phase=Phase.SUBMIT, kind="http_503", charge=Charge.NO, message="Bria is busy.", advice=""
)


def failed_with_a_known_number(studio: Studio, fake: FakeBria) -> Generation:
    fake.plan("asset", "bomb")
    failed = work_on(studio, ask(studio))
    give_up(studio, failed.id)
    assert studio.library.throw_away([failed.id])
    return failed


def test_a_picture_that_is_asked_for_while_the_trash_is_emptied_keeps_its_words(
    paid: Studio, fake: FakeBria
) -> None:
    failed = failed_with_a_known_number(paid, fake)

    with paid.database.writing() as session:
        assert AttemptRecorder(paid.context).ask_for_ended(session, failed.id)
        emptying = begin_and_meet_a_lock(
            paid.database, lambda: paid.library.empty_trash(older_than_days=0)
        )
    emptying.result()

    made = work_on(paid, failed)
    assert (made.state, made.prompt, made.purged_at) == (State.COMPLETED, failed.prompt, None)
    assert len(fake.charges()) == 1


def test_a_picture_is_not_asked_for_any_more_whose_words_are_being_emptied(
    paid: Studio, fake: FakeBria
) -> None:
    failed = failed_with_a_known_number(paid, fake)
    now = paid.clock.now()

    with paid.database.writing() as session:
        trash.purge(session, trashed_before=now, now=now)
        asking = begin_and_meet_a_lock(paid.database, lambda: paid.decisions.check_again(failed.id))

    with pytest.raises(StaleStateError, match="nothing to ask for"):
        asking.result()
    assert paid.service.see(failed.id).state is State.FAILED


def test_an_answer_that_comes_while_its_picture_is_being_cancelled_is_taken(
    paid: Studio, fake: FakeBria
) -> None:
    batch_id, row = row_of_batch(paid)
    late = LateAnswer(paid, row)
    paid.decisions.send_again(row.id)

    with paid.database.writing() as session:
        paid.decisions.cancel_batch(session, batch_id)
        arriving = begin_and_meet_a_lock(paid.database, late.arrive)

    assert arriving.result().state is State.ACCEPTED
    assert work_on(paid, row).state is State.COMPLETED
    assert len(fake.charges()) == 1
    assert books_agree(paid, row)


def test_a_row_that_comes_back_while_its_batch_is_being_cancelled_is_not_sent_again(
    paid: Studio,
) -> None:
    batch_id, row = row_of_batch(paid)
    recorder = AttemptRecorder(paid.context)
    number = recorder.commit_intent(row, "{}")
    sent = paid.service.see(row.id)
    engine = paid.context.engines["bria"]
    assert isinstance(engine, PaidEngine)

    with paid.database.writing() as session:
        paid.decisions.cancel_batch(session, batch_id)
        settling = begin_and_meet_a_lock(
            paid.database,
            lambda: recorder.settle_failure(sent, engine, number, ProviderError(BUSY)),
        )

    assert settling.result().state is State.CANCELLED
    assert charges_of(paid, row) == [Charge.NO]
    assert books_agree(paid, row)


def test_an_unclear_row_is_not_sent_again_by_itself_while_its_batch_is_being_cancelled(
    paid: Studio,
) -> None:
    batch_id, row = row_of_batch(paid)
    recorder = AttemptRecorder(paid.context)
    recorder.commit_intent(row, "{}")
    recorder.settle_lost_intent(paid.service.see(row.id))

    with paid.database.writing() as session:
        paid.decisions.cancel_batch(session, batch_id)
        resending = begin_and_meet_a_lock(
            paid.database, lambda: recorder.send_again(row.id, pause_seconds=1.0)
        )
    resending.result()

    assert paid.service.see(row.id).state is State.UNKNOWN
    assert books_agree(paid, row)
