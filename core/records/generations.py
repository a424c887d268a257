"""The record of every picture requested: adding, finding and moving generations."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from core.domain.money import Account
from core.domain.quality import quality_score
from core.domain.request import (
    GenerationRequest,
    cache_key,
    canonical_form,
    fields_of_canonical,
    parse_request,
    without_seed,
)
from core.domain.states import FINAL, WAITING, State, may_move
from core.domain.vocabulary import PARAMETER_NAMES
from core.errors import NotFoundError, StaleStateError
from core.figures import rollups
from core.tables.generation import GenerationRow, PayloadRow

_ADVICE = {
    State.FAILED: "Try it again.",
    State.BLOCKED: "Change the prompt and try again.",
    State.UNKNOWN: "Check again, send it again, or give up.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """One requested picture, as lists and pages show it."""

    id: int
    created_at: datetime
    user_id: int
    project_id: int
    state: State
    engine: str
    mode: str
    prompt: str
    parameters: dict[str, str]
    aspect_ratio: str
    resolution: str
    instruction: str | None
    parent_id: int | None
    batch_id: int | None
    asked_seed: int | None
    seed: int
    use_cache: bool
    max_retries: int
    retry_count: int
    cached: bool
    started_at: datetime | None
    completed_at: datetime | None
    generation_seconds: float | None
    quality_score: float | None
    image_sha256: str | None
    image_type: str | None
    image_width: int | None
    image_height: int | None
    error_code: str | None
    error_message: str | None
    error_advice: str | None
    price_microusd: int
    reserved_microusd: int
    spend_day: str
    repeats_used: int
    not_before: datetime | None
    accepted_at: datetime | None
    request_id: str | None
    hold: str | None
    rating: int | None
    verdict: str | None
    verdict_reason: str | None
    note: str | None
    trashed_at: datetime | None
    purged_at: datetime | None
    canonical: str | None
    asked_scene: str | None

    @property
    def asked(self) -> dict[str, Any]:
        """The stored request by field, without the fields that were left open.

        A row without a readable canonical form is read from its columns.
        """
        settings = {
            name: getattr(self, name) for name in ("project_id", "use_cache", "max_retries")
        }
        return {**self._stored(), **settings}

    @property
    def recipe(self) -> dict[str, Any]:
        """What makes this very picture again: the request with the seed that was used.

        By field of a request; project, retries and `use_cache` are not part of it.
        """
        return {**self._stored(), "seed": self.seed}

    @property
    def request(self) -> GenerationRequest:
        """The request in canonical form; `seed` is None if it was left open.

        Raises InvalidRequestError for an old row whose request is no longer legal.
        """
        return parse_request(self.asked)

    def _stored(self) -> dict[str, Any]:
        if as_asked := fields_of_canonical(self.canonical or ""):
            return as_asked
        columns = {
            "prompt": self.prompt,
            "mode": self.mode,
            **self.parameters,
            "aspect_ratio": self.aspect_ratio,
            "resolution": self.resolution,
            "seed": self.asked_seed,
            "engine": self.engine,
            "structured_prompt": self.asked_scene,
            "instruction": self.instruction,
        }
        return {name: value for name, value in columns.items() if value is not None}

    @property
    def advice(self) -> str | None:
        """What can be done where no picture came: what its failure says, else what mostly helps."""
        return self.error_advice or _ADVICE.get(self.state)

    @property
    def account(self) -> Account:
        """The account that pays for it."""
        return Account(day=self.spend_day, project_id=self.project_id, batch_id=self.batch_id)

    @property
    def is_waiting(self) -> bool:
        """Whether the studio still works on it."""
        return self.state in WAITING


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who requests what, when, and from where; `seed` is the one that will be used."""

    id: int
    request: GenerationRequest
    canonical: str
    user_id: int
    now: datetime
    seed: int
    price_microusd: int
    parent_id: int | None = None
    batch_id: int | None = None

    @property
    def account(self) -> Account:
        """The account that pays for it."""
        return Account(
            day=self.now.date().isoformat(),
            project_id=self.request.project_id,
            batch_id=self.batch_id,
        )


def add_queued(session: Session, asking: Asking, *, flight_key: str | None) -> Generation:
    """Add a waiting generation; the database refuses a second one with the same flight key.

    Its price must have been reserved in the same transaction.
    """
    row = _row(asking, state=State.QUEUED)
    row.flight_key = flight_key
    row.price_microusd = row.reserved_microusd = asking.price_microusd
    session.add(row)
    scene = asking.request.structured_prompt
    session.add(PayloadRow(generation_id=asking.id, canonical=asking.canonical, asked_scene=scene))
    session.flush()
    rollups.track_new(session, asking.id)
    return to_generation(row, asking.canonical, asking.request.structured_prompt)


