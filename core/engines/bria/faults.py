"""Turns failed calls and error responses into a Failure; rows are those of docs/provider.md."""

from __future__ import annotations

import json
import re
from codecs import getincrementaldecoder
from collections.abc import Callable
from datetime import datetime
from typing import Any

from pydantic import SecretStr

from core.domain.failure import Charge, Failure, Phase, ProviderError
from core.domain.redaction import excerpt
from core.engines.bria.contract import salvaged_request_id
from core.engines.bria.wire import Exchange
from core.engines.bria.words import advice, fact
from core.provider.retry import parse_retry_after

_NOTHING_LEFT = frozenset(
    {"dns", "refused", "certificate", "tls_failed", "connect_failed", "connect_timeout"}
    | {"pool_timeout"}
)
"""Rows 1 to 3: these words are only used before a byte of the request was written."""

_REFUSALS = frozenset(
    {400, 401, 402, 403, 404, 405, 406, 407, 410, 411, 412, 413, 414, 415, 416, 417, 421, 422}
    | {426, 428, 429, 431, 451, 460}
)
"""Rows 10 to 15, 18, 19: statuses sent before any work. Not 408, 409 and 425 (rows 16, 17)."""

_GONE = frozenset({403, 404, 410})
_OF_THE_IMAGE = {"cut_answer": "truncated_image"}
_MODERATION = re.compile(r"moderat|content.?polic|unsafe|nsfw|inappropriate", re.IGNORECASE)


class Reporter:
    """Creates the errors of failed calls; it knows the API key and removes it from them."""

    def __init__(self, token: SecretStr, now: Callable[[], datetime]) -> None:
        self._token = SecretStr(token.get_secret_value().strip())
        self._now = now

    def submit_problem(self, exchange: Exchange) -> ProviderError | None:
        """Return why a POST was not certainly accepted, or None if its response can be read."""
        status = exchange.status
        if status is None:
            kind = exchange.failure or "broken"
            unsent = kind in _NOTHING_LEFT or not exchange.may_have_left
            charge = Charge.NO if unsent else Charge.MAYBE
            return self.error(kind, Phase.SUBMIT, charge, exchange)
        if not 200 <= status < 300:
            # a 503 with Retry-After was not worked on (row 22)
            put_off = status == 503 and self._asked_wait(exchange) is not None
            charge = Charge.NO if put_off or status in _REFUSALS else Charge.MAYBE
            return self.error(_status_kind(exchange), Phase.SUBMIT, charge, exchange)
        return self.broken_acceptance(exchange.failure, exchange) if exchange.failure else None

    def broken_acceptance(self, kind: str, exchange: Exchange) -> ProviderError:
        """Return the error of rows 8 and 9: accepted, with a response that cannot be used.

        Its request id may still be readable. If the page of another server came instead (row 24),
        nobody knows whether the request reached Bria.
        """
        found = salvaged_request_id(bytes(exchange.body))
        if found is None and is_foreign_page(exchange):
            return self.error("foreign_page", Phase.SUBMIT, Charge.MAYBE, exchange)
        return self.error(kind, Phase.SUBMIT, Charge.YES, exchange, request_id=found)

    def poll_problem(self, exchange: Exchange, request_id: str) -> ProviderError | None:
        """Return why a poll has no result (row 26), or None if it can be read."""
        if exchange.status is not None and not 200 <= exchange.status < 300:
            kind = _status_kind(exchange, moderated=False)
        elif exchange.failure:
            kind = exchange.failure
        else:
            return None
        return self.error(kind, Phase.POLL, Charge.YES, exchange, request_id=request_id)

    def unreadable_poll(self, kind: str, exchange: Exchange, request_id: str) -> ProviderError:
        """Return the error of a complete poll response that cannot be used (rows 24, 26, 30)."""
        word = "foreign_page" if kind == "not_json" and is_foreign_page(exchange) else kind
        return self.error(word, Phase.POLL, Charge.YES, exchange, request_id=request_id)

    def asset_problem(self, exchange: Exchange) -> ProviderError | None:
        """Return why a download brought nothing (rows 31, 32, 34), or None if it brought bytes."""
        if exchange.status in _GONE:
            kind = "expired_url"
        elif exchange.status is not None and not 200 <= exchange.status < 300:
            kind = _status_kind(exchange, moderated=False)
        elif exchange.failure:
            kind = _OF_THE_IMAGE.get(exchange.failure, exchange.failure)
        else:
            return None
        return self.error(kind, Phase.ASSET, Charge.YES, exchange)

    def error(
        self,
        kind: str,
        phase: Phase,
        charge: Charge,
        exchange: Exchange | None = None,
        *,
        request_id: str | None = None,
        detail: str | None = None,
    ) -> ProviderError:
        """Return the error of one failed call."""
        said = _words_of(exchange) if detail is None and exchange is not None else detail or ""
        return ProviderError(
            Failure(
                phase=phase,
                kind=kind,
                charge=charge,
                http_status=exchange.status if exchange else None,
                retry_after_seconds=self._asked_wait(exchange),
                message=fact(kind, phase),
                advice=advice(kind, phase, charge, has_request_id=request_id is not None),
                request_id=request_id,
                detail=excerpt(said, secret=self._token.get_secret_value()),
            )
        )

    def _asked_wait(self, exchange: Exchange | None) -> float | None:
        if exchange is None or exchange.status is None or exchange.status < 400:
            return None
        headers = exchange.headers
        return parse_retry_after(
            headers.get("retry-after"), answered_at=headers.get("date"), now=self._now()
        )


