"""Which callers need a key: nobody on this machine, everybody else."""

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
"""Set in the request's scope by the edge if it did not come from this very machine."""

ADDRESS = "fibo.address"
"""Set in the request's scope by the edge: the client's address behind our proxies."""

OPEN_HERE = Notice(
    "open_to_this_machine",
    "Whoever connects from this machine is let in without a key, and so is everybody whom a proxy "
    "on it brings in without saying so.",
    "With a proxy in front set FIBO_TRUSTED_PROXIES=127.0.0.1, which asks everybody for a key; "
    "without one set FIBO_TRUSTED_PROXIES=none, and this notice ends.",
)

SCHEME = "key"
"""What the description calls the way in."""

_BEARER = HTTPBearer(
    auto_error=False,
    scheme_name=SCHEME,
    description="A key made with `python -m core.keys make NAME`; not needed on this machine.",
)
Sent = Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]


@dataclass(frozen=True, slots=True)
class Caller:
    """The id of the key in use; 0 for a person at this machine without one."""

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
        """Return a dependency that admits requests with this scope and refuses all others."""

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
        """Return a dependency that tells whether a request has this scope, and refuses none."""

        async def check(request: Request) -> bool:
            if not request.scope.get(NEEDS_KEY):
                return True
            scheme, secret = get_authorization_scheme_param(request.headers.get("Authorization"))
            if scheme.lower() != "bearer":
                return False
            try:
                await self._admit(request, secret.strip(), scope)
            except (EdgeError, SQLAlchemyError):
                return False  # a wrong key is answered late, and like no key at all
            return True

        return check

    async def _admit(self, request: Request, secret: str, scope: Scope) -> Key:
        """Return the key; after many wrong ones from an address, answer late and with 429."""
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
