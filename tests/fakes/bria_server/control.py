"""The door that only the test knows: plans, weather, doors, rules and memory."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes.bria_server.doors import DoorState
from tests.fakes.bria_server.faults import PHASES, fault_from_json
from tests.fakes.bria_server.provider import Provider
from tests.fakes.bria_server.schedule import Weather

TurnDoor = Callable[[str, DoorState, float | None], Awaitable[None]]
Order = Callable[[dict[str, Any]], Awaitable[None]]


class Control:
    """The orders a test can give to a running fake."""

    def __init__(self, provider: Provider, turn_door: TurnDoor) -> None:
        self._provider = provider
        self._turn_door = turn_door

    async def plan(self, message: dict[str, Any]) -> None:
        """Add faults to the plan of a phase."""
        faults = [fault_from_json(fault) for fault in message["faults"]]
        self._provider.schedule.plan(message["phase"], faults)

    async def forget(self, _: dict[str, Any]) -> None:
        """Drop what is left of every plan."""
        for phase in PHASES:
            self._provider.schedule.forget(phase)

    async def weather(self, message: dict[str, Any]) -> None:
        """Replace the chances of faults that nobody planned."""
        chances = {
            phase: tuple((chance, fault_from_json(fault)) for chance, fault in entries)
            for phase, entries in message["chances"].items()
        }
        self._provider.schedule.weather = Weather(message["seed"], chances)

    async def door(self, message: dict[str, Any]) -> None:
        """Open a port, let it refuse or fall silent."""
        await self._turn_door(message["name"], message["state"], message["seconds"])

    async def rules(self, message: dict[str, Any]) -> None:
        """Change how the fake behaves when nothing is broken."""
        self._provider.rules = self._provider.rules.changed(message)

    async def start_over(self, message: dict[str, Any]) -> None:
        """Forget everything since the start and begin another ledger."""
        self._provider.start_over(Path(message["ledger"]))

    async def memory(self, _: Request) -> Response:
        """Return what the fake has seen."""
        return JSONResponse(
            {
                "visits": self._provider.visits_as_json(),
                "jobs": self._provider.jobs_as_json(),
                "waiting": self._provider.schedule.waiting(),
            }
        )


def control_app(provider: Provider, turn_door: TurnDoor) -> Starlette:
    """Return the app behind the test's own door."""
    control = Control(provider, turn_door)
    orders: dict[str, Order] = {
        "plan": control.plan,
        "forget": control.forget,
        "weather": control.weather,
        "door": control.door,
        "rules": control.rules,
        "start_over": control.start_over,
    }
    routes = [
        Route(f"/{name}", _answering(order), methods=["POST"]) for name, order in orders.items()
    ]
    return Starlette(routes=[*routes, Route("/memory", control.memory)])


def _answering(order: Order) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        try:
            await order(await request.json())
        except (ValueError, TypeError, KeyError) as problem:
            return JSONResponse({"problem": f"{type(problem).__name__}: {problem}"}, 400)
        return JSONResponse({})

    return answer
