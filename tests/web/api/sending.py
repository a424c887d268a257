"""Tables to send, and how they are sent."""

from __future__ import annotations

from typing import Any

from starlette.testclient import TestClient

GOOD = b"prompt,lighting,remark\na red boat,soft,pier 1\na blue boat,golden-hour,pier 2\n"
WRONG = b"prompt,lighting\na red boat,sof\nx,soft\na green boat,soft\n"


def send(
    client: TestClient,
    path: str,
    content: bytes = GOOD,
    *,
    name: str = "boats.csv",
    key: str | None = None,
    **form: str,
) -> Any:
    """Send a table as a file of a form, with an Idempotency-Key if one is given."""
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(path, files={"file": (name, content)}, data=form, headers=headers)
