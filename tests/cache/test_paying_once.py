"""Many people, several processes, one request: one picture is made and one is paid."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from pydantic import SecretStr
from sqlmodel import func, select

from core import ledger
from core.domain.states import State
from core.settings import Settings
from core.tables.generation import GenerationRow
from core.wiring import Studio, build_studio
from tests.serving import ROOT, clean_environment

PROCESSES, THREADS = 2, 8

ASKER = """
import json, sys
from concurrent.futures import ThreadPoolExecutor
from core.domain.request import parse_request
from core.settings import Settings
from core.wiring import build_studio

studio = build_studio(Settings())
request = parse_request({"prompt": "a red boat", "engine": "bria"})
print("ready", flush=True)
sys.stdin.readline()
with ThreadPoolExecutor(THREADS) as people:
    asked = list(people.map(lambda _: studio.service.ask(request), range(THREADS)))
print(json.dumps([[one.id, one.cached] for one in asked]), flush=True)
studio.close()
""".replace("THREADS", str(THREADS))


def environment(folder: Path, database_url: str) -> dict[str, str]:
    return {
        **clean_environment(),
        "FIBO_DATA_DIR": str(folder),
        "FIBO_DATABASE_URL": database_url,
        "BRIA_API_TOKEN": "nothing is sent",
    }


def ask_everywhere(folder: Path, database_url: str) -> list[tuple[int, bool]]:
    """Return id and `cached` of the answer to each thread of each process."""
    askers = [
        subprocess.Popen(
            [sys.executable, "-c", ASKER],
            cwd=ROOT,
            env=environment(folder, database_url),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        for _ in range(PROCESSES)
    ]
    for asker in askers:
        assert asker.stdout is not None
        assert asker.stdout.readline() == "ready\n"
    for asker in askers:
        assert asker.stdin is not None
        asker.stdin.write("go\n")
        asker.stdin.flush()
    told = [asker.communicate(timeout=60)[0] for asker in askers]
    return [(number, cached) for answers in told for number, cached in json.loads(answers)]


def studio_of(folder: Path, database_url: str) -> Studio:
    return build_studio(
        Settings(
            FIBO_DATA_DIR=folder,
            FIBO_DATABASE_URL=SecretStr(database_url),
            BRIA_API_TOKEN=SecretStr("nothing is sent"),
        )
    )


def test_eight_threads_in_each_of_two_processes_pay_once(tmp_path: Path, database_url: str) -> None:
    studio_of(tmp_path, database_url).close()

    answers = ask_everywhere(tmp_path, database_url)

    assert len(answers) == PROCESSES * THREADS
    (one,) = set(answers)
    studio = studio_of(tmp_path, database_url)
    asked = studio.service.see(one[0])
    with studio.database.reading() as session:
        rows = session.exec(select(func.count()).select_from(GenerationRow)).one()
        committed = ledger.committed(session, f"day:{asked.spend_day}")
    studio.close()
    assert asked.state is State.QUEUED
    assert rows == 1
    assert committed == studio.settings.prices.of("bria")
