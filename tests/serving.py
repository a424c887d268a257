"""The real server in a process of its own, as `streamlit run app.py` starts it, imports done."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.nursery import Child, nursery

SMALL_JOURNAL = {"FIBO_JOURNAL_MB": "1"}
"""A test has its own data folder and keeps it for a while: thousands times 64 MB are too much."""

ROOT = Path(__file__).parents[1]


@dataclass
class Server:
    """A running app with its address, its data folder and its log."""

    process: Child | subprocess.Popen[bytes]
    url: str
    data_dir: Path
    log: Path

    def kill(self) -> None:
        """End the process at once, as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def leave(self) -> float:
        """Ask the process to end and return the seconds it took."""
        started = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        return time.monotonic() - started

    def is_running(self) -> bool:
        return self.process.poll() is None


def start_server(data_dir: Path, *, port: int | None = None, **environment: str) -> Server:
    """Start the app on loopback and return once it answers and its worker lives.

    With the port of a server that has ended, browsers find the new one by themselves.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    port = port or free_port()
    log = data_dir.parent / f"{data_dir.name}.log"
    process = nursery().start(
        "streamlit",
        *("run", "app.py", "--server.port", str(port), "--server.address", "127.0.0.1"),
        environment={**clean_environment(), "FIBO_DATA_DIR": str(data_dir), **environment},
        log=log,
    )
    server = Server(process, f"http://127.0.0.1:{port}", data_dir, log)
    _wait_for_health(server, needs_worker=environment.get("FIBO_WORKER") != "external")
    return server


def clean_environment() -> dict[str, str]:
    """The environment without settings of the developer's own studio, and with a small journal."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("FIBO_", "BRIA_", "STREAMLIT_"))
    }
    return {**kept, **SMALL_JOURNAL}


def free_port() -> int:
    """Return a port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for_health(server: Server, *, needs_worker: bool) -> None:
    started = time.monotonic()
    while time.monotonic() - started < 90:
        if not server.is_running():
            raise AssertionError(f"the server ended:\n{server.log.read_text()}")
        try:
            answer = httpx.get(f"{server.url}/api/health", timeout=5)
            is_open = "unfinished_generations" in answer.text
            if answer.status_code == 200 or (is_open and not needs_worker):
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"the server did not become healthy:\n{server.log.read_text()}")
