"""Removes secrets from text: keys, signatures, signed addresses."""

from __future__ import annotations

import re

from core.domain.failure import MOST_DETAIL_BYTES

_ADDRESS = re.compile(
    r"(?i)(https?:(?:\\?/){2})(?:[^\s\"'<>/?#@]*@)?([^\s\"'<>?#]*)[?#][^\s\"'<>]*"
)
_LOGIN = re.compile(r"(?i)(\b[a-z][a-z0-9+.]{1,20}:(?:\\?/){2})[^\s\"'<>/?#@]*@")
_NAMED = re.compile(
    r"(?i)((?:x-amz-[\w-]+|signature|key-pair-id|policy|sig|api[_-]?token|api[_-]?key|token"
    r"|authorization|password|secret)[\"']?\s*(?:=|:|%3D)\s*(?:Bearer\s+)?[\"']?)"
    r"(?:[^\s&\"'<>,;%]|%(?!26))+"
)
_KEY = re.compile(r"\bfibo_[\w-]{20,}|(?i:(?<=\bbearer )[^\s\"',;]{16,})")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_CONSIDERED = 8_000
"""Enough for a detail; longer hostile text could make the search slow."""


def without_secrets(text: str, *, secret: str = "") -> str:
    """Return the text with the queries of addresses removed and keys masked."""
    if secret:
        text = text.replace(secret, "***")
    text = _LOGIN.sub(r"\1", _ADDRESS.sub(r"\1\2", text))
    return _KEY.sub("***", _NAMED.sub(r"\1***", text))


def printable(text: str) -> str:
    """Return the text without characters that a database or a page cannot hold."""
    return _UNPRINTABLE.sub("\ufffd", text)


def excerpt(raw: str | bytes | bytearray, *, secret: str = "") -> str:
    """Return the beginning of a provider's message, safe to store and to show."""
    text = raw if isinstance(raw, str) else bytes(raw[:_CONSIDERED]).decode(errors="replace")
    text = printable(without_secrets(text[:_CONSIDERED], secret=secret)).strip()
    return text.encode()[:MOST_DETAIL_BYTES].decode(errors="ignore")
