"""Translates between Bria's JSON and our own values (docs/provider.md)."""

from __future__ import annotations

import json
import re
from typing import Any

from core.domain.redaction import printable
from core.domain.scene import (
    apply_parameters,
    read_structured_prompt,
    scene_of,
    write_structured_prompt,
)
from core.domain.vocabulary import parameter
from core.engines.base import Accepted, Order, Remote

_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_SALVAGE = re.compile(rb'"request_id"\s*:\s*"([A-Za-z0-9-]{8,64})"')
_LARGEST_STORED = 2**63 - 1


class UnreadableAnswerError(Exception):
    """A response that cannot be used; `kind` is the kind of the resulting failure."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


def body_of(order: Order) -> dict[str, Any]:
    """Return the exact body of the POST for an order: only documented fields, always with a seed.

    The forms are those of docs/provider.md#what-is-sent. AI mode appends the parameters' phrases to
    the prompt. Manual mode writes them into a structured prompt that is sent together with the
    prompt: the parameters keep their fields, and the prompt fills the rest. A request that starts
    from a structured prompt sends that one, patched by its parameters. Without an instruction it is
    used as it is, as Bria's language model is skipped; with one it is refined.
    """
    request = order.request
    body: dict[str, Any] = {}
    if request.structured_prompt is not None:
        owned = read_structured_prompt(request.structured_prompt)
        scene = apply_parameters(owned, request.parameters)
        body["structured_prompt"] = write_structured_prompt(scene)
        if request.instruction is not None:
            body["prompt"] = request.instruction
    elif request.mode == "manual":
        body["prompt"] = request.prompt
        scene = scene_of(request.prompt, request.parameters)
        body["structured_prompt"] = write_structured_prompt(scene)
    else:
        entries = [parameter(name).find(value) for name, value in request.parameters.items()]
        phrases = [entry.phrase for entry in entries if entry is not None]
        body["prompt"] = ", ".join([request.prompt, *phrases])
    return {
        **body,
        "seed": order.seed,
        "aspect_ratio": request.aspect_ratio,
        "sync": False,
    }


def is_request_id(value: object) -> bool:
    """Return whether this can be a request id and is safe inside a URL (row 25)."""
    return isinstance(value, str) and _REQUEST_ID.fullmatch(value) is not None


def salvaged_request_id(raw: bytes) -> str | None:
    """Return the request id that can still be read in a broken response, or None (row 8)."""
    found = _SALVAGE.search(raw)
    return found[1].decode("ascii") if found else None


def read_object(raw: bytes | bytearray) -> dict[str, Any]:
    """Return the JSON object of a response, or raise UnreadableAnswerError."""
    try:
        answer = json.loads(raw)
    except (ValueError, RecursionError) as problem:
        raise UnreadableAnswerError("not_json") from problem
    if not isinstance(answer, dict):
        raise UnreadableAnswerError("wrong_types")
    return answer


def read_accepted(raw: bytes | bytearray) -> Accepted:
    """Return the request id, or raise UnreadableAnswerError (rows 8 and 9)."""
    answer = read_object(raw)
    request_id = answer.get("request_id")
    if request_id is None:
        raise UnreadableAnswerError("no_request_id")
    if not is_request_id(request_id):
        raise UnreadableAnswerError("wrong_types")
    return Accepted(request_id=request_id, warning=_text(answer.get("warning")))


def check_identity(answer: dict[str, Any], request_id: str) -> None:
    """Raise UnreadableAnswerError if the answer to a poll is about another job, or about none."""
    confirmed = answer.get("request_id")
    if confirmed is None:
        raise UnreadableAnswerError("no_request_id")
    if confirmed != request_id:
        raise UnreadableAnswerError("wrong_request_id")


def read_remote(answer: dict[str, Any]) -> Remote:
    """Return the finished picture of a COMPLETED answer; UnreadableAnswerError is row 30."""
    found = answer.get("result")
    result = found if isinstance(found, dict) else {}
    image_url = result.get("image_url")
    if not isinstance(image_url, str) or not image_url.strip():
        raise UnreadableAnswerError("no_image_url")
    try:
        seed: int | None = int(str(result.get("seed")))  # Bria writes a number or a string
    except ValueError:
        seed = None
    scene = result.get("structured_prompt")  # it should be a string of JSON
    return Remote(
        image_url=image_url.strip(),
        seed=seed if seed is not None and 0 <= seed <= _LARGEST_STORED else None,
        structured_prompt=_text(
            json.dumps(scene, ensure_ascii=False) if isinstance(scene, dict) else scene
        ),
    )


def _text(value: object) -> str | None:
    return printable(value) if isinstance(value, str) and value else None
