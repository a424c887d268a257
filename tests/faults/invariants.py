"""The nine promises that hold after whatever happened (docs/architecture.md#nine-promises)."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from PIL import Image
from sqlalchemy import text
from sqlmodel import Session, col, func, select

from core import ledger
from core.database import Database
from core.domain.failure import Charge
from core.domain.money import Budgets
from core.domain.states import FINAL, State
from core.figures.recount import differences
from core.generation.service import GenerationService
from core.records.attempts import Attempt
from core.records.generations import Generation
from core.tables.generation import AttemptRow, GenerationRow
from core.tables.studio import ProjectRow, SpendRow
from core.wiring import Studio
from tests import books
from tests.fakes.bria import FakeBria

MOST_GENERATIONS = 1000
_ALIVE = ("ENQUEUED", "PENDING", "DELAYED")


class Billed(Protocol):
    """One accepted POST in the provider's own books."""

    @property
    def request_id(self) -> str: ...
    @property
    def seed(self) -> int | None: ...


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What both sides say at one moment: the studio's rows and files, the provider's ledger."""

    database: Database
    service: GenerationService
    budgets: Budgets | None  # None where budgets are set below what is spent already
    folder: Path
    charges: Sequence[Billed]
    secrets: tuple[str, ...]

    @cached_property
    def generations(self) -> list[Generation]:
        """Return everything that was asked for."""
        return self.service.newest(limit=MOST_GENERATIONS)

    @cached_property
    def tries(self) -> list[tuple[Generation, Attempt]]:
        """Return every try, each with its generation."""
        return [
            (one, attempt)
            for one in self.generations
            for attempt in self.service.attempts_of(one.id)
        ]


def evidence_of(studio: Studio, fake: FakeBria) -> Evidence:
    """Return what there is to compare, as it is now."""
    return Evidence(
        database=studio.database,
        service=studio.service,
        budgets=studio.settings.budgets,
        folder=studio.settings.data_dir,
        charges=fake.charges(),
        secrets=(fake.token, "Signature=", "Key-Pair-Id="),
    )


def unrecorded(evidence: Evidence) -> list[Billed]:
    """Return the provider's charges for which no try of ours answers."""
    answering = [pair for pair in evidence.tries if pair[1].charge is not Charge.NO]
    numbered = {attempt.request_id for _, attempt in answering if attempt.request_id}
    nameless = [generation.seed for generation, attempt in answering if not attempt.request_id]
    missing: list[Billed] = []
    for charge in evidence.charges:
        if charge.request_id in numbered:
            numbered.remove(charge.request_id)
        elif charge.seed in nameless:
            nameless.remove(charge.seed)
        else:
            missing.append(charge)
    return missing


def count_charges(evidence: Evidence, charge: Charge) -> int:
    """Return how many tries say this about their charge."""
    return sum(attempt.charge is charge for _, attempt in evidence.tries)


def check_every_charge_is_recorded_once(evidence: Evidence) -> None:
    """I1: every charge in the provider's ledger has exactly one try that owns up to it."""
    missing = unrecorded(evidence)
    assert not missing, f"I1: the provider charged {missing}, and no try says so"
    numbers = [attempt.request_id for _, attempt in evidence.tries if attempt.request_id]
    assert len(numbers) == len(set(numbers)), f"I1: two tries claim one request: {numbers}"


def check_bounds_hold(evidence: Evidence) -> None:
    """I2: what we know was charged ≤ what was charged ≤ what we say may have been."""
    certain = count_charges(evidence, Charge.YES)
    possible = count_charges(evidence, Charge.MAYBE)
    charged = len(evidence.charges)
    assert certain <= charged, f"I2: {certain} tries say yes, the provider charged {charged}"
    assert charged <= certain + possible, (
        f"I2: the provider charged {charged}, our rows admit {certain} and perhaps {possible}"
    )


def check_possible_charges_are_visible(evidence: Evidence) -> None:
    """I3: whoever looks at a picture sees what it may have cost on top."""
    for generation in evidence.generations:
        tries = [attempt for one, attempt in evidence.tries if one.id == generation.id]
        held = [attempt for attempt in tries if attempt.charge is Charge.MAYBE]
        told = evidence.service.cost_of(generation.id).possible_microusd
        owed = sum(attempt.price_microusd for attempt in held)
        assert told == owed, f"I3: {generation.id} tells {told} of {owed} possible microdollars"
        if held and held[-1].number == len(tries):
            shown = generation.state in FINAL | {State.UNKNOWN}
            under_way = generation.state in {State.SUBMITTING, State.QUEUED}
            assert shown or under_way, f"I3: {generation.id} hides a charge: {generation.state}"
            if generation.state is State.QUEUED:
                assert generation.reserved_microusd, f"I3: {generation.id} waits without its money"


def check_figures_equal_a_recount(evidence: Evidence) -> None:
    """I9: the figures a day say what the generations and tries say, counted afresh."""
    with evidence.database.reading() as session:
        wrong = differences(session)
    assert not wrong, f"I9: {wrong}"


