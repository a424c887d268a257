"""The fake Bria as a test holds it: start it, break it, ask what it charged."""

from __future__ import annotations

import json
import select
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import httpx

from tests.fakes.bria_server.doors import HOST, DoorState
from tests.fakes.bria_server.faults import CATALOGUE, FOREVER, PHASES, Fault, Phase, Settings
from tests.fakes.bria_server.ledger import Charge, read_ledger
from tests.fakes.bria_server.provider import Rules, Visit
from tests.fakes.bria_server.schedule import Weather

__all__ = [
    "CATALOGUE",
    "FOREVER",
    "PHASES",
    "Charge",
    "FakeBria",
    "Fault",
    "Phase",
    "Visit",
    "fault",
    "start_fake",
]

ROOT = Path(__file__).parents[2]
START_SECONDS = 60.0
DoorName = Literal["api", "asset", "tls"]


def fault(kind: str, **settings: Any) -> Fault:
    """Return a fault by name; the settings are the fields of `faults.Settings`."""
    return Fault(kind, Settings(**settings))


class FakeBria:
    """A running fake: addresses to point a client at, and the strings to pull."""

    def __init__(self, ports: Mapping[str, int], folder: Path, rules: Rules) -> None:
        self._ports = ports
        self._folder = folder
        self._round = 1
        self._control = httpx.Client(
            base_url=f"http://{HOST}:{ports['control']}", trust_env=False, timeout=30
        )
        self._first_token = self.token = rules.token

    @property
    def base_url(self) -> str:
        """The API without its version, as bria-client wants it."""
        return f"http://{HOST}:{self._ports['api']}"

    @property
    def v2_url(self) -> str:
        """The API as Bria's own documents write it, ending in /v2."""
        return f"{self.base_url}/v2"

    @property
    def tls_v2_url(self) -> str:
        """The API behind a certificate that nobody trusts; needs `with_tls=True`."""
        return f"https://{HOST}:{self._ports['tls']}/v2"

    @property
    def nameless_v2_url(self) -> str:
        """An API whose host name does not exist."""
        return f"http://fake-bria.invalid:{self._ports['api']}/v2"

    @property
    def asset_url(self) -> str:
        """The host of the pictures."""
        return f"http://{HOST}:{self._ports['asset']}"

    @property
    def ledger_path(self) -> Path:
        """The file with one line per charge."""
        return self._folder / f"ledger-{self._round}.jsonl"

    def plan(self, phase: Phase, *faults: Fault | str) -> None:
        """Let the next requests of a phase meet these faults, in this order."""
        chosen = [item if isinstance(item, Fault) else Fault(item) for item in faults]
        self._tell("plan", {"phase": phase, "faults": [item.as_json() for item in chosen]})

    def forget_plans(self) -> None:
        """Drop every planned fault that nobody met yet."""
        self._tell("forget", {})

    def set_weather(
        self, seed: int, chances: Mapping[Phase, Sequence[tuple[float, Fault | str]]]
    ) -> None:
        """Let requests without a planned fault meet faults by seeded chance."""
        chosen: dict[Phase, tuple[tuple[float, Fault], ...]] = {
            phase: tuple(
                (chance, item if isinstance(item, Fault) else Fault(item))
                for chance, item in entries
            )
            for phase, entries in chances.items()
        }
        weather = Weather(seed, chosen)
        written = {
            phase: [(chance, item.as_json()) for chance, item in entries]
            for phase, entries in weather.chances.items()
        }
        self._tell("weather", {"seed": seed, "chances": written})

    def turn_door(self, name: DoorName, state: DoorState, *, seconds: float | None = None) -> None:
        """Open a port, let it refuse or fall silent; after `seconds` it opens by itself."""
        self._tell("door", {"name": name, "state": state, "seconds": seconds})

    def set_rules(self, **rules: Any) -> None:
        """Change how the fake behaves when nothing is broken (fields of `Rules`)."""
        self._tell("rules", rules)
        self.token = rules.get("token", self.token)

    def start_over(self) -> None:
        """Forget everything since the start, open every door and begin a new ledger."""
        for name in self._ports.keys() - {"control"}:
            self._tell("door", {"name": name, "state": "open", "seconds": None})
        self._round += 1
        self.token = self._first_token
        self._tell("start_over", {"ledger": str(self.ledger_path)})

    def charges(self) -> list[Charge]:
        """Return the ground truth: every accepted POST, oldest first."""
        return read_ledger(self.ledger_path)

    def visits(self) -> list[Visit]:
        """Return every request that came in, with its token and its fault."""
        return [Visit(**visit) for visit in self._memory()["visits"]]

    def jobs(self) -> list[dict[str, Any]]:
        """Return request_id, seed and number of polls of every job."""
        found: list[dict[str, Any]] = self._memory()["jobs"]
        return found

    def faults_waiting(self) -> dict[Phase, list[str]]:
        """Return the names of planned faults that nobody met yet."""
        found: dict[Phase, list[str]] = self._memory()["waiting"]
        return found

    def close(self) -> None:
        """Let go of the control line."""
        self._control.close()

    def _tell(self, path: str, message: object) -> None:
        answer = self._control.post(f"/{path}", json=message)
        if answer.status_code != 200:
            raise ValueError(answer.text)

    def _memory(self) -> dict[str, Any]:
        found: dict[str, Any] = self._control.get("/memory").json()
        return found


@contextmanager
def start_fake(folder: Path, *, with_tls: bool = False, **rules: Any) -> Iterator[FakeBria]:
    """Run a fake Bria in a process of its own; `folder` takes its ledger."""
    chosen = Rules().changed(rules)
    certificate = _self_signed(folder) if with_tls else None
    wishes = {
        "rules": rules,
        "ledger": str(folder / "ledger-1.jsonl"),
        "certificate": str(certificate) if certificate else None,
    }
    command = [sys.executable, "-m", "tests.fakes.bria_server", json.dumps(wishes)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as running:
        try:
            fake = FakeBria(_ports_of(running), folder, chosen)
            try:
                yield fake
            finally:
                fake.close()
        finally:
            running.kill()


def _ports_of(running: subprocess.Popen[bytes]) -> dict[str, int]:
    """Wait for the line in which the fake names its ports."""
    if running.stdout is None or not select.select([running.stdout], [], [], START_SECONDS)[0]:
        raise TimeoutError("The fake Bria did not start.")
    line = running.stdout.readline()
    if not line:
        raise RuntimeError("The fake Bria stopped while starting; its own words are above.")
    ports: dict[str, int] = json.loads(line)
    return ports


def _self_signed(folder: Path) -> Path:
    """Make a certificate nobody trusts; the private key lives in the same file."""
    path = folder / "fake-bria.pem"
    subject = ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=IP:{HOST}", "-days", "2"]
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    files = ["-keyout", str(path), "-out", f"{path}.crt"]
    command = [shutil.which("openssl") or "openssl", "req", "-x509", *curve, *subject, *files]
    subprocess.run(command, check=True, capture_output=True)
    with path.open("a", encoding="ascii") as file:
        file.write(Path(f"{path}.crt").read_text(encoding="ascii"))
    return path
