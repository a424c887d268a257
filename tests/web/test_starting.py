"""A start that cannot succeed ends in one sentence and a code; a late database is waited for."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest
from sqlalchemy import make_url

from core.database_failure import BUSY
from core.errors import StudioError
from core.settings import Settings, read_settings
from core.web.edge.starting import FAILED, answer_waiting
from core.wiring import build_studio
from tests.running import wait_until
from tests.serving import ROOT, clean_environment, free_port

PAGES = (sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true")
WORKER = (sys.executable, "-m", "core.worker")


@dataclass(frozen=True)
class Wrong:
    """What is in the way of a start, and what the sentence about it names."""

    settings: dict[str, str]
    named: str


def a_file(folder: Path) -> Wrong:
    folder.joinpath("file").write_text("")
    return Wrong({"FIBO_DATA_DIR": str(folder / "file")}, "FIBO_DATA_DIR")


def no_folder_of_ours(_folder: Path) -> Wrong:
    return Wrong({"FIBO_DATA_DIR": "/proc/studio"}, "FIBO_DATA_DIR")


def a_file_instead_of_media(folder: Path) -> Wrong:
    folder.joinpath("media").write_text("")
    return Wrong({}, "media")


def no_database(folder: Path) -> Wrong:
    folder.joinpath("fibo.sqlite").write_bytes(b"dear diary " * 1000)
    return Wrong({}, "damaged")


def a_folder_instead_of_a_database(folder: Path) -> Wrong:
    folder.joinpath("fibo.sqlite").mkdir()
    return Wrong({}, "cannot be opened")


def a_newer_database(folder: Path) -> Wrong:
    with sqlite3.connect(folder / "fibo.sqlite") as database:
        database.execute("CREATE TABLE alembic_version (version_num TEXT)")
        database.execute("INSERT INTO alembic_version VALUES ('0999')")
    database.close()
    return Wrong({}, "newer version")


def a_foreign_database(folder: Path) -> Wrong:
    with sqlite3.connect(folder / "fibo.sqlite") as database:
        database.execute("CREATE TABLE generation (id INTEGER)")
    database.close()
    return Wrong({}, "database")


def setting(name: str, value: str) -> Callable[[Path], Wrong]:
    def wrong(_folder: Path) -> Wrong:
        return Wrong({name: value}, name)

    wrong.__name__ = f"{name}={value}"
    return wrong


IN_THE_WAY = [
    a_file,
    no_folder_of_ours,
    a_file_instead_of_media,
    no_database,
    a_folder_instead_of_a_database,
    a_newer_database,
    a_foreign_database,
]
WRONG_SETTINGS = [
    setting("FIBO_PRICES", "rubbish"),
    setting("FIBO_PRICES", "[1]"),
    setting("FIBO_PRICES", '{"bria": "cheap"}'),
    setting("FIBO_PRICES", '{"bria": "NaN"}'),
    setting("FIBO_PRICES", '{"bria": -1}'),
    setting("FIBO_API_KEYS", "a:b"),
    setting("FIBO_API_KEYS", "short"),
    setting("FIBO_DATABASE_URL", "rubbish"),
    setting("FIBO_DATABASE_URL", "mysql://root:secret-word@localhost/x"),
    setting("FIBO_DATABASE_URL", "postgresql+nothing://secret-word@localhost/x"),
    setting("FIBO_DATABASE_URL", "postgresql://[::1/x"),
    setting("FIBO_DATABASE_URL", "postgresql://localhost:port/x"),
    setting("FIBO_DAILY_BUDGET_USD", "much"),
    setting("FIBO_DAILY_BUDGET_USD", "1e40"),
    setting("FIBO_PARALLEL", "0"),
    setting("FIBO_ENGINE", "best"),
    setting("FIBO_WORKER", "me"),
    setting("FIBO_LOG", "loud"),
    setting("FIBO_ON_UNKNOWN", "pay"),
    setting("FIBO_RETRY_CAP_SECONDS", "inf"),
    setting("FIBO_RETRY_BASE_SECONDS", "nan"),
    setting("FIBO_POLL_SECONDS", "1e300"),
    setting("FIBO_CACHE_TTL_SECONDS", "99999999999999"),
    setting("FIBO_DEADLINE_SECONDS", "99999999999999"),
    setting("FIBO_RATE_PER_MINUTE", "-1"),
    setting("FIBO_PROXY_LOGIN", "perhaps"),
    setting("BRIA_BASE_URL", "bria"),
    setting("BRIA_BASE_URL", "https://"),
    setting("BRIA_BASE_URL", "ftp://bria.example"),
]
COMMANDS = [
    ("core.keys", "list"),
    ("core.keys", "make", "somebody"),
    ("core.backup", "make", "copy"),
    ("core.insights",),
    ("core.insights", "--rebuild"),
]


@pytest.mark.parametrize("wrong", [*IN_THE_WAY, *WRONG_SETTINGS], ids=lambda one: one.__name__)
def test_what_is_in_the_way_of_a_start_is_an_error_with_advice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: Callable[[Path], Wrong]
) -> None:
    told = wrong(tmp_path)
    for name, value in {"FIBO_DATA_DIR": str(tmp_path), **told.settings}.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(StudioError) as failure:
        build_studio(read_settings())

    sentence = f"{failure.value.message} {failure.value.advice}"
    assert told.named in sentence
    assert failure.value.advice
    assert "\n" not in sentence
    assert "secret-word" not in sentence


@pytest.mark.parametrize("content", [b"FIBO_PARALLEL = ", b"\xff\xfe"])
def test_a_secrets_file_that_cannot_be_read_is_an_error_with_advice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    secrets_file = tmp_path / "secrets.toml"
    monkeypatch.setitem(Settings.model_config, "toml_file", secrets_file)
    secrets_file.write_bytes(content)

    with pytest.raises(StudioError, match="secrets file") as failure:
        read_settings()
    assert failure.value.advice


@pytest.mark.parametrize("program", [PAGES, WORKER], ids=["pages", "worker"])
@pytest.mark.parametrize("wrong", [a_file, no_database, a_newer_database], ids=lambda w: w.__name__)
def test_the_process_ends_with_one_sentence_and_a_code(
    tmp_path: Path, wrong: Callable[[Path], Wrong], program: tuple[str, ...]
) -> None:
    told = wrong(tmp_path)
    port = ("--server.port", str(free_port())) if program == PAGES else ()

    ended = subprocess.run(
        [*program, *port],
        cwd=ROOT,
        env={**clean_environment(), "FIBO_DATA_DIR": str(tmp_path), **told.settings},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert ended.returncode not in {0, None}
    assert told.named in ended.stderr + ended.stdout
    assert "Traceback" not in ended.stderr + ended.stdout


@pytest.fixture
def late_database(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[str, Callable[[], object]]]:
    """An address at which no database can be used yet, and what brings it there."""
    if request.param == "sqlite":
        file = tmp_path / "late.sqlite"
        holder = sqlite3.connect(file, isolation_level=None)
        holder.execute("BEGIN EXCLUSIVE")
        yield f"sqlite:///{file}", holder.rollback
        holder.close()
        return
    url = make_url(request.getfixturevalue("postgres_url"))
    there = Path(str(url.query["host"]))
    with TemporaryDirectory(prefix="late") as folder:

        def bring() -> None:
            for one in there.iterdir():
                Path(folder, one.name).symlink_to(one)

        late = url.update_query_dict({"host": folder})
        yield late.render_as_string(hide_password=False), bring


@pytest.mark.parametrize("late_database", ["sqlite", "postgres"], indirect=True)
def test_a_database_that_comes_later_is_waited_for_and_then_everything_works(
    tmp_path: Path, late_database: tuple[str, Callable[[], object]]
) -> None:
    url, bring = late_database
    port = free_port()
    with (tmp_path / "log").open("ab") as log:
        server = subprocess.Popen(
            [*PAGES, "--server.port", str(port)],
            cwd=ROOT,
            env={
                **clean_environment(),
                "FIBO_DATA_DIR": str(tmp_path / "data"),
                "FIBO_DATABASE_URL": url,
            },
            stdout=log,
            stderr=log,
        )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120) as client:
            wait_until(lambda: answers(client), what="an answer")
            health, page = client.get("/api/health"), client.get("/")
            order = client.post("/api/generate/", json={"prompt": "a plum", "resolution": "draft"})
            assert (health.status_code, page.status_code, order.status_code) == (503, 503, 503)
            assert "database" in health.json()["problems"][0]
            assert "This page looks again by itself." in page.text
            assert page.headers["Refresh"]
            assert order.headers["Retry-After"]

            bring()

            wait_until(lambda: client.get("/api/health").status_code == 200, what="a worker")
            made = client.post("/api/generate/", json={"prompt": "a plum", "resolution": "draft"})
            assert made.json()["status"] == "completed"
        server.terminate()
        server.wait(60)
        assert "Traceback" not in (tmp_path / "log").read_text()
    finally:
        server.kill()
        server.wait()


def answers(client: httpx.Client) -> bool:
    try:
        client.get("/api/health")
    except httpx.TransportError:
        return False
    return True


def nothing_to_back_up(_folder: Path) -> Wrong:
    return Wrong({}, "cannot be opened")


KEEPS_ALL = ("core.backup", "make", "copy")
CANNOT_BEGIN = [
    (command, wrong)
    for command in COMMANDS
    for wrong in (
        a_file,
        no_folder_of_ours,
        no_database,
        a_folder_instead_of_a_database,
        setting("FIBO_PARALLEL", "many"),
        setting("FIBO_DATABASE_URL", "rubbish"),
        nothing_to_back_up if command == KEEPS_ALL else a_newer_database,
    )
]


@pytest.mark.parametrize(
    ("command", "wrong"),
    CANNOT_BEGIN,
    ids=[f"{' '.join(command)}-{wrong.__name__}" for command, wrong in CANNOT_BEGIN],
)
def test_a_command_that_cannot_begin_ends_with_one_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    wrong: Callable[[Path], Wrong],
    command: tuple[str, ...],
) -> None:
    folder, copy = tmp_path / "data", tmp_path / "copy"
    folder.mkdir()
    told = wrong(folder)
    for name, value in {"FIBO_DATA_DIR": str(folder), **told.settings}.items():
        monkeypatch.setenv(name, value)
    main = import_module(f"{command[0]}.__main__").main

    assert main([str(copy) if one == "copy" else one for one in command[1:]]) == 2

    said = "".join(capsys.readouterr())
    assert len(said.strip().splitlines()) == 1
    assert any(word in said for word in (told.named, "database"))


@pytest.mark.parametrize("command", COMMANDS[:1] + COMMANDS[3:], ids=" ".join)
def test_a_command_whose_table_is_gone_ends_with_one_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: tuple[str, ...],
) -> None:
    monkeypatch.setenv("FIBO_DATA_DIR", str(tmp_path))
    build_studio(read_settings()).close()
    with sqlite3.connect(tmp_path / "fibo.sqlite") as database:
        database.execute("DROP TABLE api_key")
        database.execute("DROP TABLE generation")
    database.close()

    assert import_module(f"{command[0]}.__main__").main(list(command[1:])) == 2

    said = "".join(capsys.readouterr())
    assert "lacks a table" in said
    assert len(said.strip().splitlines()) == 1


def test_a_folder_that_may_only_be_read_ends_the_start_whatever_is_in_it(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    environment = {**clean_environment(), "FIBO_DATA_DIR": str(folder)}
    program = (
        "from core.settings import read_settings as r; from core.wiring import build_studio as b"
    )
    open_it = [sys.executable, "-c", f"{program}; b(r()).close()"]
    subprocess.run(open_it, cwd=ROOT, env=environment, check=True, timeout=120)

    with only_read(folder):
        ended = subprocess.run(
            WORKER,
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    assert ended.returncode == 2
    assert "FIBO_DATA_DIR" in ended.stderr
    assert "Traceback" not in ended.stderr


@contextmanager
def only_read(folder: Path) -> Iterator[None]:
    """Let nobody write to a folder, root included, or skip the test."""
    if os.geteuid() != 0:
        folder.chmod(0o500)
        yield
        folder.chmod(0o700)
        return
    try:
        subprocess.run(["/usr/bin/mount", "--bind", folder, folder], check=True)
        subprocess.run(["/usr/bin/mount", "-o", "remount,bind,ro", folder], check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("root writes everywhere here, and may not mount")
    try:
        yield
    finally:
        subprocess.run(["/usr/bin/umount", "--lazy", folder], check=True)


@pytest.mark.usefixtures("alembic_itself")
def test_six_processes_that_start_together_on_an_empty_database_all_live(
    tmp_path: Path, database_url: str
) -> None:
    program = (
        "import sys\n"
        "from core.settings import read_settings\n"
        "from core.wiring import build_studio\n"
        "print('ready', flush=True)\n"
        "sys.stdin.readline()\n"
        "build_studio(read_settings()).close()\n"
        "print('lived', flush=True)\n"
    )
    environment = {
        **clean_environment(),
        "FIBO_DATA_DIR": str(tmp_path / "data"),
        "FIBO_DATABASE_URL": database_url,
    }
    together = [
        subprocess.Popen(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(6)
    ]
    for one in together:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in together:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    ended = [one.communicate(timeout=180) for one in together]

    assert [one.returncode for one in together] == [0] * 6, ended
    assert {out for out, _ in ended} == {"lived\n"}


def test_two_servers_that_start_together_on_one_empty_folder_both_serve(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    ports = [free_port(), free_port()]
    servers = [
        subprocess.Popen(
            [*PAGES, "--server.port", str(port)],
            cwd=ROOT,
            env={**clean_environment(), "FIBO_DATA_DIR": str(folder)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for port in ports
    ]
    try:
        for port in ports:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120) as client:
                wait_until(lambda c=client: answers(c), what="an answer")  # type: ignore[misc]
                wait_until(
                    lambda c=client: c.get("/api/health").status_code == 200,  # type: ignore[misc]
                    what="a worker",
                )
                made = client.post("/api/generate/", json={"prompt": f"a plum for {port}"})
                assert made.json()["status"] == "completed"
    finally:
        for server in servers:
            server.kill()
            server.wait()


def test_a_server_that_anybody_could_use_ends_also_when_its_database_comes_late(
    tmp_path: Path,
) -> None:
    file = tmp_path / "late.sqlite"
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    port = free_port()
    environment = {
        **clean_environment(),
        "FIBO_DATA_DIR": str(tmp_path / "data"),
        "FIBO_DATABASE_URL": f"sqlite:///{file}",
    }
    with (tmp_path / "log").open("ab") as log:
        server = subprocess.Popen(
            [*PAGES, "--server.port", str(port), "--server.address", "0.0.0.0"],  # noqa: S104
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120) as client:
            wait_until(lambda: answers(client), what="an answer")
            assert client.get("/api/health").status_code == 503
        holder.rollback()

        assert server.wait(180) == FAILED
    finally:
        holder.close()
        server.kill()
        server.wait()
    said = (tmp_path / "log").read_text()
    assert said.count("python -m core.keys make") == 1
    assert "Traceback" not in said


def test_the_page_for_a_database_that_is_held_asks_nobody_to_do_what_it_does_itself() -> None:
    page = answer_waiting({"type": "http", "path": "/"}, BUSY.as_error())
    told = bytes(page.body).decode()

    assert page.status_code == 503
    assert "It can be opened as soon as it is free. This page looks again by itself." in told
    assert "nothing was changed" not in told
    assert "Ask again" not in told
