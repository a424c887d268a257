"""Each fault point once; `python -m tests.faults` goes through them many times."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.domain.request import parse_request
from core.settings import Settings
from core.tables.studio import SpendRow
from core.wiring import build_studio
from tests.fakes.bria import FakeBria, start_fake
from tests.fakes.paid_engine import Bill
from tests.faults.cases import CASES, Case
from tests.faults.deaths import die_and_recover
from tests.faults.invariants import evidence_of, violations
from tests.faults.kinds import KINDS, Kind, break_and_recover
from tests.serving import ROOT

ONE_AFTER_THE_OTHER = 1


@pytest.fixture(scope="module")
def fake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeBria]:
    with start_fake(tmp_path_factory.mktemp("bria")) as running:
        yield running


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_worker_killed_there_leaves_books_that_agree(
    case: Case, fake: FakeBria, tmp_path: Path
) -> None:
    outcome = die_and_recover(case, fake, tmp_path, parallel=ONE_AFTER_THE_OTHER)

    assert outcome.wrong == ()
    assert outcome.reached
    assert outcome.unrecorded == 0


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_studio_whose_surroundings_break_loses_nothing_and_pays_nothing_twice(
    kind: Kind, fake: FakeBria, tmp_path: Path
) -> None:
    if not kind.can_run(tmp_path):
        pytest.skip("only root can mount a small disk")
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")

    outcome = break_and_recover(kind, fake, tmp_path, seed=seed)

    assert outcome.wrong == ()
    assert outcome.unrecorded == 0


def test_every_fault_point_in_the_code_has_a_case() -> None:
    source = "".join(path.read_text() for path in (ROOT / "core").rglob("*.py"))
    named = set(re.findall(r'fault_point\("([\w.]+)"\)', source))
    renames = {"before_rename.webp", "before_rename.png"}
    of_batches = {"before_line_commit", "before_settle_commit", "between_chunks"}
    of_cancels = {"before_cancel_commit"}
    of_starts = {"before_mark_commit", "before_mark_settled", "before_start_noted"}
    of_restores = {"before_written_down"}
    elsewhere = of_batches | of_cancels | of_starts | of_restores

    # cut in tests/batches/test_power_cuts.py, in tests/paid/test_cancelled_while_sent.py, and in
    # test_folders and test_restored of tests/incarnation
    assert {point for case in CASES for point in case.points} == named - elsewhere | renames
    assert elsewhere <= named


def test_a_charge_without_a_row_and_a_row_without_its_money_are_noticed(
    fake: FakeBria, tmp_path: Path
) -> None:
    studio = build_studio(Settings(FIBO_DATA_DIR=tmp_path))
    asked = studio.service.ask(parse_request({"prompt": "a red boat"}))
    stranger = Bill(request_id="nobody-knows-me", seed=1, generation_id=1)
    with studio.database.writing() as session:
        session.add(SpendRow(scope=f"day:{asked.spend_day}", committed_microusd=1))
    (tmp_path / "some.log").write_text(f"key {fake.token}")

    found = violations(replace(evidence_of(studio, fake), charges=[stranger]))
    studio.close()

    assert [words[:2] for words in found] == ["I1", "I2", "I4", "I7"]
