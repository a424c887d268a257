"""Prices and amounts in whole millionths of a US dollar, so that sums are exact."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

MICROUSD = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """The expected price of one picture of each engine; engines without a price are free."""

    microusd: dict[str, int]
    as_of: str

    def of(self, engine: str) -> int:
        """Return the price of one picture in millionths of a dollar."""
        return self.microusd.get(engine, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Whose money it is: the UTC day of the request, the project, and the batch."""

    day: str
    project_id: int
    batch_id: int | None = None

    @property
    def scopes(self) -> tuple[str, ...]:
        """The ledger rows that count it, always in this order so that writers cannot deadlock."""
        scopes = f"day:{self.day}", f"project:{self.project_id}"
        return scopes if self.batch_id is None else (*scopes, f"batch:{self.batch_id}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Budgets:
    """How much may be spent a day in all (None: no limit); projects have their own budgets."""

    daily_microusd: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a generation has cost: certainly, and possibly on top."""

    certain_microusd: int
    possible_microusd: int


def microusd(amount_usd: Decimal) -> int:
    """Return an amount in millionths of a dollar, rounded half to even."""
    return int((amount_usd * MICROUSD).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


def dollars(amount_microusd: int) -> str:
    """Return an amount exactly, as every price is written: `$0.03`, `$0.045`, `−$1.20`.

    There are always cents, and a third and fourth decimal only where they are not zero.
    """
    amount = f"{Decimal(abs(amount_microusd)) / MICROUSD:,.4f}"
    cents, more = amount[:-2], amount[-2:].rstrip("0")
    return f"{'−' if amount_microusd < 0 else ''}${cents}{more}"


def about_dollars(amount_microusd: int) -> str:
    """Return a figure of statistics: to the cent, and without cents from a thousand dollars on.

    What is less than half a cent is written exactly, since it is not nothing.
    """
    if abs(amount_microusd) < 1000 * MICROUSD:
        return dollars(round(amount_microusd, -4) or amount_microusd)
    sign = "−" if amount_microusd < 0 else ""
    return f"{sign}${abs(amount_microusd) / MICROUSD:,.0f}"
