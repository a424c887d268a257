"""A data folder of the version before, made by that version, starts under this one."""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from alembic import command
from alembic.config import Config
from pydantic import SecretStr
from sqlalchemy import MetaData, create_engine, select

from core import migrations
from core.clock import Clock
from core.database import Database
from core.domain.engines import Family
from core.domain.states import State
from core.insights.period import FigureScope, last_days
from core.keys.from_settings import Scope as Right
from core.settings import Settings
from core.wiring import Studio, build_studio
from tests.fakes.bria import FakeBria, start_fake
from tests.paid.work import work_on
from tests.running import wait_until
from tests.serving import Server, start_server

HERE = Path(__file__).parent
TOLD: dict[str, Any] = json.loads((HERE / "version_0008.json").read_text())
"""What the version before said of its folder when it left it."""

PRICE_MICROUSD = 30_000

CUT = "a boat in the fog"
"""The order whose number stands in the journal only: the old process died at that moment."""


class LaterClock(Clock):
    """The machine's clock, moved to so many days after the folder was made."""

    def __init__(self, days: float) -> None:
        super().__init__()
        made = datetime.fromisoformat(TOLD["made_at"])
        self._ahead = made + timedelta(days=days) - super().now()

    def now(self) -> datetime:
        return super().now() + self._ahead


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with zipfile.ZipFile(HERE / "version_0008.zip") as packed:
        packed.extractall(tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture(params=["sqlite", "postgres"])
def kept_url(request: pytest.FixtureRequest, folder: Path) -> str:
    """The kept database, or a Postgres with the same tables of the version before and its rows."""
    own = f"sqlite:///{folder / 'fibo.sqlite'}"
    if request.param == "sqlite":
        return own
    url: str = request.getfixturevalue("bare_postgres_url")
    copy_rows(own, url)
    (folder / "fibo.sqlite").unlink()
    return url


@pytest.fixture
def bare_postgres_url(alembic_itself: None, postgres_url: str) -> str:  # noqa: ARG001 - no tables yet
    return postgres_url


def copy_rows(source_url: str, target_url: str) -> None:
    source, target = create_engine(source_url), Database(target_url)
    with source.connect() as reading, target.engine.begin() as writing:
        config = Config()
        config.set_main_option("script_location", str(Path(migrations.__file__).parent))
        config.attributes["connection"] = writing
        command.upgrade(config, "0008")
        here, there = MetaData(), MetaData()
        here.reflect(reading)
        there.reflect(writing)
        for table in there.sorted_tables:
            if table.name == "alembic_version" or table.name not in here.tables:
                continue
            writing.execute(table.delete())
            names = [column.name for column in table.columns if column.computed is None]
            rows = reading.execute(select(*(here.tables[table.name].c[name] for name in names)))
            moments = {
                column.name for column in table.columns if column.type.python_type is datetime
            }
            for row in rows:
                values = zip(names, row, strict=True)
                told = {n: to_moment(v) if n in moments else v for n, v in values}
                writing.execute(table.insert(), told)
    source.dispose()
    target.close()


def to_moment(microseconds: int | None) -> datetime | None:
    """Read a moment as SQLite holds it."""
    if microseconds is None:
        return None
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=microseconds)


@pytest.fixture(scope="module")
def fake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeBria]:
    with start_fake(tmp_path_factory.mktemp("bria")) as running:
        yield running


@pytest.fixture
def open_kept(folder: Path, kept_url: str, fake: FakeBria) -> Iterator[Callable[..., Studio]]:
    """A function that opens the kept folder; `days` is how old it is by then."""
    fake.start_over()
    opened: list[Studio] = []

    def open_it(days: float) -> Studio:
        settings = Settings(
            FIBO_DATA_DIR=folder,
            FIBO_DATABASE_URL=SecretStr(kept_url),
            BRIA_API_TOKEN=SecretStr(fake.token),
            BRIA_BASE_URL=fake.base_url,
            FIBO_RETRY_BASE_SECONDS=0.01,
            FIBO_POLL_SECONDS=0.02,
            FIBO_RATE_PER_MINUTE=60_000,
        )
        opened.append(build_studio(settings, clock=LaterClock(days)))
        return opened[-1]

    yield open_it
    for studio in opened:
        studio.close()


