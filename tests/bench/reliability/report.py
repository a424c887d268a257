"""The figures as a Markdown table, with what they stand on above it."""

from __future__ import annotations

from collections.abc import Mapping

from tests.bench.reliability.baselines import BASELINES
from tests.bench.reliability.faults import MODEL, SCHEDULES
from tests.bench.reliability.figures import Figures, wilson
from tests.bench.reliability.ours import AT_ONCE, CALLS_PER_MINUTE
from tests.bench.reliability.runs import HOLD, MEAN_GAP_SECONDS, RESEND

_HEAD = (
    "faults",
    "policy",
    "n",
    "delivered (95 %)",
    "held",
    "failed",
    "paid per delivered",
    "duplicates / 10k",
    "unrecorded charges",
    "p50 / p95 / p99 s",
    "calls per picture",
    "repeats",
)

_SETTING = (
    f"Jobs arrive at random, one in {MEAN_GAP_SECONDS:.0f} s; ours has {AT_ONCE} places and "
    f"{CALLS_PER_MINUTE} calls a minute, the others as many as they like. n is jobs × seeds. In "
    "brackets the Wilson 95 % interval; of a share that never occurred its upper end is given. "
    "Times run from the asking to the kept picture. Repeats are calls that follow a failed call "
    "of the same job, as a share of all calls. Unrecorded are charges in the provider's ledger of "
    "which the caller knows nothing in the end; callers that keep all in memory know the one "
    "charge behind a picture they got, and none if they got none."
)


def table(results: Mapping[tuple[str, str], Figures]) -> str:
    """Return the fault model, the setting and one line for each schedule and policy."""
    lines = [MODEL, "", _SETTING, "", _line(*_HEAD), _line(*["---"] * len(_HEAD))]
    lines += [_row(schedule, policy, found) for (schedule, policy), found in results.items()]
    return "\n".join(lines)


def bars(results: Mapping[tuple[str, str], Figures]) -> list[str]:
    """Return one sentence for each bar of docs/reliability.md that these results can be held to."""
    ours = [found for (_, policy), found in results.items() if policy in {HOLD, RESEND}]
    told = [_bar("unrecorded charges of ours: 0", not any(found.unrecorded for found in ours))]
    held = results.get(("independent-10", HOLD))
    if held is not None:
        is_whole = held.delivered + held.held == held.jobs
        told.append(_bar("independent 10 %, hold: delivered + held = 100 %", is_whole))
    for schedule, least in (("independent-10", 0.999), ("bursts", 0.995)):
        found = results.get((schedule, RESEND))
        if found is not None:
            words = f"{SCHEDULES[schedule].title}, resend_once: delivered ≥ {100 * least:.1f} %"
            told.append(_bar(words, found.delivered >= least * found.jobs))
    return told


def _bar(words: str, is_met: bool) -> str:  # noqa: FBT001 - two words
    return f"- {words}: {'met' if is_met else '**missed**'}"


def share(hits: int, cases: int) -> str:
    """Return a share in percent; one that never occurred as the bound below which it lies."""
    if hits == 0:
        return f"< {100 * wilson(0, cases)[1]:.2g} %"
    return f"{100 * hits / cases:.2f} %"


def _delivered(found: Figures) -> str:
    low, high = wilson(found.delivered, found.jobs)
    if found.delivered == found.jobs:
        return f"all (> {100 * low:.2f} %)"
    return f"{100 * found.delivered / found.jobs:.2f} % ({100 * low:.2f}–{100 * high:.2f})"


def _row(schedule: str, policy: str, found: Figures) -> str:
    delivered = max(found.delivered, 1)
    times = " / ".join(f"{found.percentile(percent):.0f}" for percent in (50, 95, 99))
    return _line(
        SCHEDULES[schedule].title,
        policy,
        f"{found.jobs:,}",
        _delivered(found),
        "–" if policy in BASELINES else share(found.held, found.jobs),
        share(found.failed, found.jobs),
        f"{found.charges / delivered:.3f}",
        f"{10_000 * found.duplicates / found.jobs:.0f}",
        f"{found.unrecorded} of {found.charges:,}",
        times,
        f"{found.calls / delivered:.1f}",
        f"{100 * found.repeats / found.calls:.1f} %",
    )


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
