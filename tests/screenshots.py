"""The pictures of docs/tour.md, from the running app: `python -m tests.screenshots`.

The preview engine makes a little history, whose days, seconds and ratings are made up here; then
the real server shows a copy of it to Chromium, in light and in dark. `--data FOLDER` keeps the
history for the next time.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import random
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from itertools import product
from pathlib import Path
from typing import Literal

import httpx
from PIL import Image
from playwright.sync_api import Browser, Page, Playwright, ViewportSize, expect, sync_playwright
from sqlalchemy import update
from sqlmodel import col

from core.domain.request import parse_request
from core.engines.preview.sheet import SCENES, Frame
from core.figures import recount
from core.generation.pipeline import Pipeline
from core.records.batch_rows import NewLine
from core.records.batches import Plan
from core.settings import Settings
from core.tables.generation import GenerationRow
from core.wiring import Studio, build_studio
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.browser.person import (
    choose,
    expect_loaded,
    generate_button,
    open_page,
    picture,
    settle,
    write_prompt,
)
from tests.readme import ROOT
from tests.serving import start_server

DOCS = ROOT / "docs"
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
VIEWPORT = ViewportSize(width=1440, height=900)
WIDTHS, COLOURS = (1200, 1080, 960), (256, 128)
SMALLEST = 800, 128
LARGEST_BYTES = 205_000
LIGHTS = ("golden-hour", "blue-hour", "soft")
SHOWN_SCENES = (0, 4, 7, 8, 13, 3, 12, 11, 9, 14, 19, 2)
"""Those of the preview's sheet that stand well beside one another."""
PROJECTS = {"Autumn campaign": "#b45309", "Lighthouse book": "#0f766e"}
DAYS_BACK, BATCH_ROWS = 21, 8
PATIENCE_MS = 900_000
STANDS = """() => !document.querySelector('[data-testid=stSkeleton]')
    && [...document.images].every(one => one.complete && one.naturalWidth > 0
        || one.getBoundingClientRect().top > innerHeight)"""
"""In the browser: whether every picture in sight has come and no place waits for its content."""

Kept = Callable[[str, bytes], None]


def make_history(folder: Path) -> list[int]:
    """Let the preview engine make the tour's pictures, spread over weeks; return their ids."""
    studio = build_studio(Settings(FIBO_DATA_DIR=folder))
    try:
        projects = [studio.library.add_project(name, colour=c) for name, c in PROJECTS.items()]
        ids = asyncio.run(_make(studio, projects))
        _spread(studio, ids)
        _judge(studio, ids)
    finally:
        studio.close()
    return ids


async def _make(studio: Studio, projects: Sequence[int]) -> list[int]:
    pipeline, ids = Pipeline(studio.context), []
    for light, number in product(LIGHTS, SHOWN_SCENES):
        request = _request(SCENES[number], lighting=light, project_id=projects[number % 2])
        ids.append(studio.service.ask(parse_request(request)).id)
    await asyncio.gather(*(pipeline.run(one) for one in ids))
    return ids


def _request(scene: Frame, **fields: object) -> dict[str, object]:
    return {"prompt": scene.prompt, "engine": "preview", "seed": 7, **scene.parameters, **fields}


def _spread(studio: Studio, ids: Sequence[int]) -> None:
    now, chance = studio.clock.now(), random.Random(5)  # noqa: S311 - the same every time
    with studio.database.writing() as session:
        for place, generation_id in enumerate(ids):
            age = timedelta(days=DAYS_BACK) * (1 - (place + 1) / len(ids)) ** 4
            seconds = round(chance.lognormvariate(1.1, 0.2), 2)
            session.exec(
                update(GenerationRow)
                .where(col(GenerationRow.id) == generation_id)
                .values(
                    created_at=now - age,
                    started_at=now - age,
                    completed_at=now - age + timedelta(seconds=seconds),
                    generation_seconds=seconds,
                )
            )
        recount.rebuild(session)


def _judge(studio: Studio, ids: Sequence[int]) -> None:
    chance = random.Random(3)  # noqa: S311 - the same every time
    for place, generation_id in enumerate(ids):
        is_golden = place < len(SHOWN_SCENES)
        stars = chance.choice((2, 3, 3, 4)) + (1 if is_golden else 0)
        verdict = {5: "approved", 2: "rejected"}.get(stars)
        studio.library.judge([generation_id], rating=stars, verdict=verdict)
    studio.library.tag(ids[::5], "hero")


def start_batch(folder: Path) -> int:
    """Order the batch whose progress is shown, and return its number."""
    studio = build_studio(Settings(FIBO_DATA_DIR=folder))
    lines = [
        NewLine(
            row_id=f"shot-{place:02}",
            request=parse_request(_request(SCENES[number], lighting="natural", use_cache=False)),
            tags=("lookbook",),
            extra={},
        )
        for place, number in enumerate(SHOWN_SCENES[:BATCH_ROWS], start=1)
    ]
    try:
        return studio.batches.start(Plan(name="Lookbook", parallel=2), lines).id
    finally:
        studio.close()


