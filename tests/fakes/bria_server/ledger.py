"""The ground truth about money: one line on disk per accepted (charged) POST."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """One picture (or structured prompt) that Bria would send a bill for."""

    number: int
    time: str
    request_id: str
    endpoint: str
    body_sha256: str
    seed: int | None
    prompt: str | None


class Ledger:
    """A file that only grows; a line is on the disk before the answer leaves."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines = len(read_ledger(path))

    def append(self, *, request_id: str, endpoint: str, raw: bytes, body: dict[str, Any]) -> Charge:
        """Write down one accepted POST and return what was written."""
        charge = Charge(
            number=self._lines + 1,
            time=datetime.now(UTC).isoformat(timespec="microseconds"),
            request_id=request_id,
            endpoint=endpoint,
            body_sha256=hashlib.sha256(raw).hexdigest(),
            seed=body.get("seed"),
            prompt=body.get("prompt"),
        )
        line = json.dumps(asdict(charge), ensure_ascii=False) + "\n"
        opened = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(opened, line.encode())
            os.fsync(opened)
        finally:
            os.close(opened)
        self._lines += 1
        return charge


def read_ledger(path: Path) -> list[Charge]:
    """Return every charge in a ledger file, oldest first; no file means no charge."""
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Charge(**json.loads(line)) for line in lines]