def add_reused(session: Session, asking: Asking, *, source: GenerationRow) -> Generation:
    """Add a finished generation that shows an owned picture; it costs nothing."""
    row = _row(asking, state=State.COMPLETED)
    row.cached, row.source_id = True, source.id
    row.started_at = row.completed_at = asking.now
    row.generation_seconds = 0.0
    row.saved_microusd, row.saved_seconds = (
        (source.saved_microusd, source.saved_seconds)
        if source.cached
        else (source.price_microusd, source.generation_seconds)
    )
    for name in ("image_sha256", "image_type", "image_width", "image_height", "quality_score"):
        setattr(row, name, getattr(source, name))
    session.add(row)
    payload = session.get_one(PayloadRow, source.id)
    came = payload.model_dump(exclude={"generation_id", "canonical", "asked_scene"})
    scene = asking.request.structured_prompt
    session.add(
        PayloadRow(generation_id=asking.id, canonical=asking.canonical, asked_scene=scene, **came)
    )
    session.flush()
    rollups.track_new(session, asking.id)
    return to_generation(row, asking.canonical, asking.request.structured_prompt)


def find_in_flight(session: Session, flight_key: str) -> Generation | None:
    """Return the unfinished generation with this flight key, or None."""
    query = with_asked().where(col(GenerationRow.flight_key) == flight_key)
    found = session.exec(query).first()
    return to_generation(*found) if found else None


def find_under_way(session: Session, user_id: int, request: GenerationRequest) -> Generation | None:
    """Return the unfinished generation that brings what is asked for.

    It was asked for in just these words, or with an open seed for which this one was drawn.
    """
    canonical = canonical_form(request)
    found = find_in_flight(session, flight_key_of(user_id, canonical))
    if found is not None or request.seed is None:
        return found
    with_open_seed = find_in_flight(session, flight_key_of(user_id, without_seed(canonical)))
    is_the_same = with_open_seed is not None and with_open_seed.seed == request.seed
    return with_open_seed if is_the_same else None


def load(session: Session, generation_id: int) -> Generation:
    """Return one generation, or raise NotFoundError."""
    found = session.exec(with_asked().where(col(GenerationRow.id) == generation_id)).first()
    if found is None:
        raise NotFoundError(f"There is no generation {generation_id}.")
    return to_generation(*found)


def latest_of_batch(session: Session, batch_id: int, *, limit: int) -> list[Generation]:
    """Return the finished pictures among a batch's latest requests, the last finished first."""
    query = (
        with_asked()
        .where(
            col(GenerationRow.batch_id) == batch_id, col(GenerationRow.status) == State.COMPLETED
        )
        .order_by(col(GenerationRow.created_at).desc(), col(GenerationRow.id).desc())
        .limit(limit)
    )
    found = [to_generation(*one) for one in session.exec(query)]
    return sorted(found, key=lambda one: (one.completed_at or one.created_at, one.id), reverse=True)


def newest(
    session: Session, *, user_id: int, limit: int, before: tuple[datetime, int] | None = None
) -> list[Generation]:
    """Return a page of generations, newest first; `before` is the position of the last page's end.

    A page is found by its position and not by counting rows, so it stays the same while new
    pictures arrive above it.
    """
    query = with_asked().where(col(GenerationRow.user_id) == user_id)
    if before is not None:
        query = query.where(older_than(*before))
    query = query.order_by(col(GenerationRow.created_at).desc(), col(GenerationRow.id).desc())
    return [to_generation(*one) for one in session.exec(query.limit(limit))]


def ids_on_the_way(session: Session) -> set[int]:
    """Return the generations that were ordered and whose picture is still being collected."""
    on_the_way = col(GenerationRow.status).in_((State.ACCEPTED, State.DOWNLOADING))
    return set(session.exec(select(GenerationRow.id).where(on_the_way)))


def children_of(session: Session, generation_id: int, *, limit: int) -> list[Generation]:
    """Return what was made from a picture, oldest first."""
    query = with_asked().where(
        col(GenerationRow.parent_id) == generation_id, col(GenerationRow.trashed_at).is_(None)
    )
    query = query.order_by(col(GenerationRow.id)).limit(limit)
    return [to_generation(*one) for one in session.exec(query)]


