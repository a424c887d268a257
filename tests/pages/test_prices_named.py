"""Whatever can cost money says its price before it is pressed: on every page, in every state."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block, Button, Caption

from core import ledger
from core.domain.batching import BatchState, LineState
from core.domain.request import parse_request
from core.domain.states import State
from core.generation.pipeline import Pipeline
from core.records import batch_rows, holds
from core.records.batches import Plan
from core.wiring import Studio
from pages.parts.shared import safe_text
from tests.batches.orders import feeder_of, new_lines
from tests.fakes.engine import PaintedEngine
from tests.pages.conftest import APP
from tests.pages.test_batch_retry import end

Opening = Callable[[AppTest], object]
"""Brings a fresh tab to the state that is looked at."""

PRICED = re.compile(r"\$\d+\\?\.\d\d")


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRIA_API_TOKEN", "a-token-of-a-test")


@pytest.fixture
def rewind(token: None, opened: Studio, tmp_path: Path) -> Iterator[Callable[[], None]]:  # noqa: ARG001 - before the studio opens
    """A function that keeps the rows as they are at its first call, and brings them back later."""
    kept = tmp_path / "kept.sqlite"
    with closing(sqlite3.connect(tmp_path / "fibo.sqlite")) as live:

        def bring_back() -> None:
            is_first = not kept.exists()
            with closing(sqlite3.connect(kept)) as copy:
                source, target = (live, copy) if is_first else (copy, live)
                source.backup(target)
            opened.results.forget_memory()

        yield bring_back


def visit(page: str, **query: int) -> Opening:
    """Return what opens a page with an address."""

    def open_page(app: AppTest) -> None:
        for name, number in query.items():
            app.query_params[name] = str(number)
        app.run()
        if page != "generate":
            app.switch_page(f"pages/{page}.py").run()

    return open_page


def ask(studio: Studio, prompt: str = "a plum", **fields: object) -> int:
    return studio.service.ask(parse_request({"prompt": prompt, "engine": "bria", **fields})).id


def ended(studio: Studio, state: State) -> int:
    """Return a paid picture that ended so."""
    number = ask(studio)
    with studio.database.writing() as session:
        end(session, studio, number, state)
    return number


def made(studio: Studio) -> int:
    """Return a paid picture that is there."""
    number = ask(studio, "a red boat")
    context = replace(studio.context, engines={"bria": PaintedEngine()})
    asyncio.run(Pipeline(context).run(number))
    assert studio.service.see(number).state is State.COMPLETED
    return number


def batch_of(studio: Studio, *, pilot: list[int] | None = None) -> int:
    return studio.batches.start(Plan(name="paid"), new_lines(4, engine="bria"), pilot=pilot).id


def failed_batch(studio: Studio, *, pilot: list[int] | None = None) -> int:
    """Return a batch all of whose rows that were begun have failed."""
    batch_id, feeder = batch_of(studio, pilot=pilot), feeder_of(studio)
    feeder.feed()
    with studio.database.writing() as session:
        for line in batch_rows.page(session, batch_id, limit=9):
            if line.generation is not None:
                end(session, studio, line.generation.id, State.FAILED)
    feeder.feed()
    return batch_id


def written(_studio: Studio) -> Opening:
    """A prompt for the paid engine stands in the form."""

    def write(app: AppTest) -> None:
        app.run()
        app.text_area(key="prompt").set_value("a plum").run()

    return write


def owned(studio: Studio) -> Opening:
    """What the form asks for is owned."""
    made(studio)

    def write(app: AppTest) -> None:
        app.run()
        app.text_area(key="prompt").set_value("a red boat").run()

    return write


def unclear(studio: Studio) -> Opening:
    return visit("generate", shown=ended(studio, State.UNKNOWN))


def failed(studio: Studio) -> Opening:
    return visit("generate", shown=ended(studio, State.FAILED))


def unclear_in_history(studio: Studio) -> Opening:
    return visit("history", detail=ended(studio, State.UNKNOWN))


def unclear_in_the_viewer(studio: Studio) -> Opening:
    return visit("history", picture=ended(studio, State.UNKNOWN))


def refined(studio: Studio) -> Opening:
    """An instruction stands beside a paid picture."""
    number = made(studio)

    def write(app: AppTest) -> None:
        visit("history", detail=number)(app)
        app.text_input(key=f"instruction_{number}").set_value("make it night").run()

    return write


def draft(_studio: Studio) -> Opening:
    """A table is checked and not started."""

    def paste(app: AppTest) -> None:
        visit("batch")(app)
        rows = "\n".join(f"a boat in bay {number}" for number in range(6))
        app.text_area(key="batch_paste").set_value(rows).run()
        app.button(key="batch_check").click().run()

    return paste


def running(studio: Studio) -> Opening:
    return visit("batch", batch=batch_of(studio))


def running_with_rows_held_back(studio: Studio) -> Opening:
    return visit("batch", batch=batch_of(studio, pilot=[1, 2]))


def paused(studio: Studio) -> Opening:
    batch_id = batch_of(studio)
    studio.batches.pause(batch_id)
    return visit("batch", batch=batch_id)


def paused_in_a_test_run(studio: Studio) -> Opening:
    batch_id = batch_of(studio, pilot=[1, 2])
    studio.batches.pause(batch_id)
    return visit("batch", batch=batch_id)


def after_a_test_run(studio: Studio) -> Opening:
    batch_id = failed_batch(studio, pilot=[1])
    assert studio.batches.load(batch_id).state is BatchState.PILOTED
    return visit("batch", batch=batch_id)


def failed_rows(studio: Studio) -> Opening:
    return visit("batch", batch=failed_batch(studio))


def unclear_row(studio: Studio) -> Opening:
    batch_id, feeder = batch_of(studio), feeder_of(studio)
    feeder.feed()
    line = studio.batches.line(batch_id, 1)
    assert line.generation is not None
    with studio.database.writing() as session:
        end(session, studio, line.generation.id, State.UNKNOWN)
    feeder.feed()
    return visit("batch", batch=batch_id)


def restored(studio: Studio) -> Opening:
    """Orders are held after a restore, and a batch is stopped."""
    batch_id = batch_of(studio)
    ask(studio)
    with studio.database.writing() as session:
        holds.hold_paid_work(session, "It was restored.")
    return visit("batch", batch=batch_id)


def restored_frame(studio: Studio) -> Opening:
    """The frame of every page tells of held orders; AppTest draws it on the first page only."""
    restored(studio)
    return visit("generate")


def kept_waiting(studio: Studio) -> Opening:
    """The provider makes an order wait."""
    ask(studio)
    studio.rate_limiter.pause("generate", until=None, reason="The key is refused.")
    return visit("generate")


@dataclass(frozen=True, slots=True)
class Look:
    """A state of the studio, and the buttons that are known to spend in it."""

    name: str
    prepare: Callable[[Studio], Opening]
    spend: frozenset[str]


def state(prepare: Callable[[Studio], Opening], *spend: str) -> Look:
    return Look(prepare.__name__, prepare, frozenset(spend))


def empty_page(page: str) -> Look:
    return Look(f"empty {page}", lambda _studio: visit(page), frozenset())


STATES = [
    *(empty_page(page) for page in ("generate", "history", "batch", "statistics")),
    state(written, "generate"),
    state(owned, "variation"),
    state(unclear, "send_again"),
    state(failed),
    state(unclear_in_history, "send_again"),
    state(unclear_in_the_viewer),
    state(refined, "refine_make"),
    state(draft, "batch_start", "batch_test_run"),
    state(running),
    state(running_with_rows_held_back, "batch_commit"),
    state(paused, "batch_resume"),
    state(paused_in_a_test_run, "batch_resume", "batch_commit"),
    state(after_a_test_run, "batch_commit", "batch_retry_failed"),
    state(failed_rows, "batch_retry_failed"),
    state(unclear_row),
    # what these do to the studio stays, so they come last
    state(kept_waiting, "banner_resume"),
    state(restored, "batch_resume"),
    state(restored_frame, "held_send"),
]


def at_stake(studio: Studio) -> int:
    """Return the microusd that are spent, reserved, asked for by running batches, or sent now."""
    day = f"day:{studio.clock.now().date().isoformat()}"
    with studio.database.reading() as session:
        committed = ledger.committed(session, day)
    running = [
        one.batch.id
        for one in studio.batches.newest(limit=9)
        if one.batch.state is BatchState.RUNNING
    ]
    asked = sum(studio.batches.price_of_rows(one, LineState.WAITING) for one in running)
    is_held_up = bool(studio.rate_limiter.outages())
    return committed + asked + (0 if is_held_up else studio.service.reserved_to_send_microusd())


def told_beside(tab: AppTest, button: Button) -> str:
    """Return what a button says, and the captions in the same container as it."""
    blocks = (*blocks_of(tab.main), *blocks_of(tab.sidebar))
    (around,) = [one for one in blocks if any(each is button for each in one.children.values())]
    beside = [one.value for one in around.children.values() if isinstance(one, Caption)]
    return " ".join([button.label, *beside])


def blocks_of(block: Block) -> Iterator[Block]:
    yield block
    for one in block.children.values():
        if isinstance(one, Block):
            yield from blocks_of(one)


def kind_of(button: Button) -> str:
    return re.sub(r"_?\d+$", "", str(button.key or button.label))


SPEND = frozenset[str]().union(*(one.spend for one in STATES))
"""Every kind of button that can cost money."""

COST_NOTHING = frozenset(
    {
        "Make the first one",
        "approve",
        "batch_back",
        "batch_cancel",
        "batch_check",
        "batch_finish",
        "batch_give_up",
        "batch_pause",
        "bulk_all",
        "check_again",
        "give_up",
        "held_check",
        "held_drop",
        "keep_seed",
        "new_seed",
        "open_sample",
        "preview",
        "rate",
        "reject",
        "reuse",
        "reuse_but_seed",
        "reuse_everything",
        "reuse_prompt",
        "reuse_seed",
        "review",
        "to_wall",
        "trash_one",
        "walk_older",
    }
)
"""Every other kind; a longer test presses each and sees that it spends nothing."""


@pytest.mark.usefixtures("token")
def test_every_button_that_can_cost_money_says_its_price_on_every_page(opened: Studio) -> None:
    unpriced, missing, unknown = [], [], []
    for state in STATES:
        tab = AppTest.from_file(APP, default_timeout=60)
        state.prepare(opened)(tab)
        assert not tab.exception, state.name
        kinds = {kind_of(one): one for one in tab.button if not one.disabled}
        for kind in kinds.keys() & SPEND:
            told = told_beside(tab, kinds[kind])
            if not (PRICED.search(told) or (kind not in state.spend and "free" in told)):
                unpriced.append((state.name, told))
        missing += [(state.name, kind) for kind in state.spend - kinds.keys()]
        unknown += [(state.name, kind) for kind in kinds.keys() - SPEND - COST_NOTHING]

    assert unpriced == [] == missing
    assert unknown == [], "say in this file whether it can cost money"


@pytest.mark.long
@pytest.mark.parametrize("found", STATES, ids=lambda state: state.name)
def test_no_button_spends_without_its_price(
    rewind: Callable[[], None], opened: Studio, found: Look
) -> None:
    open_tab = found.prepare(opened)
    rewind()
    first = AppTest.from_file(APP, default_timeout=60)
    open_tab(first)
    assert not first.exception
    before = at_stake(opened)
    spend, silent = set(), []
    kinds = {kind_of(seen): place for place, seen in enumerate(first.button) if not seen.disabled}

    for kind, place in kinds.items():
        rewind()
        tab = AppTest.from_file(APP, default_timeout=60)
        open_tab(tab)
        button = tab.button[place]
        assert kind_of(button) == kind
        told = told_beside(tab, button)
        button.click().run()
        if at_stake(opened) > before:
            spend.add(kind)
            silent += [] if PRICED.search(told) else [told]

    assert silent == []
    assert spend == found.spend


def row_to_be_mended(batch_id: int) -> None:
    """The form in which a row that failed is mended."""
    from core.wiring import studio
    from pages.parts.batch.rows import _draw_retry_of_row

    _draw_retry_of_row(studio().batches.line(batch_id, 1))


@pytest.mark.usefixtures("token")
@pytest.mark.parametrize(
    ("engine", "words"),
    [
        ("bria", "Try this row again · $0.03 if made anew"),
        ("preview", "Try this row again · free"),
    ],
)
def test_a_row_that_is_tried_again_says_what_a_new_order_costs(
    opened: Studio, engine: str, words: str
) -> None:
    batch = opened.batches.start(Plan(name="one"), new_lines(1, engine=engine))

    page = AppTest.from_function(row_to_be_mended, args=(batch.id,), default_timeout=60).run()

    assert not page.exception
    assert [one.label for one in page.button] == [safe_text.as_label(words)]


def start_of_three(engine: str) -> None:
    """A page with the button that makes pictures of the history again."""
    from pages.parts.history.retry import draw_start
    from tests.batches.orders import new_lines

    draw_start("Retry of", new_lines(3, engine=engine), key="retry_start")


@pytest.mark.usefixtures("token", "opened")
@pytest.mark.parametrize(
    ("engine", "words"),
    [("bria", "Make 3 pictures · $0.09"), ("preview", "Make 3 pictures · free")],
)
def test_pictures_that_are_made_again_say_their_price(engine: str, words: str) -> None:
    page = AppTest.from_function(start_of_three, args=(engine,), default_timeout=60).run()

    assert not page.exception
    assert page.button(key="retry_start").label == safe_text.as_label(words)
