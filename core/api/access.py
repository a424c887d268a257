"""Who may call which route: nobody needs a key on this machine, everybody else does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

import anyio.to_thread
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from core.errors import DoorError
from core.keys.given import Scope
from core.keys.ring import KeyRing

NEEDS_KEY = "fibo.needs_key"
"""Set in the scope of a request by the edge when it did not come from this very machine."""

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

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring

    def to(self, scope: Scope) -> Callable[[Request, Sent], Awaitable[Caller]]:
        """Return what lets a request pass that may do this, and refuses every other one."""

        async def check(request: Request, sent: Sent) -> Caller:
            if sent is not None:
                key = await anyio.to_thread.run_sync(self._ring.admit, sent.credentials, scope)
                return Caller(key.id)
            if request.scope.get(NEEDS_KEY):
                raise DoorError(
                    401,
                    "key_needed",
                    "This address needs a key.",
                    advice="Send it as `Authorization: Bearer fibo_…`; whoever installed the "
                    "studio makes one with `python -m core.keys make NAME`.",
                )
            return Caller(0)

        return check
