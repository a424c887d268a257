"""What a batch would cost, before anything is stored or sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from core.database import Database
from core.domain.money import dollars
from core.domain.request import GenerationRequest, canonical_form
from core.generation.service import GenerationService


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """How many rows would be paid for, and their price; `left_microusd` None means no limit."""

    rows: int
    duplicates: int
    owned: int
    paying: int
    price_microusd: int
    left_microusd: int | None

    @property
    def is_affordable(self) -> bool:
        """Whether today's budget covers it."""
        return self.left_microusd is None or self.price_microusd <= self.left_microusd

    @property
    def sentence(self) -> str:
        """Return what a person would pay for, as a sentence."""
        if not self.price_microusd:
            return f"{self.paying:,} to make, free"
        words = f"you pay for {self.paying:,} = {dollars(self.price_microusd)}"
        if self.left_microusd is None:
            return words
        return f"{words} of {dollars(max(self.left_microusd, 0))} left today"


def quote_of(
    database: Database,
    service: GenerationService,
    requests: Iterable[GenerationRequest],
    *,
    user_id: int,
) -> Quote:
    """Return the present cost of requests: duplicates are paid for once, owned pictures never."""
    distinct: dict[str, str] = {}
    paid: Counter[str] = Counter()
    rows = 0
    for request in requests:
        rows += 1
        if request.use_cache:
            distinct.setdefault(canonical_form(request), request.engine)
        else:
            paid[request.engine] += 1
    always = paid.total()
    with database.reading() as session:
        owned = service.owned_among(session, list(distinct), user_id=user_id)
    paid.update(engine for canonical, engine in distinct.items() if canonical not in owned)
    return Quote(
        rows=rows,
        duplicates=rows - always - len(distinct),
        owned=len(owned),
        paying=paid.total(),
        price_microusd=sum(service.price_microusd(name) * n for name, n in paid.items()),
        left_microusd=service.left_today_microusd(),
    )
