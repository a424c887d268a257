"""Every route as a line for the shell that runs as it stands."""

from __future__ import annotations

import json
import shlex
from typing import Any

Command = tuple[str, str]
"""What it does, and the line."""

_UPLOAD = "multipart/form-data"


def curl(base: str, path: str, method: str, operation: dict[str, Any]) -> list[Command]:
    """Return the commands that show an operation; `$ID` stands for an id of your own."""
    address = base + path
    for name in ("{generation_id}", "{batch_id}"):
        address = address.replace(name, "$ID")
    content = operation.get("requestBody", {}).get("content", {})
    examples = content.get("application/json", {}).get("examples", {})
    commands = [
        (one["summary"], _line(method, address, ["--json", json.dumps(one["value"])]))
        for one in examples.values()
    ]
    if _UPLOAD in content:
        commands.append((operation["summary"], _line(method, address, ["-F", "file=@prompts.csv"])))
    commands += [
        (one["summary"], _line(method, address + one["value"], []))
        for one in operation.get("x-queries", ())
    ]
    return commands or [(operation["summary"], _line(method, address, []))]


def _line(method: str, address: str, options: list[str]) -> str:
    words = ["curl", "-s"]
    if method not in {"get", "post"} or (method == "post" and not options):
        words += ["-X", method.upper()]
    # double quotes, so that the shell puts the id in
    place = f'"{address}"' if "$" in address else shlex.quote(address)
    return " ".join([*words, place, *(_quoted(option) for option in options)])


def _quoted(text: str) -> str:
    return text if text.startswith("-") else shlex.quote(text)
