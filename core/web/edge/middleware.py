"""The middleware for every request and answer, including Streamlit's own."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.errors import EdgeError, with_advice
from core.logs import REQUEST_ID, new_reference
from core.web.api.error_responses import Refusal, refusal, tell
from core.web.edge.base_path import as_served, seen_from_inside, way_in
from core.web.edge.body_limits import Held, UploadQuota, bounded
from core.web.edge.connections import Guard, answering, guard_server, raise_file_limit
from core.web.edge.host_and_origin import CLIENT, Proxies, check_host, check_origin, recognise
from core.web.edge.path_rules import check_path, is_api
from core.web.edge.security_headers import content_security_policy, with_security
from core.web.edge.starting import Starting, answer_waiting, explain_failure

log = logging.getLogger(__name__)

_POLLED = {"/api/health", "/api/metrics"}
"""Polled every few seconds; their log lines would bury the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeConfig:
    """What the middleware knows about the installation."""

    allowed_hosts: tuple[str, ...] = ()
    pages_have_login: bool = False
    proxies: Proxies = field(default_factory=Proxies)
    unix_socket: Path | None = None
    policy: bytes = content_security_policy()


class EdgeMiddleware:
    """Checks every request, and adds headers and a reference number to every answer."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        read_config: Callable[[], EdgeConfig],
        starting: Starting | None = None,
        held: Held,
        base_path: str = "",
    ) -> None:
        """Wrap `app`, whose routes lie below `base_path`.

        `read_config` is called once, before anything starts, and then `starting` begins. If either
        raises, the log has one sentence and the server does not start. Requests are refused until
        `starting` is over.
        """
        self._app = app
        self._starting = starting or Starting(lambda: None)
        self._read_config = read_config
        self._config = EdgeConfig()
        self._base_path = base_path
        self._uploads = UploadQuota(held)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] == "lifespan":
            await self._open(scope, receive, send)
            return
        scope = seen_from_inside(scope, self._base_path)
        with answering(time.monotonic):
            request_id = new_reference()
            REQUEST_ID.set(request_id)
            answer = _Answer(send, request_id, self._config.policy)
            started = time.monotonic()
            try:
                await self._pass(scope, receive, answer.send)
            except EdgeError as refused:
                log.info("refused: %s", refused.code, extra={"status": refused.status})
                await answer.replace(_refuse(scope, refused), scope, receive)
            except ClientDisconnect:
                log.info("the visitor left before the answer")
            except Exception:
                # the last resort: whatever breaks, the client gets a number and the log gets the
                # rest
                log.exception("%r broke", scope["path"])
                message = "Something broke here; it is not your fault."
                hint = f"Ask whoever runs the studio to look for {request_id} in its log."
                apology: Response = PlainTextResponse(f"{message} {hint}", status_code=500)
                if is_api(scope):
                    apology = refusal(500, Refusal(code="broken", message=message, hint=hint))
                await answer.replace(apology, scope, receive)
            await answer.finish()
            if is_api(scope):
                entry = {
                    "method": scope.get("method", "WS"),
                    "path": scope["path"],
                    "status": answer.status,
                }
                log.log(
                    logging.DEBUG if scope["path"] in _POLLED else logging.INFO,
                    "%(method)s %(path)r: %(status)d",
                    entry,
                    extra={**entry, "duration_ms": round((time.monotonic() - started) * 1000, 1)},
                )

    async def _open(self, scope: Scope, receive: Receive, send: Send) -> None:
        # uvicorn takes an exception here for an app without a lifespan, and serves anyway
        try:
            self._config = await asyncio.to_thread(self._read_config)
            await self._starting.begin()
        except Exception as failure:  # noqa: BLE001 - the outermost edge of the start
            await receive()
            sentence = explain_failure(failure)
            await send({"type": "lifespan.startup.failed", "message": sentence})
            return
        shared = self._config.proxies.are_at
        guard = Guard(raise_file_limit(), now=time.monotonic, is_shared=shared)
        guard_server(asyncio.get_running_loop(), guard, unix_socket=self._config.unix_socket)
        has_failed = False

        async def send_but_failures(message: Message) -> None:
            nonlocal has_failed
            has_failed = message["type"] == "lifespan.startup.failed"
            if not has_failed:
                await send(message)

        try:
            await self._app(scope, receive, send_but_failures)
        except Exception as failure:
            if not has_failed:
                raise
            sentence = explain_failure(failure)
            await send({"type": "lifespan.startup.failed", "message": sentence})
        finally:
            self._starting.leave()

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._starting.waits_for is not None:
            await answer_waiting(scope, self._starting.waits_for)(scope, receive, send)
            return
        allowed = self._config.allowed_hosts
        check_host(scope, allowed=allowed)
        check_origin(scope, allowed=allowed)
        elsewhere = way_in(scope, self._base_path)
        if elsewhere is not None:
            await elsewhere(scope, receive, send)
            return
        client = scope[CLIENT] = recognise(scope, self._config.proxies)
        check_path(scope, client, pages_have_login=self._config.pages_have_login)
        inner = as_served(scope, self._base_path)
        if scope["type"] == "websocket":
            await self._app(inner, receive, send)
            return
        receive_some = bounded(scope, receive, now=time.monotonic)
        with self._uploads.remaining_for(scope):
            await self._app(inner, receive_some, send)


class _Answer:
    """One answer on its way out; a broken one is held back, so that another can replace it."""

    def __init__(self, send: Send, request_id: str, policy: bytes) -> None:
        self._send = send
        self._policy = policy
        self._request_id = request_id
        self._held: list[Message] = []
        self.status = 0

    async def send(self, message: Message) -> None:
        """Send a part of the answer, the first one with our headers."""
        if message["type"].endswith("response.start"):
            self.status = message["status"]
            headers = with_security(
                message.get("headers", ()), policy=self._policy, request_id=self._request_id
            )
            message = {**message, "headers": headers}
        elif message["type"] == "websocket.accept":
            self.status = 101
        if self.status == 500:
            self._held.append(message)
        else:
            await self._send(message)

    async def replace(self, response: Response, scope: Scope, receive: Receive) -> None:
        """Send another answer instead, unless a part of the first was sent already."""
        if self.status in {0, 500}:
            self.status, self._held = 0, []
            await response(scope, receive, self.send)
        elif scope["type"] == "websocket":
            await self._send({"type": "websocket.close", "code": 1011})

    async def finish(self) -> None:
        """Send what was held back."""
        for message in self._held:
            await self._send(message)
        self._held = []


def _refuse(scope: Scope, refused: EdgeError) -> Response:
    waiting = refused.retry_after_seconds
    headers = {"Retry-After": str(waiting)} if waiting else {}
    if refused.status in {408, 413}:
        headers["Connection"] = "close"  # the rest of the body is not read
    if is_api(scope):
        return refusal(refused.status, tell(refused), headers)
    return PlainTextResponse(with_advice(refused), status_code=refused.status, headers=headers)
