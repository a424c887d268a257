"""Reads a request's body strictly: one JSON object of limited size."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any

from fastapi import Header, Request
from starlette.datastructures import Headers
from starlette.types import Scope

from core.domain.request import GenerationRequest, parse_request
from core.domain.vocabulary import PARAMETER_NAMES
from core.errors import EdgeError, InvalidRequestError
from core.generation.service import LOCAL_USER
from core.records.idempotency_records import Claim

LARGEST_BODY_BYTES = 1_000_000

IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=1,
        max_length=255,
        description="Any text of your own. The same key with the same request is carried out once, "
        "however often it is sent; with another request it is refused.",
    ),
]


def declared_bytes(scope: Scope) -> int | None:
    """Return the declared length of a request's body, or None if there is none."""
    length = Headers(scope=scope).get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() else None


async def read_object(request: Request, *, optional: bool = False) -> dict[str, Any]:
    """Return the JSON object of the body; with `optional`, no body means an empty object."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY_BYTES:
            raise EdgeError(413, "too_large", "The request is larger than 1 MB; shorten it.")
    if optional and not body.strip():
        return {}
    try:
        fields = json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as failure:
        where = (
            f" (line {failure.lineno}, column {failure.colno})"
            if isinstance(failure, json.JSONDecodeError)
            else ""
        )
        raise InvalidRequestError.of(
            "body", f"The body is not JSON{where}; send one JSON object."
        ) from failure
    if not isinstance(fields, dict):
        raise InvalidRequestError.of("body", "The body must be one JSON object.")
    return fields


def read_request(fields: dict[str, Any], *, engine: str) -> tuple[GenerationRequest, int]:
    """Return the request in these fields, and the user that makes it.

    As in the first version's API, a field that is null is not set, nor is an empty parameter.
    """
    given = {name: value for name, value in fields.items() if value is not None}
    given = {n: value for n, value in given.items() if value != "" or n not in PARAMETER_NAMES}
    user_id = given.pop("user_id", LOCAL_USER)
    request = parse_request({"engine": engine, **given})
    if isinstance(user_id, bool) or not isinstance(user_id, int) or not 1 <= user_id < 2**63:
        sentence = "user_id must be a whole number from 1 on."
        raise InvalidRequestError.of("user_id", sentence)
    return request, user_id


def claim_of(request: Request, key: str, caller_id: int, fields: dict[str, Any]) -> Claim:
    """Return the claim of a request, made of its method, address, query and fields."""
    query = sorted(pair for pair in request.query_params.multi_items() if pair[0] != "wait")
    asked = json.dumps(
        [request.method, request.url.path.rstrip("/"), query, fields], sort_keys=True
    )
    fingerprint = hashlib.sha256(asked.encode()).hexdigest()
    return Claim(caller_id=caller_id, key=key, fingerprint=fingerprint)


def _refuse_constant(word: str) -> float:
    raise ValueError(f"{word} is not JSON")
