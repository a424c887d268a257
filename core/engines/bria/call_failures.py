"""One word for each way in which a call can fail."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator

import httpx

from core.engines.bria.bodies import BodyError

_WORDS: tuple[tuple[type[Exception], str], ...] = (
    (httpx.ConnectTimeout, "connect_timeout"),
    (httpx.PoolTimeout, "pool_timeout"),
    (httpx.WriteTimeout, "write_failed"),
    (httpx.WriteError, "write_failed"),
    (httpx.ReadTimeout, "read_timeout"),
    (httpx.ReadError, "reset"),
    (httpx.CloseError, "reset"),
    (TimeoutError, "wall_clock"),
)
"""In order: the builtin TimeoutError is an OSError too, and httpx's errors do not inherit from
it."""


def failure_word(problem: Exception, *, answered: bool) -> str:
    """Return the word for what made a call fail; `broken` if it was not foreseen.

    `answered` says whether a status line had arrived.
    """
    if isinstance(problem, BodyError):
        return problem.word
    if isinstance(problem, httpx.ConnectError):
        return _connect_failure(problem)
    if isinstance(problem, httpx.RemoteProtocolError):
        if answered:
            return "cut_answer"
        # only httpx's message tells a closed connection from bytes that are not HTTP
        return "no_answer" if "disconnected" in str(problem) else "not_http"
    return next((word for kind, word in _WORDS if isinstance(problem, kind)), "broken")


def _connect_failure(problem: httpx.ConnectError) -> str:
    """Return the cause that httpx hides in one class; the exceptions below it differ."""
    causes = list(_causes(problem))
    reasons = (
        (socket.gaierror, "dns"),
        (ssl.SSLCertVerificationError, "certificate"),
        (ssl.SSLError, "tls_failed"),
        (ConnectionRefusedError, "refused"),
    )
    for kind, word in reasons:
        if any(isinstance(cause, kind) for cause in causes):
            return word
    return "connect_failed"


def _causes(problem: BaseException) -> Iterator[BaseException]:
    """Yield an exception and everything that led to it, also inside groups."""
    waiting: list[BaseException | None] = [problem]
    seen: set[int] = set()
    while waiting:
        cause = waiting.pop()
        if cause is None or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        waiting += [cause.__cause__, cause.__context__]
        if isinstance(cause, BaseExceptionGroup):
            waiting += cause.exceptions
