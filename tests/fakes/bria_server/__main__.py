"""Runs the fake Bria as a process; `tests.fakes.bria.start_fake` is how a test starts it."""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
from pathlib import Path
from typing import Any

from tests.fakes.bria_server.apps import api_app, asset_app
from tests.fakes.bria_server.control import control_app
from tests.fakes.bria_server.doors import HOST, Door, DoorState
from tests.fakes.bria_server.provider import Provider, Rules


class Building:
    """All doors of one fake, and the timers that open them again."""

    def __init__(self, provider: Provider, certificate: str | None) -> None:
        api = api_app(provider)
        self.doors = {
            "api": Door(api),
            "asset": Door(asset_app(provider)),
            "control": Door(control_app(provider, self.turn)),
        }
        if certificate:
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(certificate)
            self.doors["tls"] = Door(api, tls)
        self._timers: dict[str, asyncio.Task[None]] = {}
        provider.api_url = f"http://{HOST}:{self.doors['api'].port}"
        provider.asset_url = f"http://{HOST}:{self.doors['asset'].port}"

    async def open_all(self) -> dict[str, int]:
        """Open every door and return the port numbers."""
        for door in self.doors.values():
            await door.turn("open")
        return {name: door.port for name, door in self.doors.items()}

    async def turn(self, name: str, state: DoorState, seconds: float | None) -> None:
        """Change a door, for good or until some seconds have passed."""
        timer = self._timers.pop(name, None)
        if timer:
            timer.cancel()
        await self.doors[name].turn(state)
        if seconds is not None:
            self._timers[name] = asyncio.create_task(self._open_later(name, seconds))

    async def _open_later(self, name: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await self.doors[name].turn("open")


async def _run(wishes: dict[str, Any]) -> None:
    provider = Provider(Rules().changed(wishes["rules"]), Path(wishes["ledger"]))
    building = Building(provider, wishes["certificate"])
    ports = await building.open_all()
    print(json.dumps(ports), flush=True)
    # The test holds the other end of stdin, so even a killed test leaves no orphan behind.
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_run(json.loads(sys.argv[1])))
