"""Processes that begin with the imports done, so that a test of a server does not pay for them.

`python -m tests.nursery` imports what a server imports, and then makes a child for each line it
reads; the child goes on as `python -m <module> <arguments>` would. Starts from nothing have tests
of their own (test_starting, test_process, test_readme_commands).
"""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


class Child:
    """A process of the nursery; as much of `subprocess.Popen` as the tests use."""

    def __init__(self, nursery: Nursery, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._nursery = nursery
        self._handle = os.pidfd_open(pid)

    def poll(self) -> int | None:
        """Return the exit code, or None while it runs."""
        return self._look(0)

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code, or raise TimeoutExpired after so many seconds."""
        code = self._look(timeout)
        if code is None:
            raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0)
        return code

    def send_signal(self, sign: int) -> None:
        """Send a signal, unless the process has ended."""
        if self.poll() is None:
            signal.pidfd_send_signal(self._handle, sign)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def _look(self, seconds: float | None) -> int | None:
        if self.returncode is None:
            watch = select.poll()
            watch.register(self._handle, select.POLLIN)
            if not watch.poll(None if seconds is None else seconds * 1000):
                return None
            self.returncode = self._nursery.code_of(self.pid)
            os.close(self._handle)
        return self.returncode


class Nursery:
    """The process that has imported everything, as its users see it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._wait_until_ready()

    def start(
        self, module: str, *arguments: str, environment: Mapping[str, str], log: Path
    ) -> Child:
        """Go on as `python -m module arguments` in a new process, whose words go to `log`."""
        words = [module, *arguments]
        wish = {"words": words, "environment": dict(environment), "log": str(log)}
        return Child(self, self._ask(wish))

    def code_of(self, pid: int) -> int:
        """Return the exit code of a child that has ended."""
        return self._ask({"ended": pid})

    def close(self) -> None:
        """End the nursery; its children are ended by who asked for them."""
        with self._lock:
            self._process.kill()
            self._process.communicate()

    def _wait_until_ready(self) -> None:
        assert self._process.stdout is not None
        said = self._process.stdout.readline()
        assert said == "ready\n", f"the nursery ended: {said}"

    def _ask(self, wish: dict[str, Any]) -> int:
        with self._lock:
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            self._process.stdin.write(json.dumps(wish) + "\n")
            self._process.stdin.flush()
            return int(self._process.stdout.readline())


@cache
def nursery() -> Nursery:
    """Return the nursery of this process, started with the first call."""
    made = Nursery()
    atexit.register(made.close)
    return made


def _serve() -> Sequence[str]:
    """Make children until nobody asks any more; in a child, return what it is to run."""
    _import_everything()
    asked = os.fdopen(os.dup(0), "r")
    told = os.fdopen(os.dup(1), "w")
    print("ready", file=told, flush=True)
    while line := asked.readline():
        wish = json.loads(line)
        if "ended" in wish:
            answer = os.waitstatus_to_exitcode(os.waitpid(wish["ended"], 0)[1])
        else:
            answer = os.fork()
            if answer == 0:
                asked.close()
                told.close()
                _begin(wish)
                return wish["words"]  # type: ignore[no-any-return]
        print(answer, file=told, flush=True)
    return ()


def _import_everything() -> None:
    import alembic.command  # noqa: F401
    import pandas  # noqa: F401
    import plotly.express  # noqa: F401
    import sqlalchemy.dialects.postgresql.psycopg  # noqa: F401
    import streamlit.web.cli  # noqa: F401
    import uvicorn  # noqa: F401

    import core.web.server  # noqa: F401
    import pages.parts.shared.frame  # noqa: F401


def _begin(wish: dict[str, Any]) -> None:
    os.environ.clear()
    os.environ.update(wish["environment"])
    time.tzset()
    log = os.open(wish["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for old, new in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(old, new)
    os.close(log)
    os.close(nothing)


def main() -> None:
    """Be the nursery, and in each child the program that was asked for."""
    words = _serve()
    if words:
        import runpy

        sys.argv = [words[0], *words[1:]]
        sys.path.insert(0, "")
        runpy.run_module(words[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
