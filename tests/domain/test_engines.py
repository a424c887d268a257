"""What an engine is, also where it says nothing of itself."""

from __future__ import annotations

import pytest

from core.domain import engines
from core.domain.engines import ENGINE_NAMES, TRAITS, traits_of


def test_an_engine_that_says_nothing_of_itself_counts_as_one_that_costs_money(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(engines, "ENGINE_NAMES", (*ENGINE_NAMES, "added"))

    assert traits_of("added").family == "provider"
    assert traits_of("of another version").family == "provider"


def test_every_engine_of_this_version_says_what_it_is() -> None:
    assert set(TRAITS) == set(ENGINE_NAMES)


def test_every_engine_of_a_provider_says_whose_it_is_and_what_a_picture_costs() -> None:
    silent = [
        name
        for name, traits in TRAITS.items()
        if traits.family == "provider" and not (traits.provider_label and traits.price_usd)
    ]

    assert silent == []
