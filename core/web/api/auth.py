"""Who may call which route: nobody needs a key on this machine, everybody else does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

import anyio.to_thread
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from fastapi.security.utils import get_authorization_scheme_param
from sqlalchemy.exc import SQLAlchemyError

from core.domain.notice import Notice
from core.errors import EdgeError
from core.keys.from_settings import Scope
from core.keys.guesses import Guesses
from core.keys.store import Key, KeyStore

NEEDS_KEY = "fibo.needs_key"
"""Set in the scope of a request by the edge when it did not come from this very machine."""

ADDRESS = "fibo.address"
"""Set in the scope likewise: the address of whoever asks, past proxies of ours."""

OPEN_HERE = Notice(
    "open_to_this_machine",
    "Whoever connects from this machine is let in without a key, and so is everybody whom a proxy "
    "on it brings in without saying so.",
    "With a proxy in front set FIBO_TRUSTED_PROXIES=127.0.0.1, which asks everybody for a key; "
    "without one set FIBO_TRUSTED_PROXIES=none, and this is told no more.",
)

_BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="key",
    description="A key made with `python -m core.keys make NAME`; not needed on this machine.",
)
Sent = Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose key it is; 0 is whoever sits at this machine and sends none."""

    id: int


class Access:
    """Checks keys, scopes and limits."""

    def __init__(
        self,
        key_store: KeyStore,
        *,
        guesses: Guesses | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._key_store = key_store
        self._guesses = guesses or Guesses(time.monotonic)
        self._sleep = sleep

    def to(self, scope: Scope) -> Callable[[Request, Sent], Awaitable[Caller]]:
        """Return what lets a request pass that may do this, and refuses every other one."""

        async def check(request: Request, sent: Sent) -> Caller:
            if sent is not None:
                return Caller((await self._admit(request, sent.credentials, scope)).id)
            if request.scope.get(NEEDS_KEY):
                raise EdgeError(
                    401,
                    "key_needed",
                    "This address needs a key.",
                    advice="Send it as `Authorization: Bearer fibo_…`; whoever installed the "
                    "studio makes one with `python -m core.keys make NAME`.",
                )
            return Caller(0)

        return check

    def knows(self, scope: Scope) -> Callable[[Request], Awaitable[bool]]:
        """Return what tells whether a request may do this, and refuses none."""

        async def check(request: Request) -> bool:
            if not request.scope.get(NEEDS_KEY):
                return True
            scheme, secret = get_authorization_scheme_param(request.headers.get("Authorization"))
            if scheme.lower() != "bearer":
                return False
            try:
                await self._admit(request, secret.strip(), scope)
            except (EdgeError, SQLAlchemyError):
                return False  # a wrong key is answered late, and no better than none
            return True

        return check

    async def _admit(self, request: Request, secret: str, scope: Scope) -> Key:
        """Return the key; a wrong one of many from its address is answered late, and with 429."""
        try:
            return await anyio.to_thread.run_sync(self._key_store.admit, secret, scope)
        except EdgeError as refused:
            if refused.code != "key_unknown":
                raise
            address = str(request.scope.get(ADDRESS, ""))
            delay_seconds = self._guesses.note(address)
            if not delay_seconds:
                raise
            wait_seconds = self._guesses.wait_seconds(address)
            await self._sleep(delay_seconds)
            raise EdgeError(
                429,
                "too_many_wrong_keys",
                "Too many wrong keys came from your address.",
                advice=f"Send the right key, or wait {wait_seconds} s.",
                retry_after_seconds=wait_seconds,
            ) from refused
