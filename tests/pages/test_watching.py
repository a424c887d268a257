"""Whatever waits on a page is looked for again by the page itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.testing.v1 import AppTest

from core.domain.batching import BatchState
from core.domain.request import parse_request
from core.domain.states import State
from core.generation.refining import refine
from core.records.batches import Plan
from core.wiring import Studio
from pages.parts.shared.banner import LOOK_EVERY_SECONDS as OF_BANNER
from tests.batches.orders import feeder_of, new_lines
from tests.pages.making import make
from tests.pages.test_batch_retry import end

Intervals = list[float]


@pytest.fixture
def asked_for(monkeypatch: pytest.MonkeyPatch) -> Intervals:
    """After how many seconds the parts of a page asked to be drawn again, the banner apart."""
    found: Intervals = []
    enqueue = ForwardMsgQueue.enqueue

    def note(queue: ForwardMsgQueue, message: ForwardMsg) -> None:
        if message.HasField("auto_rerun") and message.auto_rerun.interval != OF_BANNER:
            found.append(message.auto_rerun.interval)
        enqueue(queue, message)

    monkeypatch.setattr(ForwardMsgQueue, "enqueue", note)
    return found


def ask(studio: Studio, prompt: str = "a plum") -> int:
    return studio.service.ask(parse_request({"prompt": prompt})).id


def ended(studio: Studio, state: State, prompt: str = "a plum") -> int:
    number = ask(studio, prompt)
    with studio.database.writing() as session:
        end(session, studio, number, state)
    return number


def batch(studio: Studio, *moves: str) -> int:
    batch_id = studio.batches.start(Plan(name="two"), new_lines(2)).id
    for move in moves:
        getattr(studio.batches, move)(batch_id)
    return batch_id


def batch_after_its_test_run(studio: Studio) -> int:
    batch_id = studio.batches.start(Plan(name="two"), new_lines(2), pilot=[1]).id
    feeder = feeder_of(studio)
    feeder.feed()
    line = studio.batches.line(batch_id, 1)
    assert line.generation is not None
    with studio.database.writing() as session:
        end(session, studio, line.generation.id, State.FAILED)
    feeder.feed()
    assert studio.batches.load(batch_id).state is BatchState.PILOTED
    return batch_id


def refined(studio: Studio) -> int:
    """Return a picture from which a child is being made."""
    parent = make(studio, "a plum")
    refine(studio.service, parent.id, instruction="make it night")
    return parent.id


WAITING: dict[str, tuple[str, str, Callable[[Studio], int]]] = {
    "a picture that is made": ("generate", "shown", ask),
    "an unclear picture": ("generate", "shown", lambda one: ended(one, State.UNKNOWN)),
    "a failed picture": ("generate", "shown", lambda one: ended(one, State.FAILED)),
    "the list of batches": ("batch", "", batch),
    "a running batch": ("batch", "batch", batch),
    "a paused batch": ("batch", "batch", lambda one: batch(one, "pause")),
    "a batch after its test run": ("batch", "batch", batch_after_its_test_run),
    "an ended batch": ("batch", "batch", lambda one: batch(one, "cancel")),
    "an opened picture that is made": ("history", "picture", ask),
    "an opened picture that is unclear": (
        "history",
        "picture",
        lambda one: ended(one, State.UNKNOWN),
    ),
    "a picture that is refined now": ("history", "picture", refined),
    "a review of a picture that is made": ("history", "review", ask),
    "a comparison with a picture that is made": ("history", "compare", ask),
    "figures of pictures under way": ("statistics", "", ask),
    "figures of none under way": ("statistics", "", lambda one: make(one, "a plum").id),
    "no figures yet": ("statistics", "", lambda _: 0),
}


@pytest.mark.parametrize(("page", "part", "begin"), WAITING.values(), ids=WAITING)
def test_what_waits_is_looked_for_by_the_page_itself(
    app: AppTest,
    opened: Studio,
    asked_for: Intervals,
    page: str,
    part: str,
    begin: Callable[[Studio], int],
) -> None:
    number = begin(opened)
    app.run()
    asked_for.clear()
    if part:
        app.query_params[part] = str(number)

    app.run() if page == "generate" else app.switch_page(f"pages/{page}.py").run()

    assert not app.exception
    assert asked_for
    assert max(asked_for) <= 5


def test_a_picture_that_is_there_is_not_looked_for_again(
    app: AppTest, opened: Studio, asked_for: Intervals
) -> None:
    app.query_params["shown"] = str(make(opened, "a plum").id)
    app.run()

    assert asked_for == []
