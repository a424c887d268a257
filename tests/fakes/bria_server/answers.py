"""Answers as values, and the ways a fault bends one before it is sent."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from tests.fakes.bria_server import pictures
from tests.fakes.bria_server.faults import Fault

JSON = "application/json"
DATE_FORMS = {
    "date": "%a, %d %b %Y %H:%M:%S GMT",
    "rfc850": "%A, %d-%b-%y %H:%M:%S GMT",
    "asctime": "%a %b %d %H:%M:%S %Y",
}
STRANGERS_PAGE = b"<!DOCTYPE html><html><body>Please log in to the network.</body></html>"
XML_ERROR = b'<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>x</Message></Error>'
MESSAGES = {
    401: "Invalid or missing api_token",
    402: "Payment required: the credit is used up",
    403: "Forbidden: not part of your plan",
    422: "The prompt was refused by content moderation",
    429: "Account has reached its maximum allowed requests",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A whole HTTP answer that has not been sent yet."""

    status: int
    body: bytes
    media_type: str = JSON
    headers: tuple[tuple[str, str], ...] = ()
    padding: int = 0

    def head(self, length: int | None) -> bytes:
        """Return the raw head; without a length the body must be chunked."""
        framing = ("Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}",)
        named = (f"{name}: {value}" for name, value in self.all_headers())
        first = f"HTTP/1.1 {self.status} {phrase(self.status)}"
        return "\r\n".join((first, *named, *framing, "Connection: close", "", "")).encode()

    def all_headers(self) -> list[tuple[str, str]]:
        """Return the headers that say something about the content, and the date."""
        dated = any(name == "Date" for name, _ in self.headers)
        date = [] if dated else [("Date", http_date(0))]
        typed = [("Content-Type", self.media_type)] if self.media_type else []
        return [*typed, *date, *self.headers]


def phrase(status: int) -> str:
    """Return the words after a status code, also for codes that have none."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unassigned"


def http_date(offset_seconds: float, form: str = "date") -> str:
    """Return now plus an offset in one of the three forms HTTP allows."""
    moment = datetime.now(UTC) + timedelta(seconds=offset_seconds)
    return moment.strftime(DATE_FORMS[form])


def json_answer(status: int, content: object) -> Answer:
    """Return an answer with a JSON body."""
    return Answer(status=status, body=json.dumps(content).encode())


def error_answer(status: int, details: str, request_id: str | None = None) -> Answer:
    """Return an error in the shape of Bria's ErrorResponse."""
    message = MESSAGES.get(status, phrase(status))
    error = {"code": status, "message": message, "details": details}
    return json_answer(status, {"error": error, "request_id": request_id or "0" * 32})


def planned_error(fault: Fault, status: int, elsewhere: str) -> Answer:
    """Return the answer of an `http_<status>` fault."""
    wishes = fault.settings
    answer = _shaped(fault, error_answer(status, wishes.text or MESSAGES.get(status, "planned")))
    offset = wishes.date_offset_seconds
    headers = [("Date", http_date(offset))]
    if wishes.retry_after is not None:
        headers.append(("Retry-After", retry_after(wishes.retry_after, offset)))
    if 300 <= status < 400:
        headers.append(("Location", wishes.url or elsewhere))
    return replace(answer, headers=tuple(headers))


def retry_after(wish: str, offset_seconds: float) -> str:
    """Return a header value: `date:30`, `rfc850:30`, `asctime:30` are moments, the rest is text."""
    form, colon, seconds = wish.partition(":")
    if colon and form in DATE_FORMS:
        return http_date(offset_seconds + float(seconds), form)
    return wish


def _shaped(fault: Fault, answer: Answer) -> Answer:
    content = json.loads(answer.body)
    match fault.settings.form:
        case "html":
            page = f"<html><body><h1>{answer.status}</h1></body></html>".encode()
            return replace(answer, body=page, media_type="text/html")
        case "empty":
            return replace(answer, body=b"", media_type="")
        case "no_details":
            del content["error"]["details"]
        case "string_code":
            content["error"]["code"] = "VALIDATION_ERROR"
        case "json":
            pass
    return json_answer(answer.status, content)


