"""Starting the studio: fails with one sentence, or waits until its database is there."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections.abc import Callable
from html import escape

from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Scope

from core.errors import DatabaseAwayError, StudioError, with_advice
from core.web.api.error_responses import Refusal, refusal
from core.web.edge.path_rules import is_api

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 5.0
"""How long requests wait while the studio opens; then they are told that it does."""

AGAIN_SECONDS = 1.0
FAILED = 3
"""The exit code of a start that failed, the same as uvicorn's."""

_STARTING = StudioError(
    "The studio is starting: its database is being opened and brought up to date.",
    advice="Wait a moment.",
)


def explain_failure(failure: BaseException) -> str:
    """Return what prevented a start, in one line."""
    if isinstance(failure, StudioError):
        return with_advice(failure)
    text = " ".join(str(failure).split())
    return f"The studio cannot start: {type(failure).__name__}: {text}".rstrip(": ")


class Starting:
    """Opens the studio in the background; until then `waits_for` says what is missing."""

    def __init__(
        self,
        open_studio: Callable[[], None],
        *,
        patience_seconds: float = PATIENCE_SECONDS,
        give_up: Callable[[int], object] = os._exit,
    ) -> None:
        """Open by calling `open_studio`, repeatedly while it raises DatabaseAwayError.

        `give_up` ends the process if the start fails after somebody was told to wait; nothing runs
        then that would have to be stopped first.
        """
        self._open_studio = open_studio
        self._patience_seconds = patience_seconds
        self._give_up = give_up
        self._task: asyncio.Task[None] | None = None
        self.waits_for: StudioError | None = None

    async def begin(self) -> None:
        """Return once the studio is open or has to wait; raise what waiting cannot mend.

        Anything raised later is logged, and the process ends.
        """
        self._task = asyncio.create_task(self._open())
        done, _ = await asyncio.wait({self._task}, timeout=self._patience_seconds)
        if done:
            self._task.result()
            return
        self.waits_for = self.waits_for or _STARTING
        log.warning("%s", with_advice(self.waits_for))
        self._task.add_done_callback(self._end)

    def leave(self) -> None:
        """Stop waiting."""
        if self._task is not None:
            self._task.cancel()

    async def _open(self) -> None:
        while True:
            try:
                await _in_a_thread_of_its_own(self._open_studio)
            except DatabaseAwayError as away:
                self.waits_for = away
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                self.waits_for = None
                return

    def _end(self, task: asyncio.Task[None]) -> None:
        if task.cancelled():
            return
        failure = task.exception()
        if failure is not None:
            log.error(explain_failure(failure))
            self._give_up(FAILED)


async def _in_a_thread_of_its_own(work: Callable[[], None]) -> None:
    """Await work that may hang, in a daemon thread that does not keep the process alive."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()

    def settle(failure: Exception | None) -> None:
        if done.done():
            return
        if failure is None:
            done.set_result(None)
        else:
            done.set_exception(failure)

    def run() -> None:
        failure: Exception | None = None
        try:
            work()
        except Exception as broken:  # noqa: BLE001 - handed to whoever awaits it
            failure = broken
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, failure)

    threading.Thread(target=run, name="start", daemon=True).start()
    await done


def answer_waiting(scope: Scope, missing: StudioError) -> Response:
    """Return the answer for the meantime: 503, for people with a page that reloads itself."""
    headers = {"Retry-After": "5", "Cache-Control": "no-store"}
    if scope["path"] == "/api/health":
        notice = {"kind": missing.code, "message": missing.message, "advice": missing.advice}
        body = {
            "status": "problem",
            "problems": [missing.message],
            "notices": [{**notice, "stops": True}],
        }
        return JSONResponse(body, status_code=503, headers=headers)
    if is_api(scope):
        answer = Refusal(
            code=missing.code, message=missing.message, hint="Ask again in a few seconds."
        )
        return refusal(503, answer, headers)
    is_away = isinstance(missing, DatabaseAwayError)
    page = _PAGE.format(
        title="Waiting for the database…" if is_away else "Starting…",
        message=escape(missing.message),
        advice=escape(missing.advice),
    )
    return HTMLResponse(page, status_code=503, headers={**headers, "Refresh": "3"})


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>FIBO Command Center</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<style>
body {{ margin: 0; min-height: 100vh; display: grid; place-items: center; background: #faf9f7;
  color: #1d1b18; font: 1rem/1.5 system-ui, sans-serif; }}
main {{ max-width: 36rem; padding: 2rem; text-wrap: pretty; }}
h1 {{ margin: 0 0 0.75rem; font-size: 1.5rem; line-height: 1.25; font-weight: 600; }}
p {{ margin: 0 0 0.5rem; }}
.quiet {{ opacity: 0.72; font-size: 0.875rem; }}
.line {{ width: 3rem; height: 3px; margin: 0 0 1.5rem; border-radius: 2px; background: #c2410c;
  animation: breathe 2s ease-in-out infinite; }}
@keyframes breathe {{ 50% {{ opacity: 0.3; }} }}
@media (prefers-reduced-motion: reduce) {{ .line {{ animation: none; }} }}
@media (prefers-color-scheme: dark) {{
  body {{ background: #131211; color: #f2efea; }}
  .line {{ background: #ff7a4d; }}
}}
</style></head>
<body><main><div class="line"></div><h1>{title}</h1><p>{message}</p>
<p class="quiet">{advice} This page looks again by itself.</p></main></body></html>
"""
