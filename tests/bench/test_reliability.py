"""The benchmark in small: our rows know every charge, and the benchmark can tell who does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.bench.reliability.faults import SCHEDULES
from tests.bench.reliability.figures import Figures, wilson
from tests.bench.reliability.report import bars, share, table
from tests.bench.reliability.runs import HOLD, POLICIES, RESEND, Run, carry_out


def carried_out(policy: str, schedule: str, *, jobs: int, seed: int = 1) -> Figures:
    return carry_out(Run(policy=policy, schedule=schedule, seed=seed, jobs=jobs))


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_no_charge_is_without_a_row_and_no_picture_is_lost(schedule: str) -> None:
    ours = carried_out(HOLD, schedule, jobs=25, seed=2)

    assert ours.unrecorded == 0
    assert ours.duplicates == 0
    assert ours.delivered + ours.held == ours.jobs


@pytest.mark.long
def test_at_ten_percent_faults_every_picture_is_delivered_or_held() -> None:
    ours = carried_out(HOLD, "independent-10", jobs=150)

    assert ours.delivered + ours.held == 150
    assert 0 < ours.held < 20
    assert (ours.unrecorded, ours.duplicates) == (0, 0)


@pytest.mark.long
def test_resending_once_delivers_nearly_all_and_its_second_charges_have_rows() -> None:
    ours = carried_out(RESEND, "independent-10", jobs=150)

    assert ours.delivered >= 149
    assert ours.duplicates > 0
    assert ours.unrecorded == 0


@pytest.mark.long
def test_outages_are_waited_out() -> None:
    ours = carried_out(RESEND, "bursts", jobs=120)

    assert ours.delivered + ours.held == 120
    assert ours.delivered >= 119
    assert ours.unrecorded == 0


def test_the_others_pay_for_what_they_do_not_know_of() -> None:
    naive, vendor, plain = (
        carried_out(policy, "lost", jobs=1500)
        for policy in ("naive retry", "bria-client 0.3.1", "no retry")
    )

    assert naive.unrecorded == naive.duplicates > 5
    assert naive.delivered == 1500
    assert vendor.unrecorded == plain.unrecorded == naive.duplicates
    assert vendor.duplicates == plain.duplicates == 0


def test_without_faults_all_policies_deliver_everything_for_one_charge_each() -> None:
    for policy in POLICIES:
        found = carried_out(policy, "independent-0", jobs=20)
        assert (found.delivered, found.charges, found.unrecorded) == (20, 20, 0), policy
        assert found.percentile(50) < 40


def test_the_same_seed_gives_the_same_faults_to_everybody() -> None:
    first, second = (carried_out("naive retry", "independent-20", jobs=100) for _ in range(2))
    other = carried_out("naive retry", "independent-20", jobs=100, seed=2)

    assert first == second
    assert first.seconds != other.seconds


def test_intervals_are_wilsons_and_nothing_seen_is_not_called_zero() -> None:
    assert wilson(0, 10_000) == pytest.approx((0.0, 0.000384), abs=1e-6)
    assert wilson(10_000, 10_000) == pytest.approx((0.999616, 1.0), abs=1e-6)
    # 81 of 263, the example of Newcombe 1998, table I
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert share(0, 10_000) == "< 0.038 %"
    assert share(150, 10_000) == "1.50 %"


def test_the_table_names_the_fault_model_above_its_lines() -> None:
    found = carried_out("no retry", "independent-10", jobs=100)

    lines = table({("independent-10", "no retry"): found}).splitlines()

    assert lines[0].startswith("Fault model:")
    assert lines[-1].startswith("| independent 10 % | no retry | 100 | ")
    assert lines[-1].count("|") == lines[-2].count("|") == lines[-3].count("|")


def test_a_missed_bar_is_said() -> None:
    good = Figures(
        jobs=1000,
        delivered=999,
        held=1,
        failed=0,
        charges=1001,
        duplicates=2,
        unrecorded=0,
        calls=6000,
        repeats=60,
        seconds=(20.0,),
    )
    poor = replace(good, delivered=998, held=1, unrecorded=1)

    assert "missed" not in "".join(bars({("independent-10", HOLD): good, ("bursts", RESEND): good}))
    told = bars({("independent-10", HOLD): poor, ("independent-10", RESEND): poor})
    assert [sentence.endswith("**missed**") for sentence in told] == [True, True, True]
