"""The rate limiter, shared by all workers through the database: slots, pauses, circuit breaker.

Each endpoint has one row, and its name begins with its provider, as in `acme/generate`; only
Bria's, the first ones, have no such prefix. A pause of a whole provider holds no other one.

A slot is a moment on that row; slots are a fixed interval apart. A Retry-After pauses the endpoint
for everyone. Failures in a row open the circuit: the endpoint is paused, then one probe is sent,
and a failed probe doubles the pause (docs/provider.md#pauses-and-retries).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from core.clock import Clock
from core.database import Database, insert_into
from core.domain.failure import LONGEST_FREE_WAIT_SECONDS, Charge, Failure, Phase
from core.domain.states import WAITING
from core.tables.generation import GenerationRow
from core.tables.studio import EndpointRow

STATUS = "status"
"""The endpoint that tells the state of an order; calls to it are free."""

ACCOUNT = "account"
"""A pause with this name holds every endpoint of its provider: the key is refused or the credit
used up."""

PROBE_SECONDS = 60.0
LONGEST_INTERVAL_SECONDS = 60.0
"""Between two slots at the lowest possible rate, one call a minute."""

CLOCKS_DIFFER_SECONDS = 60.0
"""A pause that begins further in the future was stored before the clock was set back."""

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 15.0, 300.0
FAILURES_TO_OPEN, UNSENT_FAILURES_TO_OPEN = 5, 3
"""Failures that were provably not sent open it sooner: they cost nothing and say the most."""

_NEEDS_A_PERSON = {"http_401", "http_402"}
"""The key is refused or the credit used up: no repeat can help (rows 11 and 12)."""

_ANSWERS = ("http_4", "moderation", "status_", "no_image", "expired")
"""These failures come from a provider that answers, whatever it says."""

_NOT_THE_PROVIDERS_HEALTH = (*_ANSWERS, "certificate")
_PICTURES = ("truncated", "not_an_image", "too_", "forbidden", "redirect")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """When a call may be made: after a wait, or not before a pause ends."""

    wait_seconds: float = 0.0
    paused_until: datetime | None = None
    paused: str | None = None
    """The endpoint, or the account of its provider, whose pause holds the caller."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """Why an endpoint is paused and until when; with None a person must act."""

    endpoint: str
    reason: str
    until: datetime | None


def status_of(endpoint: str) -> str:
    """Return the endpoint at which the same provider tells the state of an order."""
    return _beside(endpoint, STATUS)


def account_of(endpoint: str) -> str:
    """Return the name of the pause that holds every endpoint of the same provider."""
    return _beside(endpoint, ACCOUNT)


def _beside(endpoint: str, name: str) -> str:
    provider, slash, _ = endpoint.rpartition("/")
    return f"{provider}{slash}{name}"


class RateLimiter:
    """Gives slots to callers and remembers how the provider is doing."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        calls_per_minute: int,
        key_marks: Mapping[str, str] | None = None,
    ) -> None:
        """`key_marks` has a mark of each provider's key; another mark lifts that provider's pauses.

        Providers are named as in their endpoints, Bria by "". One without a mark is resumed by a
        person after its key has changed.
        """
        self._database = database
        self._clock = clock
        self._interval = timedelta(minutes=1) / calls_per_minute
        self._key_marks = dict(key_marks or {})

    def take_slot(self, endpoint: str, *, longest_wait_seconds: float) -> Slot:
        """Return the next slot, reserved for the caller, or the pause that prevents it.

        A slot that is further away than the caller would wait is not reserved but returned as a
        pause.
        """
        now = self._clock.now()
        with self._database.writing() as session:
            account = self._row(session, account_of(endpoint), now)
            free = endpoint == status_of(endpoint)
            if (paused := _paused_until(account, now, is_free=free)) is not None:
                return Slot(paused_until=paused, paused=account.name)
            row = self._row(session, endpoint, now)
            if (paused := _paused_until(row, now, is_free=free)) is not None:
                return Slot(paused_until=paused, paused=endpoint)
            slot = max(row.next_turn_at, now)
            wait_seconds = (slot - now).total_seconds()
            if wait_seconds > longest_wait_seconds + LONGEST_INTERVAL_SECONDS:
                slot, wait_seconds = now, 0.0  # nobody uses such a slot: the clock was set back
            if wait_seconds > longest_wait_seconds:
                return Slot(paused_until=slot)
            row.next_turn_at = slot + self._interval
            if row.openings:
                # half-open: this caller sends the probe, the others wait for its result
                row.paused_at = now
                row.paused_until = slot + timedelta(seconds=PROBE_SECONDS)
            session.add(row)
            return Slot(wait_seconds=wait_seconds)

    def note_success(self, endpoint: str) -> None:
        """Close the circuit: the endpoint answers."""
        with self._database.reading() as session:
            known = session.get(EndpointRow, endpoint)
            if known is not None and not known.failures and not known.openings:
                return  # the usual case after a call, with nothing to store
        now = self._clock.now()
        with self._database.writing() as session:
            row = self._row(session, endpoint, now)
            if row.openings:
                # a pause that the provider asked for stays; only the circuit's own is lifted
                row.paused_until = row.reason = None
                _let_follow(session, endpoint)
            if row.failures or row.openings:
                row.failures = row.openings = 0
                session.add(row)

    def note_failure(self, endpoint: str, failure: Failure) -> bool:
        """Count a failed call; return whether the endpoint is now paused for all callers."""
        now = self._clock.now()
        if failure.kind in _NEEDS_A_PERSON:
            self.pause(account_of(endpoint), until=None, reason=failure.message)
        if failure.kind == "http_429" or failure.retry_after_seconds:
            asked_seconds = failure.retry_after_seconds or FIRST_PAUSE_SECONDS
            if failure.phase is not Phase.SUBMIT:
                asked_seconds = min(asked_seconds, LONGEST_FREE_WAIT_SECONDS)
            self.pause(
                endpoint, until=now + timedelta(seconds=asked_seconds), reason=failure.message
            )
            return True
        if failure.kind.startswith(_NOT_THE_PROVIDERS_HEALTH + _PICTURES):
            if failure.kind.startswith(_ANSWERS):
                self.note_success(endpoint)
            return False
        with self._database.writing() as session:
            row = self._row(session, endpoint, now)
            row.failures += 1
            unsent = failure.charge is Charge.NO
            needed = UNSENT_FAILURES_TO_OPEN if unsent else FAILURES_TO_OPEN
            is_open = row.openings > 0 or row.failures >= needed
            if is_open:
                pause_seconds = FIRST_PAUSE_SECONDS * 2.0 ** min(row.openings, 10)
                pause = timedelta(seconds=min(pause_seconds, LONGEST_PAUSE_SECONDS))
                row.paused_at, row.paused_until = now, now + pause
                row.reason = failure.message
                row.openings += 1
            session.add(row)
            return is_open

    def pause(self, endpoint: str, *, until: datetime | None, reason: str) -> None:
        """Pause for everyone; without `until`, until a person resumes or changes the key."""
        now = self._clock.now()
        with self._database.writing() as session:
            row = self._row(session, endpoint, now)
            row.needs_person = until is None
            moment = until or now + timedelta(days=36_500)
            row.paused_until = max(_paused_until(row, now) or moment, moment)
            row.paused_at = now
            row.reason = reason
            session.add(row)

    def resume(self) -> None:
        """Lift every pause, and every wait of an unfinished generation.

        The next call shows whether the outage is over.
        """
        with self._database.writing() as session:
            for row in session.exec(select(EndpointRow)):
                row.paused_until = row.reason = None
                row.needs_person = False
                session.add(row)
            _let_follow(session)

    def outages(self) -> list[Outage]:
        """Return the endpoints that are paused now for a reason that people should know."""
        now = self._clock.now()
        with self._database.reading() as session:
            paused = select(EndpointRow).where(col(EndpointRow.paused_until) > now)
            return [
                Outage(
                    endpoint=row.name,
                    reason=row.reason,
                    until=None if row.needs_person else row.paused_until,
                )
                for row in session.exec(paused)
                if row.reason
                and row.key_mark == self._key_mark(row.name)
                and _paused_until(row, now)
            ]

    def _key_mark(self, endpoint: str) -> str:
        return self._key_marks.get(endpoint.rpartition("/")[0], "")

    def _row(self, session: Session, endpoint: str, now: datetime) -> EndpointRow:
        query = select(EndpointRow).where(col(EndpointRow.name) == endpoint).with_for_update()
        row = session.exec(query).first()
        if row is None:
            # on Postgres several first calls may come together; one of them creates the row
            fresh = EndpointRow(name=endpoint, next_turn_at=now, key_mark=self._key_mark(endpoint))
            adding = insert_into(session, EndpointRow).values(**fresh.model_dump())
            session.execute(adding.on_conflict_do_nothing())
            row = session.exec(query).one()
        key_mark = self._key_mark(endpoint)
        if row.key_mark != key_mark:
            # with another key, the old key's outages are over
            row.key_mark, row.paused_until, row.reason = key_mark, None, None
            row.needs_person, row.failures, row.openings = False, 0, 0
        return row


