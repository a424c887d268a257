"""The engines by name with their traits, known also where they are not set up."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, get_args

EngineName = Literal["preview", "bria", "bria-lite"]
ENGINE_NAMES: tuple[EngineName, ...] = get_args(EngineName)

Family = Literal["provider", "preview"]
"""Pictures of providers and pictures made on this machine are never counted together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineTraits:
    """What is true of an engine wherever it runs: who makes its pictures, and their price."""

    family: Family
    provider_label: str = ""
    supports_draft: bool = False
    price_usd: Decimal | None = None
    usual_seconds: int | None = None
    """How long a picture usually takes, shown beside the price."""


BRIA_SECONDS = 16
"""Mean of 30 real calls, 13 to 25 s (docs/provider.md#pictures)."""

TRAITS: dict[str, EngineTraits] = {
    "preview": EngineTraits(family="preview", supports_draft=True),
    "bria": EngineTraits(
        family="provider",
        provider_label="Bria",
        price_usd=Decimal("0.03"),
        usual_seconds=BRIA_SECONDS,
    ),
    "bria-lite": EngineTraits(
        family="provider",
        provider_label="Bria",
        price_usd=Decimal("0.02"),
        usual_seconds=BRIA_SECONDS,
    ),
}
"""An engine that is missing here counts as one that costs money."""

DEFAULT_ENGINE: EngineName = "preview"
"""The engine of requests that do not name one."""

BRIA_BASE_URL = "https://engine.prod.bria-api.com"
"""Where Bria's API lives, without its version (docs/provider.md#orders)."""

LIST_PRICES_AS_OF = "2026-09-20"
"""The prices on bria.ai/pricing on that day; the setting FIBO_PRICES replaces them."""

LIST_PRICES_USD = {name: traits.price_usd for name, traits in TRAITS.items() if traits.price_usd}


def traits_of(engine: str) -> EngineTraits:
    """Return the traits of an engine; an unknown one counts as a paid provider."""
    return TRAITS.get(engine, EngineTraits(family="provider", provider_label="the provider"))


def provider_of(engine: str) -> str:
    """Return the name of who makes an engine's pictures, for the middle of a sentence."""
    return traits_of(engine).provider_label or engine


PREVIEWS = tuple(name for name in ENGINE_NAMES if traits_of(name).family == "preview")
"""The engines whose pictures are made on this machine; all others belong to a provider."""
