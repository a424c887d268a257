"""The server as a process: it leaves in time, its children leave with it, bad settings are told."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import psutil
import pytest

from core.domain.states import State
from core.settings import Settings
from core.wiring import build_studio
from tests.running import wait_until
from tests.serving import ROOT, Server, clean_environment, free_port


def ask_for_pictures(server: Server, count: int) -> None:
    for number in range(count):
        answer = httpx.post(
            f"{server.url}/api/generate/",
            json={"prompt": f"a woman in a red coat, number {number}"},
            headers={"Prefer": "respond-async"},
        )
        assert answer.status_code == 202


def renderers(server: Server) -> list[psutil.Process]:
    children = psutil.Process(server.process.pid).children(recursive=True)
    return [child for child in children if "spawn_main" in " ".join(child.cmdline())]


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGTERM])
def test_the_renderers_end_with_their_parent_however_it_dies(
    serve: Callable[..., Server], sign: signal.Signals
) -> None:
    server = serve()
    ask_for_pictures(server, 4)
    wait_until(lambda: len(renderers(server)) == 2, what="two renderers")
    children = renderers(server)

    server.process.send_signal(sign)
    server.process.wait(30)

    wait_until(
        lambda: not any(child.is_running() for child in children),
        what="the renderers to end",
        patience_seconds=15,
    )


def test_a_server_told_to_leave_in_the_middle_of_work_leaves_it_for_the_next_one(
    tmp_path: Path, serve: Callable[..., Server]
) -> None:
    server = serve()
    ask_for_pictures(server, 4)
    wait_until(lambda: len(renderers(server)) == 2, what="two renderers")

    seconds = server.leave()

    # ten seconds is what a process manager grants before it kills
    assert seconds < 10
    studio = build_studio(Settings(FIBO_DATA_DIR=tmp_path / "data"))
    states = [one.state for one in studio.service.newest(limit=50)]
    studio.close()
    assert State.FAILED not in states
    restarted = serve()
    wait_until(
        lambda: httpx.get(f"{restarted.url}/api/health").json()["unfinished_generations"] == 0,
        what="four pictures",
        patience_seconds=120,
    )
    restarted.kill()
    studio = build_studio(Settings(FIBO_DATA_DIR=tmp_path / "data"))
    states = [one.state for one in studio.service.newest(limit=50)]
    studio.close()
    assert states == [State.COMPLETED] * 4


def test_a_worker_of_its_own_makes_what_the_pages_ask_for(
    tmp_path: Path, serve: Callable[..., Server]
) -> None:
    server = serve(FIBO_WORKER="external")
    assert httpx.get(f"{server.url}/api/health").status_code == 503
    worker = subprocess.Popen(
        [sys.executable, "-m", "core.worker"],
        cwd=ROOT,
        env={**clean_environment(), "FIBO_DATA_DIR": str(tmp_path / "data")},
    )

    answer = httpx.post(f"{server.url}/api/generate/", json={"prompt": "a plum"}, timeout=120)

    assert answer.json()["status"] == "completed"
    assert httpx.get(f"{server.url}/api/health").status_code == 200
    worker.terminate()
    assert worker.wait(15) == 0


@pytest.mark.parametrize("kind", ["folder", "letters", "no section"])
def test_secrets_that_streamlit_breaks_over_end_the_start_and_leave_no_dead_server(
    tmp_path: Path, kind: str
) -> None:
    secrets = tmp_path / "secrets.toml"
    if kind == "folder":
        secrets.mkdir()
    else:
        secrets.write_bytes(b"auth = 5" if kind == "no section" else b"a = '\xff'")
    options = {"server.port": free_port(), "server.address": "127.0.0.1", "secrets.files": secrets}
    told = subprocess.run(
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true"]
        + [f"--{name}={value}" for name, value in options.items()],
        cwd=ROOT,
        env={**clean_environment(), "FIBO_DATA_DIR": str(tmp_path / "data")},
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )

    assert told.returncode == 3
    assert "Fix or remove it." in told.stderr
    assert "Traceback" not in told.stderr


def test_a_wrong_setting_is_one_sentence_and_an_exit_code(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "core.worker"],
        cwd=ROOT,
        env={**clean_environment(), "FIBO_DATA_DIR": str(tmp_path), "FIBO_PARALLEL": "many"},
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )

    assert told.returncode == 2
    assert 'FIBO_PARALLEL is "many"' in told.stderr
    assert "Traceback" not in told.stderr


def test_every_module_can_be_imported_with_an_empty_environment() -> None:
    program = (
        "import pkgutil, importlib, core, pages.parts\n"
        "for package in (core, pages.parts):\n"
        "    for found in pkgutil.walk_packages(package.__path__, package.__name__ + '.'):\n"
        "        if '.migrations.' not in found.name: importlib.import_module(found.name)\n"
    )
    told = subprocess.run(
        [sys.executable, "-W", "error::RuntimeWarning", "-c", program],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        check=False,
        text=True,
    )

    assert told.returncode == 0, told.stderr
