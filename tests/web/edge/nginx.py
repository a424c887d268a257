"""A real nginx on loopback, with a configuration of the test's own."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.running import wait_until

_AROUND = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {inside}
}}
"""


@contextmanager
def running_nginx(folder: Path, inside: str, *, ports: list[int]) -> Iterator[None]:
    """Run nginx with this inside its `http` block until the end of the block, or skip the test."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    if program is None:
        pytest.skip("nginx is not installed (`apt-get install nginx`)")
    folder.mkdir(parents=True)
    configuration = folder / "nginx.conf"
    configuration.write_text(_AROUND.format(folder=folder, inside=inside))
    words = [program, "-p", str(folder), "-c", str(configuration), "-e", f"{folder}/start.log"]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for port in ports:
            wait_until(lambda port=port: listens(port), what="nginx", patience_seconds=30)  # type: ignore[misc]
        yield
    finally:
        process.kill()
        process.wait(10)


def listens(port: int) -> bool:
    """Whether somebody answers at a port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
