"""Every route as a shell command that can be copied and run."""

from __future__ import annotations

import json
import shlex
from typing import Any

Command = tuple[str, str]
"""What it does, and the command."""

_UPLOAD = "multipart/form-data"
_FILES = {"application/zip": "batch.zip", "image/png": "picture.png"}
"""The file to which an answer that is not text is saved."""


def curl(base: str, path: str, method: str, operation: dict[str, Any]) -> list[Command]:
    """Return the commands for an operation; `$ID` stands for an id of yours."""
    address = base + path
    for name in ("{generation_id}", "{batch_id}"):
        address = address.replace(name, "$ID")
    content = operation["responses"].get("200", {}).get("content", {})
    kept = next((["-o", name] for kind, name in _FILES.items() if kind in content), [])
    commands = [
        (one["summary"], _line(method, address, ["--json", json.dumps(one["value"])]))
        for one in _bodies(operation, "application/json")
    ]
    commands += [
        (one["summary"], _line(method, address, _form(one["value"])))
        for one in _bodies(operation, _UPLOAD)
    ]
    commands += [
        (one["summary"], _line(method, address + one["value"], kept))
        for one in operation.get("x-queries", ())
    ]
    return commands or [(operation["summary"], _line(method, address, kept))]


def _bodies(operation: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    content = operation.get("requestBody", {}).get("content", {})
    return list(content.get(kind, {}).get("examples", {}).values())


def _form(fields: dict[str, Any]) -> list[str]:
    texts = {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in fields.items()
    }
    return [part for name, text in texts.items() for part in ("-F", f"{name}={text}")]


def _line(method: str, address: str, options: list[str]) -> str:
    words = ["curl", "-s"]
    if method not in {"get", "post"} or (method == "post" and not options):
        words += ["-X", method.upper()]
    # double quotes, so that the shell inserts the id
    place = f'"{address}"' if "$" in address else shlex.quote(address)
    return " ".join(
        [*words, place, *(one if one.startswith("-") else shlex.quote(one) for one in options)]
    )