def move(
    session: Session,
    generation_id: int,
    old: State,
    new: State,
    *,
    at_retry: int | None = None,
    **values: Any,  # noqa: ANN401 - columns
) -> None:
    """Move a generation; StaleStateError if its state has changed.

    With `at_retry` it must also still be at that submit: a worker that was suspended during a
    second submit cannot settle it as if it were the first. A held generation is not sent until it
    is released.
    """
    if not may_move(old, new):
        raise StaleStateError(f"{old} cannot become {new}.")
    rollups.track(session, generation_id)
    if new in FINAL:
        values["flight_key"] = None
    if new in FINAL or new is State.ACCEPTED or old is State.UNKNOWN:
        values.setdefault("hold", None)
    moving = update(GenerationRow).where(
        col(GenerationRow.id) == generation_id, col(GenerationRow.status) == old
    )
    if new is State.SUBMITTING:
        moving = moving.where(col(GenerationRow.hold).is_(None))
    if at_retry is not None:
        moving = moving.where(col(GenerationRow.retry_count) == at_retry)
    moved = moving.values(status=new, **values).returning(col(GenerationRow.id))
    if session.scalars(moved).first() is None:
        raise StaleStateError(f"Generation {generation_id} is no longer {old}.")


def take_flight_key(session: Session, generation_id: int, flight_key: str) -> None:
    """Let equal requests join a resumed generation, unless another one is under way."""
    other = aliased(GenerationRow)
    is_taken = select(other.id).where(other.flight_key == flight_key).exists()
    session.execute(
        update(GenerationRow)
        .where(col(GenerationRow.id) == generation_id, ~is_taken)
        .values(flight_key=flight_key)
        .execution_options(synchronize_session=False)
    )


def flight_key_of(user_id: int, canonical: str) -> str:
    """Return the key by which a user's equal requests under way find each other."""
    return hashlib.sha256(f"{user_id}:{canonical}".encode()).hexdigest()


def note_attempts(session: Session, generation_id: int, number: int) -> None:
    """Record that submit `number` begins; all after the first are repeats."""
    _change(session, generation_id, retry_count=number - 1)


def note_returned_seed(session: Session, generation_id: int, seed: int) -> None:
    """Record the seed that the provider says it used."""
    _change(session, generation_id, seed=seed)


def note_reason_to_wait(
    session: Session, generation_id: int, message: str, advice: str, *, code: str | None = None
) -> None:
    """Record why a generation has to wait; without `code` the error code stays as it is."""
    stated = {"error_message": message, "error_advice": advice}
    _change(session, generation_id, **stated, **({"error_code": code} if code else {}))


def score_of(parameters: dict[str, str]) -> float:
    """Return the first version's quality score of a finished picture with these parameters."""
    return quality_score(given_parameters=len(parameters), has_image=True)


def _change(session: Session, generation_id: int, **values: Any) -> None:  # noqa: ANN401 - columns
    rollups.track(session, generation_id)
    session.execute(
        update(GenerationRow).where(col(GenerationRow.id) == generation_id).values(**values)
    )


def older_than(created_at: datetime, generation_id: int) -> ColumnElement[bool]:
    """Return the condition for everything before a position in time."""
    created = col(GenerationRow.created_at)
    return or_(
        created < created_at,
        and_(created == created_at, col(GenerationRow.id) < generation_id),
    )


def _row(asking: Asking, *, state: State) -> GenerationRow:
    request = asking.request
    row = GenerationRow(
        id=asking.id,
        created_at=asking.now,
        user_id=asking.user_id,
        project_id=request.project_id,
        status=state,
        engine=request.engine,
        mode=request.mode,
        prompt=request.prompt,
        aspect_ratio=request.aspect_ratio,
        resolution=request.resolution,
        instruction=request.instruction,
        parent_id=asking.parent_id,
        batch_id=asking.batch_id,
        asked_seed=request.seed,
        seed=asking.seed,
        use_cache=request.use_cache,
        max_retries=request.max_retries,
        cache_key=cache_key(asking.canonical),
        spend_day=asking.account.day,
    )
    for name, value in request.parameters.items():
        setattr(row, name, value)
    return row


def with_asked() -> Select[GenerationRow, str, str]:
    """Return the query of rows with their requests; `to_generation` reads each result."""
    asked: Select[GenerationRow, str, str] = select(
        GenerationRow,
        PayloadRow.canonical,
        PayloadRow.asked_scene,  # type: ignore[arg-type]
    )
    return asked.join(
        PayloadRow, col(PayloadRow.generation_id) == col(GenerationRow.id), isouter=True
    )


def to_generation(row: GenerationRow, canonical: str | None, asked_scene: str | None) -> Generation:
    """Return a result of the query `with_asked` as a generation."""
    names = Generation.__dataclass_fields__.keys() - _NOT_COLUMNS
    same = {name: getattr(row, name) for name in names}
    parameters = {name: getattr(row, name) for name in PARAMETER_NAMES}
    return Generation(
        state=State(row.status),
        parameters={name: value for name, value in parameters.items() if value is not None},
        canonical=canonical,
        asked_scene=asked_scene,
        **same,
    )


_NOT_COLUMNS = {"state", "parameters", "canonical", "asked_scene"}
