"""The log: one line per event, as text or JSON, without secrets, with the request's id."""

from __future__ import annotations

import json
import logging
import secrets
import sys
from collections.abc import Sequence
from contextlib import suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import partial
from typing import Any, Literal

from core.domain.redaction import without_secrets

Style = Literal["text", "json"]

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request being answered; its response has it in X-Request-Id."""

SHORTEST_SECRET = 8
"""Masking shorter ones would mask half the words of a log."""

_HANDLER = "fibo"
_TEXT = "%(asctime)s %(levelname)s %(name)s%(request_note)s: %(message)s"
_FIELDS = ("reference", "method", "path", "status", "duration_ms")
_NOT_TWICE = ("streamlit.error_util", "Uncaught app execution")
"""Streamlit logs what breaks a page, and so do we, with the number that the visitor sees."""


def new_reference() -> str:
    """Return a number by which an event can be found in the log."""
    return secrets.token_hex(6)


def set_up(style: Style, *, hidden: Sequence[str] = ()) -> None:
    """Write everything that this process logs to stderr, with `hidden` texts masked.

    Secrets are masked when a record is made, so no library's handler sees one.
    """
    longest_first = sorted({text for text in hidden if len(text) >= SHORTEST_SECRET}, key=len)[::-1]
    logging.setLogRecordFactory(partial(_make_record, tuple(longest_first)))
    handler = logging.StreamHandler(sys.stderr)
    handler.set_name(_HANDLER)
    handler.setFormatter(_JsonLines() if style == "json" else logging.Formatter(_TEXT))
    handler.addFilter(_is_logged_once)
    root = logging.getLogger()
    for old in [one for one in root.handlers if one.get_name() == _HANDLER]:
        root.removeHandler(old)
    root.addHandler(handler)
    adopt_loggers()


def adopt_loggers() -> None:
    """Send what libraries log through handlers of their own through ours instead."""
    for logger in list(logging.root.manager.loggerDict.values()):
        if isinstance(logger, logging.Logger) and logger.handlers:
            logger.handlers.clear()
            logger.propagate = True


def _make_record(hidden: Sequence[str], *arguments: Any, **more: Any) -> logging.LogRecord:  # noqa: ANN401 - those of LogRecord
    record = logging.LogRecord(*arguments, **more)
    with suppress(TypeError, ValueError):  # a library's wrong format string; the handler reports it
        record.msg, record.args = _mask(record.getMessage(), hidden), ()
    if record.exc_info:
        record.exc_text = _mask(logging.Formatter().formatException(record.exc_info), hidden)
    request = REQUEST_ID.get()
    record.request = request
    record.request_note = f" [{request}]" if request else ""
    return record


def _mask(text: str, hidden: Sequence[str]) -> str:
    for secret in hidden:
        text = text.replace(secret, "***")
    return without_secrets(text)


def _is_logged_once(record: logging.LogRecord) -> bool:
    return (record.name, record.msg) != _NOT_TWICE


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        fields = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request": getattr(record, "request", "") or None,
            **{name: getattr(record, name, None) for name in _FIELDS},
            "traceback": record.exc_text,
        }
        return json.dumps({name: value for name, value in fields.items() if value is not None})
