"""The route that lists what can be requested, and what it costs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from core.domain.money import MICROUSD
from core.domain.request import (
    FRAME_SIZES,
    LARGEST_SEED,
    LONGEST_PROMPT,
    MOST_RETRIES,
    SHORTEST_PROMPT,
    GenerationRequest,
)
from core.domain.vocabulary import parameters
from core.keys.from_settings import Scope
from core.web.api.auth import Access
from core.wiring import Studio

_DESCRIPTION = "Use 'ai' mode for automatic parameter selection or 'manual' for explicit control"


Pair = Annotated[list[int], Field(min_length=2, max_length=2)]


class Choice(BaseModel):
    """One value of a parameter as people see it."""

    value: str
    label: str
    hint: str


class ParameterDetail(BaseModel):
    """One parameter as people see it."""

    label: str
    hint: str
    values: list[Choice]


class Limits(BaseModel):
    """The limits of a request."""

    prompt_characters: Pair = [SHORTEST_PROMPT, LONGEST_PROMPT]
    max_retries: Pair = [0, MOST_RETRIES]
    seed: Pair = [0, LARGEST_SEED]
    batch_requests: Pair = [1, 50]


class EngineOffer(BaseModel):
    """An engine that is set up here."""

    name: str
    label: str
    price_usd: float


class ParametersAnswer(BaseModel):
    """Everything that can be requested here."""

    parameters: dict[str, list[str]] = Field(description="The values of each parameter.")
    modes: list[str]
    description: str
    details: dict[str, ParameterDetail] = Field(description="Labels and hints for people.")
    aspect_ratios: dict[str, Pair] = Field(description="Width and height in pixels.")
    defaults: dict[str, str | int | bool | None]
    limits: Limits
    engines: list[EngineOffer] = Field(description="The preferred one first.")
    prices_as_of: str


def routes(studio: Studio, access: Access) -> APIRouter:
    """Return the route."""
    router = APIRouter(tags=["pictures"])

    @router.get(
        "/generate/parameters",
        summary="What can be asked for",
        dependencies=[Depends(access.to(Scope.READ))],
    )
    def tell_parameters() -> ParametersAnswer:
        """Return values, labels, hints, defaults, limits, engines and prices."""
        defaults: dict[str, str | int | bool | None] = {
            name: field.default
            for name, field in GenerationRequest.model_fields.items()
            if not field.is_required()
        }
        return ParametersAnswer(
            parameters={p.name: [entry.value for entry in p.values] for p in parameters()},
            modes=["ai", "manual"],
            description=_DESCRIPTION,
            details={
                p.name: ParameterDetail(
                    label=p.label,
                    hint=p.hint,
                    values=[Choice(value=v.value, label=v.label, hint=v.hint) for v in p.values],
                )
                for p in parameters()
            },
            aspect_ratios={name: [*size] for name, size in FRAME_SIZES.items()},
            defaults={**defaults, "engine": studio.service.engine_names[0], "user_id": 1},
            limits=Limits(),
            engines=[
                EngineOffer(
                    name=name,
                    label=studio.service.engine_label(name),
                    price_usd=studio.settings.prices.of(name) / MICROUSD,
                )
                for name in studio.service.engine_names
            ],
            prices_as_of=studio.settings.prices.as_of,
        )

    return router
