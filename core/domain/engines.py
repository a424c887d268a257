"""Which engines there are by name, and what each is: known also where it is not set up."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, get_args

EngineName = Literal["preview", "bria", "bria-lite"]
ENGINE_NAMES: tuple[EngineName, ...] = get_args(EngineName)

Family = Literal["provider", "preview"]
"""Pictures of a provider and those that are made here are never counted together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineTraits:
    """What is true of an engine wherever it runs: who makes its pictures, and for how much each."""

    family: Family
    provider_label: str = ""
    supports_draft: bool = False
    price_usd: Decimal | None = None


TRAITS: dict[str, EngineTraits] = {
    "preview": EngineTraits(family="preview", supports_draft=True),
    "bria": EngineTraits(family="provider", provider_label="Bria", price_usd=Decimal("0.03")),
    "bria-lite": EngineTraits(family="provider", provider_label="Bria", price_usd=Decimal("0.02")),
}
"""An engine that is not among them counts as one that costs money."""

DEFAULT_ENGINE: EngineName = "preview"
"""What makes a picture where nobody says which engine should."""

BRIA_BASE_URL = "https://engine.prod.bria-api.com"
"""Where Bria's API lives, without its version (docs/provider.md#orders)."""

LIST_PRICES_AS_OF = "2026-09-20"
"""bria.ai/pricing as transcribed on that day; a setting replaces the prices."""

LIST_PRICES_USD = {name: traits.price_usd for name, traits in TRAITS.items() if traits.price_usd}


def traits_of(engine: str) -> EngineTraits:
    """Return what is true of an engine; one that says nothing of itself may cost money."""
    return TRAITS.get(engine, EngineTraits(family="provider", provider_label="the provider"))


PREVIEWS = tuple(name for name in ENGINE_NAMES if traits_of(name).family == "preview")
"""The engines whose pictures are made here; all others belong to a provider."""