def _paused_until(row: EndpointRow, now: datetime, *, is_free: bool = False) -> datetime | None:
    """Return when a pause ends, or None if there is none that counts.

    For a free call it ends a quarter of an hour after it began, even if a person must act: a key
    that is still refused is refused again, and used-up credit does not prevent fetching.
    """
    if row.paused_until is None or row.paused_until <= now:
        return None
    if is_free:
        begun = row.paused_at or datetime.min.replace(tzinfo=UTC)
        free_again = begun + timedelta(seconds=LONGEST_FREE_WAIT_SECONDS)
        if free_again <= now:
            return None
    differ = timedelta(seconds=CLOCKS_DIFFER_SECONDS)
    was_set_back = row.paused_at is not None and row.paused_at > now + differ
    return None if was_set_back and not row.needs_person else row.paused_until


def _let_follow(session: Session, endpoint: str | None = None) -> None:
    """Make generations that waited for a pause of these endpoints due at once; None means all."""
    waiting = update(GenerationRow).where(
        col(GenerationRow.job_id).is_(None),
        col(GenerationRow.completed_at).is_(None),
        col(GenerationRow.not_before).is_not(None),
        col(GenerationRow.status).in_(sorted(state.value for state in WAITING)),
    )
    if endpoint is not None:
        waiting = waiting.where(col(GenerationRow.waits_for) == endpoint)
    session.execute(waiting.values(not_before=None, waits_for=None))
