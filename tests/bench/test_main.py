"""Every bench is found, run and told on one page."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.bench.__main__ import Outcome, carry_out, main, page, quick_arguments
from tests.bench.finding import benches

HERE = Path(__file__).parent


def outcome(*, name: str = "wall", printed: str = "24 tiles 9 ms", exit_code: int = 0) -> Outcome:
    return Outcome(
        name=name,
        measures="What a wall adds",
        command=f"python -m tests.bench.{name}",
        printed=printed,
        exit_code=exit_code,
        seconds=90.0,
    )


def test_every_module_that_can_be_run_is_a_bench_and_no_other() -> None:
    found = benches()

    assert {"claims", "history", "load", "reliability", "rerun"} <= found.keys()
    assert not {"seed_history", "__main__", "test_main", "runs"} & found.keys()


def test_a_bench_is_made_small_by_its_own_option_or_by_its_numbers() -> None:
    found = benches()

    assert quick_arguments("load", found["load"]) == ("--quick",)
    assert quick_arguments("history", found["history"]) == ("20_000",)
    assert quick_arguments("intake", HERE / "intake.py") == ()


def test_what_a_bench_prints_is_on_the_page_below_the_table() -> None:
    told = page(
        [outcome(), outcome(name="load", printed="| route |\n|---|\n| history |")],
        command="python -m tests.bench",
        when=datetime(2026, 11, 26, tzinfo=UTC),
    )

    assert "| [wall](#wall) | What a wall adds | ok | 1.5 |" in told
    assert "`python -m tests.bench.wall`\n\n```text\n24 tiles 9 ms\n```" in told
    assert "`python -m tests.bench.load`\n\n| route |\n|---|" in told


def test_a_missed_bar_and_a_breakage_are_told_apart() -> None:
    assert outcome().verdict == "ok"
    assert outcome(exit_code=1).verdict == "**a bar is missed**"
    assert outcome(printed="- all delivered: **missed**").verdict == "**a bar is missed**"
    assert outcome(exit_code=2).verdict == "**broke**"


def test_a_bench_that_cannot_be_run_breaks_and_says_why(tmp_path: Path) -> None:
    broken = tmp_path / "no_such_bench.py"
    broken.write_text('"""Nothing."""')

    done = carry_out("no_such_bench", broken, is_quick=False)

    assert "No module named" in done.printed
    assert done.verdict == "**broke**"


def test_named_benches_are_printed_and_the_page_in_docs_stays(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tests.bench.__main__.PAGE", tmp_path / "benches.md")

    assert main(["--quick", "intake"]) == 0

    assert "rows" in capsys.readouterr().out
    assert not (tmp_path / "benches.md").exists()
