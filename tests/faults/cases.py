"""Where the worker dies, what the provider does so that it gets there, and what must come of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.fakes.bria import Fault, fault

ASKED = 3
"""Generations asked for in each case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One way to die: each of `points` ends one process, then one lives to the end.

    `unknown` and `ended` say how many of the generations may not be completed when they are made
    one after the other; made at the same time, the others may have been cut anywhere as well.
    """

    name: str
    points: tuple[str, ...]
    submit_faults: tuple[Fault, ...] = ()
    unknown: int = 0
    ended: int = 0
    settings: dict[str, str] = field(default_factory=dict)


def _at(point: str, *faults: Fault, unknown: int = 0, ended: int = 0) -> Case:
    return Case(name=point, points=(point,), submit_faults=faults, unknown=unknown, ended=ended)


def _busy(seconds: str) -> Fault:
    return fault("http_503", retry_after=seconds)


_LOST = fault("reset_after_acceptance")
_RESEND = {"FIBO_ON_UNKNOWN": "resend_once"}

CASES: tuple[Case, ...] = (
    *(_at(point) for point in ("before_turn", "before_intent", "before_intent_commit")),
    *(_at(point, unknown=1) for point in ("after_intent", "after_202", "before_journal")),
    *(_at(point) for point in ("before_journal_fsync", "after_journal")),
    *(_at(point) for point in ("before_acceptance_commit", "after_acceptance")),
    *(_at(point) for point in ("before_poll", "after_poll", "before_download_commit")),
    *(_at(point) for point in ("before_download", "after_download", "before_file")),
    *(_at(point) for point in ("before_rename.webp", "after_thumbnail", "before_rename.png")),
    *(_at(point) for point in ("after_file_before_row", "before_completion_commit")),
    _at("after_completion_commit"),
    *(_at(point, _busy("0.2"), unknown=1) for point in ("after_failed_submit",)),
    _at("before_requeue_commit", _busy("0.2"), unknown=1),
    Case(
        name="before_put_off_commit",
        points=("before_put_off_commit",),
        submit_faults=(_busy("2"),),
        # all at the same time would have their turns before the first learns of the pause
        settings={"FIBO_PARALLEL": "1"},
    ),
    *(_at(point, _LOST, unknown=1) for point in ("before_unknown_commit", "after_unknown")),
    _at("before_end_commit", fault("http_422"), unknown=1),
    Case(
        name="before_resend_commit",
        points=("before_resend_commit",),
        submit_faults=(_LOST,),
        settings=_RESEND,
        unknown=1,
    ),
    Case(name="before_lost_intent", points=("after_202", "before_lost_intent"), unknown=1),
    Case(name="before_adoption", points=("after_journal", "before_adoption")),
    Case(
        name="before_acceptance_commit (cut)",
        points=("before_acceptance_commit",),
        submit_faults=(fault("cut_json"),),
    ),
    Case(
        name="after_202 (sent again)",
        points=("after_202", "after_202"),
        settings=_RESEND,
    ),
)