def _changed(answer: Answer, **changes: Any) -> Answer:
    """Return a JSON answer with fields replaced; None takes a field away."""
    content = {**json.loads(answer.body), **changes}
    kept = {name: value for name, value in content.items() if value is not None}
    return replace(answer, body=json.dumps(kept).encode())


def _cut_json(answer: Answer) -> Answer:
    content = json.loads(answer.body)
    first = {"request_id": content.pop("request_id", ""), **content}
    text = json.dumps(first)
    return replace(answer, body=text[: text.index(",") + 4].encode())


def _bomb(answer: Answer, size: int) -> Answer:
    packed = io.BytesIO()
    blanks = b" " * 1_000_000
    with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as file:
        file.write(answer.body)
        for _ in range(max(0, size - len(answer.body)) // len(blanks) + 1):
            file.write(blanks)
    return replace(
        answer, body=packed.getvalue(), headers=(*answer.headers, ("Content-Encoding", "gzip"))
    )


def _padded(answer: Answer, fault: Fault) -> Answer:
    usual = 3_000_000 if answer.media_type == JSON else 70_000_000
    size = fault.settings.size or usual
    return replace(answer, padding=max(0, size - len(answer.body)))


BENDS: dict[str, Callable[[Answer, Fault], Answer]] = {
    "html_200": lambda _, __: Answer(status=200, body=STRANGERS_PAGE, media_type="text/html"),
    "not_json": lambda answer, _: replace(answer, body=b"{'request_id': oops"),
    "empty_body": lambda answer, _: replace(answer, body=b""),
    "not_an_object": lambda answer, _: replace(answer, body=b'["accepted"]'),
    "cut_json": lambda answer, _: _cut_json(answer),
    "no_request_id": lambda answer, _: _changed(answer, request_id=None),
    "wrong_types": lambda answer, _: _changed(answer, request_id=12345, status=7),
    "wrong_request_id": lambda answer, _: _changed(answer, request_id="f" * 32),
    "oversized_body": _padded,
    "gzip_bomb": lambda answer, fault: _bomb(answer, fault.settings.size or 50_000_000),
    "wrong_type": lambda answer, _: replace(answer, media_type="text/plain"),
    "xml_200": lambda answer, _: replace(answer, body=XML_ERROR),
    "not_an_image": lambda answer, _: replace(answer, body=bytes(range(256)) * 8),
    "empty_image": lambda answer, _: replace(answer, body=b""),
    "cut_image": lambda answer, _: replace(answer, body=answer.body[: len(answer.body) * 6 // 10]),
    "no_iend": lambda answer, _: replace(answer, body=pictures.without_end(answer.body)),
    "bomb": lambda answer, fault: replace(
        answer, body=pictures.blank(fault.settings.size or 9_000, fault.settings.size or 9_000)
    ),
    "too_wide": lambda answer, fault: replace(
        answer, body=pictures.blank(fault.settings.size or 20_000, 8)
    ),
}
ON_ERRORS_TOO = frozenset({"html_200", "oversized_body", "gzip_bomb", "empty_body", "not_json"})


def bend(answer: Answer, fault: Fault | None, elsewhere: str) -> Answer:
    """Return the answer as a fault leaves it; `elsewhere` is where redirects lead."""
    if fault is None:
        return answer
    if fault.status is not None:
        return planned_error(fault, fault.status, elsewhere)
    if fault.kind == "foreign_status_url" and answer.status == 202:
        return _changed(answer, status_url=fault.settings.url or elsewhere)
    change = BENDS.get(fault.kind)
    if change is None or (answer.status >= 400 and fault.kind not in ON_ERRORS_TOO):
        return answer
    return change(answer, fault)
