"""How amounts are written: exactly where something is paid, roughly where it is a figure."""

from __future__ import annotations

import pytest

from core.domain.money import about_dollars, dollars


@pytest.mark.parametrize(
    ("amount_microusd", "written"),
    [
        (0, "$0.00"),
        (30_000, "$0.03"),
        (45_000, "$0.045"),
        (31_400, "$0.0314"),
        (1_200_000, "$1.20"),
        (1_234_500_000, "$1,234.50"),
        (-1_200_000, "−$1.20"),
    ],
)
def test_a_price_has_cents_and_more_decimals_only_where_they_are_not_zero(
    amount_microusd: int, written: str
) -> None:
    assert dollars(amount_microusd) == written


@pytest.mark.parametrize(
    ("amount_microusd", "written"),
    [
        (0, "$0.00"),
        (45_400, "$0.05"),
        (1_234_500, "$1.23"),
        (1_400, "$0.0014"),
        (1_234_560_000, "$1,235"),
        (-2_000_000_000, "−$2,000"),
    ],
)
def test_a_figure_is_told_to_the_cent_and_large_ones_without_cents(
    amount_microusd: int, written: str
) -> None:
    assert about_dollars(amount_microusd) == written
