"""The frame around every page says what is wrong in the studio, with the free engine alone too."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.generation.health import Health, Notice, Report
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
