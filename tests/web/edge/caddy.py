"""A real Caddy on loopback, with a configuration of the test's own."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.running import wait_until
from tests.web.edge.nginx import listens

_AROUND = """
{{
    admin off
    auto_https off
    storage file_system {folder}/storage
}}
{inside}
"""


@contextmanager
def running_caddy(folder: Path, inside: str, *, ports: list[int]) -> Iterator[None]:
    """Run Caddy with these sites until the end of the block, or skip the test."""
    folder.mkdir(parents=True)
    configuration = folder / "Caddyfile"
    configuration.write_text(_AROUND.format(folder=folder, inside=inside))
    with (folder / "caddy.log").open("wb") as log:
        process = subprocess.Popen(
            [caddy(), "run", "--config", str(configuration), "--adapter", "caddyfile"],
            stdout=log,
            stderr=log,
            env={"HOME": str(folder), "PATH": "/usr/bin"},
        )
    try:
        for port in ports:
            wait_until(lambda port=port: listens(port), what="Caddy", patience_seconds=30)  # type: ignore[misc]
        yield
    finally:
        process.kill()
        process.wait(10)


def caddy() -> str:
    """Return where Caddy is, or skip the test."""
    program = shutil.which("caddy", path="/usr/bin:/usr/local/bin:/usr/sbin")
    if program is None:
        pytest.skip("Caddy is not installed (`apt-get install caddy`)")
    return program


def hashed(password: str) -> str:
    """Return what a Caddyfile holds in the place of a password."""
    return subprocess.run(
        [caddy(), "hash-password", "--plaintext", password],
        capture_output=True,
        check=True,
        text=True,
    ).stdout.strip()
