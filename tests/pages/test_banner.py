"""The frame around every page says what is wrong in the studio, with the free engine alone too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from core.domain.notice import Notice
from core.domain.request import parse_request
from core.engines.base import PaidEngine
from core.health import Health, Report
from core.provider.rate_limiter import Outage
from core.records import holds
from core.wiring import Studio


def banners(app: AppTest) -> list[str]:
    bodies = [str(part.proto.body) for part in app.get("html")]
    return [body for body in bodies if 'class="notices"' in body]


def test_the_frame_says_what_the_studio_has_to_say(
    app: AppTest, opened: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = [Notice("held", "9 orders <b>wait</b>.", "Check them."), Notice("other", "Again.")]
    monkeypatch.setattr(opened.health, "_sources", (lambda: told,))

    app.run()

    assert not app.exception
    (banner,) = banners(app)
    assert "9 orders &lt;b&gt;wait&lt;/b&gt;." in banner
    assert "Check them." in banner
    assert "Again." in banner


def test_a_studio_in_order_has_no_banner(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    well = Report(
        database_ok=True, free_disk_bytes=1, worker_seen_at=None, unfinished=0, notices=()
    )
    monkeypatch.setattr(Health, "report", lambda _self: well)

    app.run()

    assert banners(app) == []


def test_a_restore_that_holds_nothing_is_told_with_a_button_that_takes_note(
    app: AppTest, opened: Studio
) -> None:
    opened.service.ask(parse_request({"prompt": "a plum"}))
    with opened.database.writing() as session:
        holds.hold_paid_work(session, "It was restored.")

    app.run()
    (banner,) = banners(app)
    assert "It was restored." in banner
    buttons = {one.key: one for one in app.button}
    assert "held_send" not in buttons
    buttons["held_seen"].click().run()

    assert not app.exception
    assert banners(app) == []


NO_PICTURE = "No picture is being made right now; your request is kept."
KEPT = "Your request is kept."
LEAVE = "You can leave this page: the picture will be in History."


@pytest.mark.parametrize(
    ("notices", "said"),
    [
        ((Notice("no_worker", "Nobody works.", stops=True),), NO_PICTURE),
        ((Notice("engine_missing", "Nobody makes it."),), KEPT),
        ((), LEAVE),
    ],
)
def test_that_you_can_leave_is_said_only_while_nothing_is_wrong(
    app: AppTest,
    opened: Studio,
    monkeypatch: pytest.MonkeyPatch,
    notices: tuple[Notice, ...],
    said: str,
) -> None:
    report = Report(
        database_ok=True, free_disk_bytes=1, worker_seen_at=None, unfinished=1, notices=notices
    )
    monkeypatch.setattr(Health, "report", lambda _self: report)
    asked = opened.service.ask(parse_request({"prompt": "a plum"}))
    app.query_params["shown"] = str(asked.id)

    app.run()

    assert not app.exception
    captions = [one.value for one in app.caption]
    assert [one for one in captions if one in {NO_PICTURE, KEPT, LEAVE}] == [said]


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRIA_API_TOKEN", "a-token-of-a-test")


@pytest.mark.usefixtures("token")
@pytest.mark.parametrize(("minutes", "said"), [(None, KEPT), (5, LEAVE)])
def test_a_paid_picture_that_waits_for_a_person_is_not_left(
    app: AppTest,
    opened: Studio,
    monkeypatch: pytest.MonkeyPatch,
    minutes: int | None,
    said: str,
) -> None:
    well = Report(
        database_ok=True, free_disk_bytes=1, worker_seen_at=None, unfinished=1, notices=()
    )
    until = None if minutes is None else opened.clock.now() + timedelta(minutes=minutes)
    monkeypatch.setattr(Health, "report", lambda _self: well)
    monkeypatch.setattr(
        opened.rate_limiter,
        "outages",
        lambda: [Outage(endpoint="x", reason="No key.", until=until)],
    )
    asked = opened.service.ask(parse_request({"prompt": "a plum", "engine": "bria"}))
    assert isinstance(opened.context.engines[asked.engine], PaidEngine)
    app.query_params["shown"] = str(asked.id)

    app.run()

    assert not app.exception
    assert said in [one.value for one in app.caption]


@pytest.mark.usefixtures("token")
@pytest.mark.parametrize(
    ("until", "said"),
    [
        (None, "fix this, then try now"),
        (datetime(2026, 11, 30, 23, 0, 5, tzinfo=UTC), "next try 23:00:05"),
        (datetime(2026, 12, 1, 9, 5, tzinfo=UTC), "next try Tue 1 Dec, 09:05"),
        (datetime(2027, 11, 30, 9, 5, tzinfo=UTC), "next try Tue 30 Nov 2027, 09:05"),
    ],
)
def test_the_next_try_is_told_with_its_day_where_that_is_not_today(
    app: AppTest, opened: Studio, monkeypatch: pytest.MonkeyPatch, until: datetime | None, said: str
) -> None:
    now = datetime(2026, 11, 30, 22, 0, tzinfo=UTC)
    monkeypatch.setattr(opened.clock, "now", lambda: now)
    monkeypatch.setattr(
        opened.rate_limiter, "outages", lambda: [Outage(endpoint="x", reason="Wait.", until=until)]
    )

    app.run()

    (banner,) = [one.value for one in app.warning if "Wait" in one.value]
    assert banner.endswith(said)
