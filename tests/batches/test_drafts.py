"""Drafts are found by their link from anywhere, end after 7 days, and start once."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.batches.draft import draft_of, mend
from core.batches.drafts import Drafts, StoredDraft, end_with, fixes_between
from core.errors import NotFoundError, StaleStateError
from core.intake.columns import Mapping
from core.intake.corrections import Fix, correct
from core.intake.readers import read_file
from core.intake.table import Answers
from core.shelf import Shelf
from core.wiring import Studio
from tests.test_shelf import Later

ROWS = b"prompt,lighting,note\na boat,soft,1\na fox,golden hr\na cup,soft,3,4\n"
DRAFT = StoredDraft(
    name="boats.csv",
    content=ROWS,
    answers=Answers(header_line=1),
    mapping=Mapping({"prompt": "prompt"}, is_decided=False),
    fixes=[Fix(3, "lighting", "golden-hour")],
)


def test_a_draft_is_found_after_a_restart_as_it_was_left(open_studio: Callable[[], Studio]) -> None:
    before = open_studio()
    draft_id = before.batch_drafts.keep(DRAFT)
    left = replace(DRAFT, version=2, answers=Answers(header_line=1, sheet="A"), fixes=[])
    before.batch_drafts.change(draft_id, left)
    before.close()

    after = open_studio().batch_drafts

    assert after.load(draft_id) == left
    assert after.version_of(draft_id) == 2


def test_two_windows_change_and_start_it_once(studio: Studio) -> None:
    drafts = studio.batch_drafts
    draft_id = drafts.keep(DRAFT)
    drafts.change(draft_id, replace(DRAFT, version=2))

    with pytest.raises(StaleStateError, match="changed or started in another window"):
        drafts.change(draft_id, replace(DRAFT, version=2))
    with studio.database.writing() as session, pytest.raises(StaleStateError):
        end_with(session, draft_id, 1)
    with studio.database.writing() as session:
        end_with(session, draft_id, 2)
    with studio.database.writing() as session, pytest.raises(StaleStateError):
        end_with(session, draft_id, 2)
    with pytest.raises(NotFoundError, match="not kept any more"):
        drafts.load(draft_id)


def test_it_ends_after_seven_days_without_a_change(studio: Studio, tmp_path: Path) -> None:
    clock = Later()
    drafts = Drafts(studio.database, clock, Shelf(tmp_path / "d", clock, kept_seconds=8 * 86_400))
    kept, left = drafts.keep(DRAFT), drafts.keep(replace(DRAFT, content=b"prompt\na mug\n"))
    clock.ahead = timedelta(days=6)
    drafts.change(kept, replace(DRAFT, version=2))
    clock.ahead = timedelta(days=8, hours=1)

    assert drafts.load(kept).version == 2
    for unknown in (left, 0, -1, 2**63, 5):
        assert drafts.version_of(unknown) is None
        with pytest.raises(NotFoundError):
            drafts.load(unknown)


def test_a_file_that_a_power_cut_left_short_is_not_taken_for_the_draft(
    studio: Studio, tmp_path: Path
) -> None:
    draft_id = studio.batch_drafts.keep(DRAFT)
    (file,) = (tmp_path / "drafts").iterdir()
    file.write_bytes(ROWS[:20])
    os.utime(file)

    with pytest.raises(NotFoundError):
        studio.batch_drafts.load(draft_id)


def test_what_was_mended_is_all_that_is_stored_of_the_rows() -> None:
    before = read_file("boats.csv", ROWS, Answers())
    cells = {(3, "lighting"): "golden-hour", (3, "note"): "2", (4, "note"): "3"}
    after = mend(draft_of("boats.csv", before, None), cells).table

    fixes = fixes_between(before, after)

    assert {fix.line for fix in fixes} <= {3, 4}
    assert correct(before, fixes).rows == after.rows
    assert fixes_between(before, before) == []
