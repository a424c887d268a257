"""What is joined to a studio, and what is refused before anything is opened."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from core.errors import SettingsError
from core.settings import Settings
from core.wiring import build_studio
from tests.fakes.paid_engine import PlannedProvider


def test_an_engine_that_costs_money_needs_a_price_before_anything_is_opened(tmp_path: Path) -> None:
    acme = PlannedProvider(name="acme", endpoint="acme/generate")

    with pytest.raises(SettingsError, match="The engine acme costs money and has no price"):
        build_studio(Settings(FIBO_DATA_DIR=tmp_path / "data"), engines=[acme])

    assert not (tmp_path / "data").exists()
    priced = Settings(FIBO_DATA_DIR=tmp_path / "data", FIBO_PRICES={"acme": Decimal("0.01")})
    studio = build_studio(priced, engines=[acme])
    assert studio.service.price_microusd("acme") == 10_000
    studio.close()
