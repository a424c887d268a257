"""Every example on the page of the API, typed into a shell as it is printed there."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from core.engines.preview import Shot
from core.engines.previewing import render_picture
from tests.fakes.bria import FakeBria, start_fake
from tests.running import wait_until
from tests.serving import Server

EXAMPLE = re.compile(r"^(.+):\n\n```sh\n(.+)\n```$", re.MULTILINE)
VERB = re.compile(r"/(generate|batches)/\$ID(?:/([a-z-]+))?")
CAPTIONS = "prompt,lighting,remark\na red boat,soft,pier 1\na blue boat,golden-hour,pier 2\n"
LONG = "prompt\n" + "".join(f"a boat in wide bay {n}\n" for n in range(60))
TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """A shell beside a running server, in a folder with the file that the examples name."""

    url: str
    folder: Path

    def run(self, command: str, one_id: str) -> Any:
        """Return what a command printed, as JSON if it is, or the bytes of the file it saved."""
        done = subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=self.folder,
            env={"PATH": "/usr/bin:/bin", "ID": one_id},
            capture_output=True,
            timeout=300,
            check=True,
        )
        saved = re.search(r" -o (\S+)", command)
        if saved:
            return (self.folder / saved[1]).read_bytes()
        return json.loads(done.stdout) if done.stdout.startswith(b"{") else done.stdout

    def ask(self, path: str, **how: Any) -> dict[str, Any]:
        """Return the answer to a request that prepares an example."""
        answer = httpx.post(f"{self.url}/api{path}", timeout=300, **how)
        assert answer.is_success, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def wait_for_end(self, one_id: str) -> None:
        look = f"{self.url}/api/generate/{one_id}"
        wait_until(
            lambda: httpx.get(look, timeout=30).json()["status"] not in {"queued", "processing"},
            what=look,
        )


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[FakeBria]:
    (tmp_path / "bria").mkdir()
    with start_fake(tmp_path / "bria") as running:
        yield running


@pytest.fixture
def shell(serve: Callable[..., Server], fake: FakeBria, tmp_path: Path) -> Shell:
    server = serve(
        BRIA_API_TOKEN=fake.token,
        BRIA_BASE_URL=fake.base_url,
        FIBO_POLL_SECONDS="0.05",
        FIBO_SUBMIT_TIMEOUT_SECONDS="2",
        FIBO_RATE_PER_MINUTE="6000",
    )
    (tmp_path / "prompts.csv").write_text(CAPTIONS)
    shot = Shot(prompt="a red boat", parameters={}, seed=7, width=64, height=64)
    (tmp_path / "picture.png").write_bytes(render_picture(shot)[0])
    return Shell(url=server.url, folder=tmp_path)


def id_for(shell: Shell, fake: FakeBria, kind: str, verb: str | None) -> str:
    """Return an id with which the command must work."""
    if kind == "batches":
        # at the fake, one at a time: it takes long and costs this machine nothing
        slowly = {"engine": "bria", "parallel": "1"}
        started = shell.ask("/batches", files={"file": ("long.csv", LONG)}, data=slowly)
        if verb == "resume":
            shell.ask(f"/batches/{started['id']}/pause")
        return str(started["id"])
    if verb in {"check-again", "send-again", "give-up"}:
        fake.plan("submit", "reset_after_acceptance")
        asked = {"prompt": f"a boat to {verb}", "engine": "bria"}
        held = shell.ask("/generate/", json=asked)
        assert held["status"] == "unknown"
        return str(held["id"])
    wait = 0 if verb == "cancel" else 120
    words = {"prompt": f"a boat to {verb}", "engine": "preview"}
    small = {**words, "resolution": "draft", "use_cache": False}
    return str(shell.ask("/generate/", json=small, params={"wait": wait})["id"])


def run(shell: Shell, fake: FakeBria, command: str) -> Any:
    named = VERB.search(command)
    if named is None:
        return shell.run(command, "")
    one_id = id_for(shell, fake, named[1], named[2])
    told = shell.run(command, one_id)
    if named[2] == "send-again":
        shell.wait_for_end(one_id)  # or it would meet what is planned for the next example
    if named[1] == "batches":
        httpx.post(f"{shell.url}/api/batches/{one_id}/cancel")  # the next one shall not wait for it
    return told


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_every_example_runs_as_it_is_printed(shell: Shell, fake: FakeBria) -> None:
    shown = httpx.get(f"{shell.url}/api/docs/described.json").json()["paths"]
    texts = [o["description"] for methods in shown.values() for o in methods.values()]
    examples = [example for text in texts for example in EXAMPLE.findall(text)]
    described = httpx.get(f"{shell.url}/api/openapi.json").json()["paths"]

    for title, command in examples:
        told = run(shell, fake, command)
        for _ in range(TRIES):
            if "/cancel" not in command or "error" not in told:
                break
            told = run(shell, fake, command)  # the worker was quicker
        assert told, title
        assert not isinstance(told, bytes) or not told.startswith(b"<"), title
        assert isinstance(told, bytes) or "error" not in told, (title, command, told)

    assert len(examples) >= sum(len(methods) for methods in described.values())
