"""All PartiPrompts as one batch through the browser, while its worker is killed three times.

`python -m tests.bench.parti_batch` uploads the original file, maps it, mends the two prompts that
are too short, runs it to the end with drafts of the preview engine, takes the zip and uploads its
manifest again. It prints one short report; `--rows N` takes the first N prompts only.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import signal
import subprocess
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from core.intake.check import check
from core.intake.readers import read_file
from core.records import attempts
from core.records.generations import Generation
from core.settings import Settings
from core.wiring import Studio, build_studio
from tests.bench.parti import PROMPTS
from tests.browser.batching import (
    expect_money,
    manifest_rows,
    map_column,
    mend,
    open_batches,
    press,
    take_zip,
    upload,
    wait_for_state,
)
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.browser.person import choose
from tests.running import wait_until
from tests.serving import start_server
from tests.shared import MISSING
from tests.test_kills import start_worker

ALL_ROWS, KILLS = 1632, 3
MENDED = {"42": "the number 42", "0": "the number 0"}
PATIENCE_SECONDS = 14400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What came of one run."""

    pictures: int
    killed_at: tuple[int, ...]
    minutes: float
    zip_megabytes: float

    def __str__(self) -> str:
        """Return the report as a person reads it."""
        moments = ", ".join(f"{one:,}" for one in self.killed_at)
        return (
            f"{self.pictures:,} pictures, none twice · {len(self.killed_at)} kills "
            f"(after {moments} pictures) · {self.minutes:.1f} min · zip {self.zip_megabytes:.0f} MB"
        )


def run(source: Path = PROMPTS, *, rows: int = ALL_ROWS, kills: int = KILLS) -> Report:
    """Run the first prompts of the file from the upload to the manifest that is uploaded again."""
    content = b"".join(source.read_bytes().splitlines(keepends=True)[: rows + 1])
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        data_dir = Path(folder) / "data"
        server = start_server(data_dir, FIBO_WORKER="external")
        studio = build_studio(Settings(FIBO_DATA_DIR=data_dir))
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.set_default_timeout(120_000)
            open_batches(page, server.url)
            started = time.monotonic()
            link = _start_batch(page, content, rows)
            killed_at = _work_through_kills(studio, data_dir, kills=kills)
            minutes = (time.monotonic() - started) / 60
            page.goto(link)
            wait_for_state(page, f"{rows:,}/{rows:,}")
            made = _made_once(studio, data_dir, rows)
            path = Path(folder) / "parti.zip"
            with take_zip(page, server.url, path) as archive:
                _check_zip(archive, made)
                manifest = archive.read("manifest.csv")
            _upload_again(page, manifest, rows)
            size = path.stat().st_size / 1e6
        finally:
            browser.close()
            server.kill()
            studio.close()
    return Report(pictures=rows, killed_at=killed_at, minutes=minutes, zip_megabytes=size)


def _start_batch(page: Page, content: bytes, rows: int) -> str:
    """Start the batch, close the laptop, and return the link under which it is found again."""
    table = read_file("parti.tsv", content)
    short = [text for row in table.rows if (text := row.cells[0]) in MENDED]
    upload(page, "PartiPrompts.tsv", content)
    map_column(page, "prompt", "Prompt")
    map_column(page, "project", "Category")
    for number, prompt in enumerate(short):
        left = len(short) - number
        needs = f"{left} need{'s' * (left == 1)} fixing"
        expect_money(page, f"{rows:,} rows: {needs}, {rows - left:,} to make, free")
        mend(page, 0, 1, MENDED[prompt])
    expect_money(page, f"{rows:,} rows: {rows:,} to make, free")
    choose(page, "batch_resolution", "Draft 256 px")
    press(page, "batch_start")
    wait_for_state(page, f"/{rows:,}")
    link = page.url
    page.goto("about:blank")
    return link


def _work_through_kills(studio: Studio, data_dir: Path, *, kills: int) -> tuple[int, ...]:
    """Run workers until the batch is over, and kill them at moments spread over it."""
    moments = random.Random(4)  # noqa: S311 - any moments will do, the same each time
    (told,) = studio.batches.newest(limit=1)
    batch_id, rows = told.batch.id, told.total

    def settled() -> int:
        return studio.batches.progress(batch_id).settled

    killed_at = []
    for number in range(1, kills + 1):
        worker = start_worker(data_dir)
        _wait_for(worker, lambda number=number: settled() >= rows * number // (kills + 1))  # type: ignore[misc]
        time.sleep(moments.uniform(0.0, 0.3))
        worker.send_signal(signal.SIGKILL)
        worker.wait(10)
        killed_at.append(settled())
    last = start_worker(data_dir)
    _wait_for(last, lambda: studio.batches.load(batch_id).is_over)
    last.terminate()
    last.wait(30)
    return tuple(killed_at)


def _wait_for(worker: subprocess.Popen[bytes], is_so: Callable[[], bool]) -> None:
    def is_so_or_dead() -> bool:
        return is_so() or worker.poll() is not None

    wait_until(is_so_or_dead, what="the worker", patience_seconds=PATIENCE_SECONDS)
    assert worker.poll() is None, "the worker ended by itself"


def _made_once(studio: Studio, data_dir: Path, rows: int) -> list[Generation]:
    """Return the pictures of the batch, after making sure that none is missing or there twice."""
    (told,) = studio.batches.newest(limit=1)
    lines = studio.batches.lines(told.batch.id, limit=rows + 1)
    made = [line.generation for line in lines if line.generation]
    assert len(lines) == len({one.id for one in made}) == rows
    assert len(studio.service.newest(limit=rows + 100)) == rows
    assert all(one.image_sha256 for one in made)
    assert len({one.image_sha256 for one in made}) == rows
    kept = [file for file in (data_dir / "media").rglob("*.*") if ".thumb." not in file.name]
    assert len(kept) == rows, len(kept)
    with studio.database.reading() as session:
        tried = Counter(attempts.count_attempts(session, one.id) for one in made)
    assert tried == {1: rows}, tried
    return made


def _check_zip(archive: zipfile.ZipFile, made: list[Generation]) -> None:
    names = [name for name in archive.namelist() if name.startswith("pictures/")]
    found = {hashlib.sha256(archive.read(name)).hexdigest() for name in names}
    listed = manifest_rows(archive)
    assert len(names) == len(made)
    assert found == {one.image_sha256 for one in made}
    assert sorted(row["file"] for row in listed) == sorted(names)
    assert all(row["status"] == "done" and row["tag"] for row in listed)


def _upload_again(page: Page, manifest: bytes, rows: int) -> None:
    result = check(read_file("manifest.csv", manifest))
    assert (result.valid, result.errors) == (rows, ())
    press(page, "batch_back")
    upload(page, "manifest.csv", manifest)
    expect_money(page, f"{rows:,} rows: {rows:,} to make, free")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ALL_ROWS)
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--prompts", type=Path, default=PROMPTS)
    chosen = parser.parse_args()
    if not chosen.prompts.is_file():
        parser.error(MISSING)
    print(run(chosen.prompts, rows=chosen.rows, kills=chosen.kills))