class Tour:
    """The stops in one colour scheme; each is a screenshot."""

    def __init__(self, page: Page, url: str, keep: Kept) -> None:
        self._page = page
        self._url = url
        self._keep = keep

    def look(self, ids: Sequence[int]) -> None:
        """Show what is there: the wall, a picture, two of them, and the figures."""
        self._open("/history")
        noted = self._page.get_by_role("button", name="OK", exact=True)
        if noted.count():  # the folder is a copy, which every page says until somebody has noted it
            noted.click()
            expect(noted).to_have_count(0)
        self._shoot("history")
        self._open(f"/history?detail={ids[-1]}")
        self._shoot("detail")
        golden, blue = ids[0], ids[len(SHOWN_SCENES)]
        self._open(f"/history?compare={golden},{blue}")
        self._shoot("compare")
        self._open("/statistics")
        self._shoot("statistics")

    def generate(self, seed: int) -> None:
        """Show a picture that has just been made."""
        self._open("/")
        self._generate(seed)
        self._shoot("generate")

    def watch(self, batch_id: int) -> None:
        """Show a batch at work."""
        self._open(f"/batch?batch={batch_id}")
        self._wait_for_rows(BATCH_ROWS // 2)
        self._shoot("batch")

    def _open(self, path: str) -> None:
        open_page(self._page, self._url + path)

    def _generate(self, seed: int) -> None:
        write_prompt(self._page, "a woman in a teal coat on a city street")
        choose(self._page, "camera_angle", "Low angle")
        choose(self._page, "lighting", "Golden hour")
        field = self._page.locator(".st-key-seed input")
        field.fill(str(seed))
        field.press("Tab")
        settle(self._page)
        generate_button(self._page).click()
        picture(self._page).wait_for(timeout=PATIENCE_MS)
        expect_loaded(picture(self._page))

    def _wait_for_rows(self, least: int) -> None:
        self._page.wait_for_function(
            "least => Number((document.querySelector('.st-key-batch_progress')?.innerText ?? '')"
            ".match(/(\\d+)\\s*\\/\\s*\\d+/)?.[1] ?? 0) >= least",
            arg=least,
            timeout=PATIENCE_MS,
        )

    def _shoot(self, name: str) -> None:
        settle(self._page)
        self._page.evaluate("window.scrollTo(0, 0)")
        self._page.mouse.move(2, 2)
        expect(self._page.get_by_test_id("stStatusWidget")).to_be_hidden(timeout=PATIENCE_MS)
        self._page.wait_for_load_state("networkidle")
        self._page.wait_for_function(STANDS)
        self._page.wait_for_timeout(1500)  # pictures fade in
        self._keep(name, self._page.screenshot())


def shrink(shot: bytes, *, most_bytes: int = LARGEST_BYTES) -> bytes:
    """Return a screenshot as a small PNG: with fewer pixels, then fewer colours, until it fits."""
    full = Image.open(io.BytesIO(shot)).convert("RGB")
    tries = (_reduced(full, width, colours) for colours, width in product(COLOURS, WIDTHS))
    return next((one for one in tries if len(one) <= most_bytes), _reduced(full, *SMALLEST))


def _reduced(full: Image.Image, width: int, colours: int) -> bytes:
    small = full.resize((width, full.height * width // full.width), Image.Resampling.LANCZOS)
    target = io.BytesIO()
    small.quantize(colours, dither=Image.Dither.NONE).save(target, "PNG", optimize=True)
    return target.getvalue()


def history_in(folder: Path) -> list[int]:
    """Return the ids of the tour's pictures, oldest first; make them if the folder is new."""
    made = folder / "made.json"
    if not made.exists():
        folder.mkdir(parents=True, exist_ok=True)
        made.write_text(json.dumps(make_history(folder)))
    ids: list[int] = json.loads(made.read_text())
    return ids


def take(folder: Path, ids: Sequence[int], target: Path) -> None:
    """Walk the tour in both schemes and write its pictures."""
    server = start_server(folder)
    try:
        child = refine(server.url, ids[-1])
        with sync_playwright() as playwright, closing_browser(playwright) as browser:
            tours = []
            for scheme in SCHEMES:
                context = browser.new_context(viewport=VIEWPORT, color_scheme=scheme)
                context.set_default_timeout(PATIENCE_MS)
                tours.append(Tour(context.new_page(), server.url, partial(_keep, target, scheme)))
            for tour in tours:
                tour.look([*ids, child])
            for seed, tour in enumerate(tours, start=11):
                tour.generate(seed)
            for tour in tours:
                tour.watch(start_batch(folder))
    finally:
        server.kill()


def refine(url: str, generation_id: int) -> int:
    """Return the id of a picture that was made from another one with an instruction."""
    answer = httpx.post(
        f"{url}/api/generate/{generation_id}/refine",
        params={"refinement_prompt": "make it night"},
        timeout=600,
    )
    return int(answer.raise_for_status().json()["id"])


@contextmanager
def closing_browser(playwright: Playwright) -> Iterator[Browser]:
    """Give a Chromium that ends with its use."""
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
    try:
        yield browser
    finally:
        browser.close()


def _keep(target: Path, scheme: str, name: str, shot: bytes) -> None:
    suffix = "" if scheme == "light" else f"-{scheme}"
    (target / f"{name}{suffix}.png").write_bytes(shrink(shot))


def main(arguments: Sequence[str] | None = None) -> int:
    """Take every screenshot of the tour."""
    parser = argparse.ArgumentParser(prog="python -m tests.screenshots", description=__doc__)
    parser.add_argument("--data", type=Path, help="keep the made-up history here")
    parser.add_argument("--into", type=Path, default=DOCS)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        kept = asked.data or Path(temporary) / "kept"
        ids = history_in(kept)
        take(shutil.copytree(kept, Path(temporary) / "data"), ids, asked.into)
    return 0


if __name__ == "__main__":
    sys.exit(main())