def is_foreign_page(exchange: Exchange) -> bool:
    """Return whether another server answered, such as the log-in page of a network (row 24)."""
    kind = exchange.headers.get("content-type", "").partition(";")[0].strip().lower()
    page = "html" in kind or exchange.body.lstrip()[:1] == b"<"
    return page or (exchange.status == 200 and kind != "" and not kind.endswith("json"))


def is_moderation(code: object, *texts: object) -> bool:
    """Return whether an error comes from content moderation (row 18).

    Bria uses 422 for other unusable input too, and also sends words as codes.
    """
    words = " ".join(text for text in texts if isinstance(text, str))
    named = "moderat" in str(code).lower()
    return named or (str(code) == "422" and bool(_MODERATION.search(words)))


def error_parts(answer: object) -> tuple[object, str, str]:
    """Return code, message and details of an error body; empty where they are missing."""
    found = answer.get("error") if isinstance(answer, dict) else None
    fields: dict[str, Any] = found if isinstance(found, dict) else {}
    if isinstance(found, str):
        fields = {"message": found}
    message, details = fields.get("message"), fields.get("details")
    return (
        fields.get("code"),
        message if isinstance(message, str) else "",
        (details if isinstance(details, str) else ""),
    )


def spoken(answer: object) -> str:
    """Return the provider's own reason: the details, or else the general message."""
    _, message, details = error_parts(answer)
    return details or message


def _status_kind(exchange: Exchange, *, moderated: bool = True) -> str:
    status = exchange.status or 0
    if 300 <= status < 400:
        return "redirect"
    if moderated and status == 422:
        _, message, details = error_parts(_json_of(exchange))
        if is_moderation(status, message, details):
            return "moderation"
    return f"http_{status}"


def _words_of(exchange: Exchange) -> str | bytes:
    """Return the response's message, its text, or how the call failed if there was no response.

    A body that is no text is described by its size and its first bytes.
    """
    if not exchange.body:
        return exchange.failure_class
    if said := spoken(_json_of(exchange)):
        return said
    start = bytes(exchange.body[:200])
    try:
        getincrementaldecoder("utf-8")().decode(start)
        is_text = min(start) >= ord("\t")
    except UnicodeDecodeError:
        is_text = False
    if is_text:
        return bytes(exchange.body)
    return f"{len(exchange.body)} bytes that begin with {start[:16].hex(' ')}"


def _json_of(exchange: Exchange) -> object:
    try:
        return json.loads(exchange.body)
    except (ValueError, RecursionError):
        return None