@pytest.mark.parametrize("days", [0.01, 30], ids=["at once", "a month later"])
def test_everything_is_there_and_the_journal_is_taken_up_and_nothing_is_paid_again(
    open_kept: Callable[..., Studio], fake: FakeBria, days: float
) -> None:
    studio = open_kept(days)

    assert version_of(studio) == migrations.LATEST
    pictures_and_batches_are_as_they_were(studio)
    figures_are_as_they_were(studio)
    assert money_of_the_three(studio) == (TOLD["certain"], TOLD["possible"])
    assert studio.held.notices() == []

    cut = next(one for one in studio.service.newest(limit=50) if one.request.prompt == CUT)
    assert (cut.state, cut.request_id) == (State.SUBMITTING, None)
    assert studio.decisions.adopt_from_journal() == 1
    taken_up = studio.service.see(cut.id)
    assert (taken_up.state, taken_up.request_id) == (State.ACCEPTED, TOLD["cut_number"])
    rested = work_on(studio, taken_up)

    assert rested.state is State.UNKNOWN, "this Bria never heard of it, and it may be charged"
    assert studio.decisions.adopt_from_journal() == 0
    assert fake.charges() == []
    assert money_of_the_three(studio) == (TOLD["certain"], TOLD["possible"])
    assert studio.service.cost_of(cut.id).certain_microusd <= PRICE_MICROUSD
    pictures_and_batches_are_as_they_were(studio, but={State.SUBMITTING: -1, State.UNKNOWN: 1})


def pictures_and_batches_are_as_they_were(
    studio: Studio, *, but: dict[State, int] | None = None
) -> None:
    newest = studio.service.newest(limit=50)
    told = Counter(TOLD["states"])
    told.update(but or {})
    assert Counter(one.state.value for one in newest) == +told
    trashed = studio.library.ids("trashed:yes", limit=50)
    assert list(trashed) == [int(TOLD["trashed"])]
    good, unclear, unfetched = (int(TOLD[name]) for name in ("good", "unclear", "unfetched"))
    assert studio.service.see(unclear).request_id is None
    assert studio.service.see(unfetched).request_id is not None
    assert studio.library.tags_of(good) == ("harbour",)
    assert studio.service.picture_file(studio.service.see(good)).path.exists()
    assert [view.name for view in studio.library.views()] == ["Best"]
    assert {one.name for one in studio.library.projects()} >= {"Harbour"}
    assert studio.key_store.admit(TOLD["key"], Right.ADMIN).name == "from before"
    found = [studio.batches.progress(int(TOLD[name])) for name in ("done", "waiting", "cancelled")]
    batches = {one.batch.plan.name: [one.batch.state, one.counts] for one in found}
    assert batches == TOLD["batches"]


def figures_are_as_they_were(studio: Studio) -> None:
    day = date.fromisoformat(TOLD["day"])
    families: tuple[Family, ...] = ("provider", "preview")
    for family in families:
        found = studio.insights.report(FigureScope(family=family), last_days(1, day)).totals.amounts
        assert {name: n for name, n in found.items() if n} == TOLD[family]


def money_of_the_three(studio: Studio) -> tuple[int, int]:
    costs = [studio.service.cost_of(int(TOLD[name])) for name in ("good", "unclear", "unfetched")]
    return sum(one.certain_microusd for one in costs), sum(one.possible_microusd for one in costs)


def version_of(studio: Studio) -> str | None:
    with studio.database.engine.connect() as connection:
        return migrations.version_of(connection)


def test_the_server_starts_on_it_and_shows_what_was_there(folder: Path, fake: FakeBria) -> None:
    fake.start_over()
    server = start_server(
        folder,
        BRIA_API_TOKEN=fake.token,
        BRIA_BASE_URL=fake.base_url,
        FIBO_RETRY_BASE_SECONDS="0.01",
        FIBO_POLL_SECONDS="0.02",
    )
    try:
        shown_by(server)
    finally:
        server.kill()
    assert fake.charges() == []


def shown_by(server: Server) -> None:
    with httpx.Client(base_url=server.url, timeout=60) as client:
        known = {"Authorization": f"Bearer {TOLD['key']}"}
        assert client.get("/api/generate/history", headers=known).status_code == 200

        def states() -> Counter[str]:
            told = client.get("/api/generate/history").raise_for_status().json()
            return Counter(one["status"] for one in told["results"])

        wait_until(lambda: states()["unknown"] == 3, what="the order of the journal")
        batch = client.get(f"/api/batches/{TOLD['waiting']}").raise_for_status().json()
        assert (batch["status"], batch["counts"]) == ("paused", {"waiting": 2})
        picture = client.get(f"/api/generate/{TOLD['good']}").raise_for_status().json()
        assert client.get(picture["image_url"]).raise_for_status().content.startswith(b"\x89PNG")