def check_money_adds_up(evidence: Evidence) -> None:
    """I4: the running sums equal the rows counted afresh, and stay within every budget."""
    accounts = {one.account for one in evidence.generations}
    with evidence.database.reading() as session:
        for scope in session.exec(select(SpendRow.scope)).all():
            committed = ledger.committed(session, scope)
            counted = _counted(session, scope)
            assert committed == counted, f"I4: {scope} says {committed}, the rows say {counted}"
            limit = limit_of(session, evidence.budgets, scope)
            assert limit is None or committed <= limit, f"I4: {scope}: {committed} > {limit}"
        for account in accounts:
            day = account.scopes[0]
            assert books.recount(session, account) == ledger.committed(session, day), "I4: recount"


def check_nothing_is_forgotten(evidence: Evidence) -> None:
    """I5: what is unfinished waits in the backlog or is in the hands of a job that will run."""
    with evidence.database.reading() as session:
        for generation in evidence.generations:
            if not generation.is_waiting:
                continue
            row = session.get_one(GenerationRow, generation.id)
            if row.job_id is None:
                assert row.completed_at is None, f"I5: {row.id} waits but is not in the backlog"
                continue
            asked = text("SELECT status FROM workflow_status WHERE workflow_uuid = :job")
            status = session.connection().execute(asked, {"job": row.job_id}).scalar()
            assert status in _ALIVE, f"I5: {row.id} is {row.status}, its job {status}"


def check_pictures_are_whole(evidence: Evidence) -> None:
    """I6: each finished picture is there, is the one that was paid for, and can be looked at."""
    for generation in evidence.generations:
        if generation.state is not State.COMPLETED:
            continue
        content = evidence.service.picture_file(generation).path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        assert digest == generation.image_sha256, f"I6: {generation.id} has another picture"
        with Image.open(io.BytesIO(content)) as picture:
            picture.verify()
        with Image.open(io.BytesIO(content)) as picture:
            picture.load()
            size = (generation.image_width, generation.image_height)
            assert picture.size == size, f"I6: {generation.id} is {picture.size}, told {size}"


def check_no_secret_is_written(evidence: Evidence) -> None:
    """I7: neither the key nor a signed address is anywhere in the data folder."""
    for path in _files(evidence.folder):
        content = path.read_bytes()
        for secret in evidence.secrets:
            assert secret.encode() not in content, f"I7: {path.name} holds {secret!r}"


def check_the_screen_tells_the_row(evidence: Evidence) -> None:
    """I8: what a page is told of a generation is what its row says."""
    with evidence.database.reading() as session:
        rows = session.connection().execute(text("SELECT * FROM generation")).mappings().all()
    assert len(rows) == len(evidence.generations), "I8: a page leaves out rows"
    for row in rows:
        seen = evidence.service.see(row["id"])
        told = _as_columns(seen)
        differing = {name for name in told if told[name] != row[name]}
        assert not differing, f"I8: {row['id']} is shown with another {differing}"


MONEY: tuple[Callable[[Evidence], None], ...] = (
    check_every_charge_is_recorded_once,
    check_bounds_hold,
    check_possible_charges_are_visible,
    check_money_adds_up,
    check_figures_equal_a_recount,
)
INVARIANTS: tuple[Callable[[Evidence], None], ...] = (
    *MONEY,
    check_nothing_is_forgotten,
    check_pictures_are_whole,
    check_no_secret_is_written,
    check_the_screen_tells_the_row,
)


def violations(evidence: Evidence) -> list[str]:
    """Return one sentence for each promise that does not hold."""
    found: list[str] = []
    for check in INVARIANTS:
        try:
            check(evidence)
        except AssertionError as broken:
            found.append(str(broken))
    return found


def _counted(session: Session, scope: str) -> int:
    kind, _, name = scope.partition(":")
    if kind == "day":
        ours, tried = col(GenerationRow.spend_day) == name, col(AttemptRow.spend_day) == name
    else:
        ours = tried = col(GenerationRow.project_id) == int(name)
    reserved = select(func.coalesce(func.sum(GenerationRow.reserved_microusd), 0)).where(ours)
    charged = (
        select(func.coalesce(func.sum(AttemptRow.price_microusd), 0))
        .join(GenerationRow, col(GenerationRow.id) == col(AttemptRow.generation_id))
        .where(tried, col(AttemptRow.charge) != Charge.NO)
    )
    return int(session.exec(reserved).one()) + int(session.exec(charged).one())


def limit_of(session: Session, budgets: Budgets | None, scope: str) -> int | None:
    """Return the most that may be committed within a scope, or None."""
    if budgets is None:
        return None
    kind, _, name = scope.partition(":")
    if kind == "day":
        return budgets.daily_microusd
    project = session.get(ProjectRow, int(name))
    return project.budget_microusd if project else None


def _files(folder: Path) -> Iterable[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def _as_columns(seen: Generation) -> dict[str, Any]:
    shown = ("prompt", "seed", "spend_day", "request_id", "retry_count", "error_code", "engine")
    money = ("price_microusd", "reserved_microusd", "image_sha256", "image_width", "error_message")
    told = {name: getattr(seen, name) for name in (*shown, *money)}
    return {**told, "status": seen.state.value}
