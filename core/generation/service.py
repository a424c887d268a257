"""The service that pages, REST and batches use to request pictures and to read their state."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from core import ledger
from core.cache.results import ResultCache
from core.clock import Clock
from core.database import Database
from core.domain.money import Account, Budgets, Cost, Prices
from core.domain.request import LARGEST_SEED, GenerationRequest, canonical_form
from core.engines.base import Engine, PaidEngine
from core.errors import EngineMissingError, NotFoundError
from core.media import MediaStore, StoredFile
from core.records import attempts, backlog, generations, payloads
from core.records.attempts import Attempt
from core.records.generations import Asking, Generation
from core.records.payloads import Detail

LOCAL_USER = 1
"""The owner of everything until there is a login, as in the first version."""


InTransaction = Callable[[Session, int], None]
"""Called with the new id, in the transaction that creates it."""


class GenerationService:
    """Takes requests and answers questions; every answer comes from rows, never from memory."""

    def __init__(
        self,
        database: Database,
        media: MediaStore,
        clock: Clock,
        engines: Mapping[str, Engine],
        *,
        results: ResultCache,
        prices: Prices,
        budgets: Budgets,
    ) -> None:
        self._database = database
        self._media = media
        self._clock = clock
        self._engines = engines
        self._results = results
        self._prices = prices
        self._budgets = budgets

    @property
    def engine_names(self) -> tuple[str, ...]:
        """The engines that are set up here, the preferred one first."""
        return tuple(self._engines)

    def engine_label(self, name: str) -> str:
        """Return the display name of an engine; one that is no longer set up keeps its key."""
        return self._engines[name].label if name in self._engines else name

    def is_paid(self, name: str) -> bool:
        """Return whether a picture of this engine costs money; False if it is not set up here."""
        return isinstance(self._engines.get(name), PaidEngine)

    def ask(
        self,
        request: GenerationRequest,
        *,
        user_id: int = LOCAL_USER,
        unasked_seed: int | None = None,
        parent_id: int | None = None,
        batch_id: int | None = None,
        in_transaction: InTransaction | None = None,
    ) -> Generation:
        """Return the generation that answers a request, committed before this returns.

        If the same picture is already owned, the answer is a new row marked `cached`. If the same
        request is under way, its generation is returned. Otherwise a new row is queued; with
        `use_cache=False` always. `unasked_seed` is the seed for a request that leaves it open, so
        that a page can preview the very picture. `in_transaction` is called with the id in the same
        transaction. Raises EngineMissingError, BudgetExceededError or DatabaseBrokenError.
        """
        asking = self._asking(
            request,
            user_id=user_id,
            unasked_seed=unasked_seed,
            parent_id=parent_id,
            batch_id=batch_id,
        )
        try:
            return self._answer_for_good(asking, in_transaction)
        except IntegrityError:
            # on Postgres two equal requests may both find nothing; the second one fails and lands
            # here
            return self._answer_for_good(asking, in_transaction)

    def ask_within(
        self,
        session: Session,
        request: GenerationRequest,
        *,
        user_id: int,
        batch_id: int,
        parent_id: int | None = None,
        owned_at: datetime,
    ) -> Generation:
        """Return the generation that answers a request, in the caller's transaction.

        A picture counts as owned if it was at `owned_at`, however long the batch takes. On
        Postgres, two equal requests at once may raise IntegrityError; the caller then asks again.
        """
        asking = self._asking(request, user_id=user_id, batch_id=batch_id, parent_id=parent_id)
        return self._answer(session, asking, owned_at=owned_at)

    def owned_among(
        self, session: Session, canonicals: Sequence[str], *, user_id: int
    ) -> frozenset[str]:
        """Return those canonical requests whose picture is owned now."""
        return self._results.owned_among(
            session, canonicals, user_id=user_id, now=self._clock.now()
        )

    def find_owned(
        self, request: GenerationRequest, *, user_id: int = LOCAL_USER
    ) -> Generation | None:
        """Return the owned picture that would answer a request; up to a minute out of date."""
        owned = self._results.find(canonical_form(request), user_id=user_id)
        return None if owned is None else self.see(owned.generation_id)

    def reuse(self, request: GenerationRequest, *, user_id: int = LOCAL_USER) -> Generation | None:
        """Return a new, free row for the owned picture that answers a request.

        Returns None if there is none any more, whatever `find_owned` said; nothing is queued or
        paid.
        """
        asking = self._asking(request, user_id=user_id)
        with self._database.writing() as session:
            reused = self._reuse(session, asking, at=asking.now)
        if reused is None:
            self._results.forget_memory()
        return reused

    def new_seed(self) -> int:
        """Return an unpredictable seed."""
        return self._clock.new_seed(LARGEST_SEED)

    def _asking(
        self,
        request: GenerationRequest,
        *,
        user_id: int,
        unasked_seed: int | None = None,
        parent_id: int | None = None,
        batch_id: int | None = None,
    ) -> Asking:
        if request.engine not in self._engines:
            raise EngineMissingError(
                f"The engine {request.engine} is not set up here.",
                advice=f"Choose {' or '.join(self._engines)}.",
            )
        self._database.failures.require_none()
        seed = unasked_seed if request.seed is None else request.seed
        return Asking(
            id=self._clock.new_id(),
            request=request,
            canonical=canonical_form(request),
            user_id=user_id,
            now=self._clock.now(),
            seed=self.new_seed() if seed is None else seed,
            price_microusd=self._prices.of(request.engine),
            parent_id=parent_id,
            batch_id=batch_id,
        )

    def _answer_for_good(self, asking: Asking, in_transaction: InTransaction | None) -> Generation:
        with self._database.writing() as session:
            generation = self._answer(session, asking)
            if in_transaction is not None:
                in_transaction(session, generation.id)
            return generation

    def _answer(
        self, session: Session, asking: Asking, *, owned_at: datetime | None = None
    ) -> Generation:
        if not asking.request.use_cache:
            return self._queue(session, asking, flight_key=None)
        reused = self._reuse(session, asking, at=owned_at or asking.now)
        if reused is not None:
            return reused
        under_way = generations.find_under_way(session, asking.user_id, asking.request)
        if under_way is not None:
            return under_way
        flight_key = generations.flight_key_of(asking.user_id, asking.canonical)
        return self._queue(session, asking, flight_key=flight_key)

    def _reuse(self, session: Session, asking: Asking, *, at: datetime) -> Generation | None:
        owned = self._results.use(
            session, canonical=asking.canonical, user_id=asking.user_id, now=at
        )
        if owned is None:
            return None
        reused = generations.add_reused(session, replace(asking, seed=owned.seed), source=owned)
        self._results.keep_reused(session, reused.id)
        return reused

    def _queue(self, session: Session, asking: Asking, *, flight_key: str | None) -> Generation:
        ledger.reserve(session, asking.account, asking.price_microusd, self._budgets)
        return generations.add_queued(session, asking, flight_key=flight_key)

    def price_microusd(self, engine: str) -> int:
        """Return the expected price of one picture of an engine, in millionths of a dollar."""
        return self._prices.of(engine)

    def left_today_microusd(self) -> int | None:
        """Return what is left of today's budget (millionths of a dollar); None without one."""
        if self._budgets.daily_microusd is None:
            return None
        with self._database.reading() as session:
            spent = ledger.committed(session, f"day:{self._clock.now().date().isoformat()}")
        return self._budgets.daily_microusd - spent

    def can_pay(
        self, amount_microusd: int, *, project_id: int, batch_id: int | None = None
    ) -> bool:
        """Whether every budget that counts has an amount left (millionths of a dollar)."""
        day = self._clock.now().date().isoformat()
        account = Account(day=day, project_id=project_id, batch_id=batch_id)
        with self._database.reading() as session:
            return ledger.is_covered(session, account, amount_microusd, self._budgets)

    def cost_of(self, generation_id: int) -> Cost:
        """Return the certain cost of a generation and the possible cost on top."""
        with self._database.reading() as session:
            return attempts.cost_of(session, generation_id)

    def attempts_of(self, generation_id: int) -> list[Attempt]:
        """Return every try of a generation, first to last."""
        with self._database.reading() as session:
            return attempts.attempts_of(session, generation_id)

    def see(self, generation_id: int) -> Generation:
        """Return a generation in its present state, or raise NotFoundError."""
        with self._database.reading() as session:
            return generations.load(session, generation_id)

    def see_detail(self, generation_id: int) -> Detail:
        """Return the large fields of a generation, or raise NotFoundError."""
        with self._database.reading() as session:
            return payloads.load_detail(session, generation_id)

    def newest(
        self,
        *,
        limit: int,
        before: tuple[datetime, int] | None = None,
        user_id: int = LOCAL_USER,
    ) -> list[Generation]:
        """Return up to `limit` generations, newest first, that come after the position `before`."""
        with self._database.reading() as session:
            return generations.newest(session, user_id=user_id, limit=limit, before=before)

    def count_unfinished(self) -> int:
        """Return how many generations are not finished yet."""
        with self._database.reading() as session:
            return backlog.count_unfinished(session)

    def reserved_to_send_microusd(self) -> int:
        """Return what the orders cost that wait to be sent; it is reserved already."""
        with self._database.reading() as session:
            return backlog.reserved_to_send(session)

    def picture_url(self, generation: Generation) -> str | None:
        """Return the path of the full picture, or None if there is none."""
        if generation.image_sha256 is None or generation.image_type is None:
            return None
        return self._media.picture_url(generation.image_sha256, generation.image_type)

    def thumbnail_url(self, generation: Generation) -> str | None:
        """Return the path of the thumbnail, or None if there is none."""
        if generation.image_sha256 is None:
            return None
        return self._media.thumbnail_url(generation.image_sha256)

    def picture_file(self, generation: Generation) -> StoredFile:
        """Return the file of the full picture, or raise NotFoundError if there is none."""
        if generation.image_sha256 is None or generation.image_type is None:
            raise NotFoundError(f"Generation {generation.id} has no picture.")
        return self._media.find(generation.image_sha256, generation.image_type)
