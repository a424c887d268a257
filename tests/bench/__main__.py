"""Runs every bench and writes one page: `python -m tests.bench` (`--quick` for a small run).

Each bench is a command of its own that prints its figures and ends with 0, or with 1 where a bar
is missed. With names, only those run and the page in docs/ stays as it is.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.finding import benches
from tests.readme import ROOT, what_is_measured

PAGE = ROOT / "docs" / "benches.md"
BROKEN = 2
QUICK = {
    "batch": ("--rows", "1000"),
    "history": ("20_000",),
    "insights": ("20_000",),
    "kills": ("3",),
    "parti": ("--read",),
    "parti_batch": ("--rows", "40", "--kills", "1"),
    "reliability": ("--jobs", "200", "--other-jobs", "60", "--seeds", "1"),
}
"""How those are run in small that have no `--quick` of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one bench printed and how it ended."""

    name: str
    measures: str
    command: str
    printed: str
    exit_code: int
    seconds: float

    @property
    def verdict(self) -> str:
        if self.exit_code == 0 and "**missed**" not in self.printed:
            return "ok"
        return "**broke**" if self.exit_code >= BROKEN else "**a bar is missed**"


def carry_out(name: str, path: Path, *, is_quick: bool) -> Outcome:
    """Run one bench in a process of its own."""
    arguments = quick_arguments(name, path) if is_quick else ()
    command = [sys.executable, "-m", f"tests.bench.{name}", *arguments]
    started = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    broke = not done.stdout.strip() or "Traceback (most recent call last)" in done.stderr
    printed = done.stderr.strip()[-600:] if broke else done.stdout.strip()
    return Outcome(
        name=name,
        measures=what_is_measured(path),
        command=" ".join(["python", *command[1:]]),
        printed=printed,
        exit_code=BROKEN if broke else done.returncode,
        seconds=time.monotonic() - started,
    )


def quick_arguments(name: str, path: Path) -> tuple[str, ...]:
    """Return what makes a bench small; one that is small anyway takes none."""
    return QUICK.get(name, ("--quick",) if '"--quick"' in path.read_text() else ())


def page(outcomes: Sequence[Outcome], *, command: str, when: datetime) -> str:
    """Return the one table, and below it what each bench printed."""
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    return "\n".join(
        [
            "# What was measured",
            "",
            f"`{command}` on {when:%Y-%m-%d}, {machine}. Ratios are taken within one run.",
            "",
            "| bench | what it measures | result | minutes |",
            "|---|---|---|---|",
            *(
                f"| [{one.name}](#{one.name}) | {one.measures} | {one.verdict} | "
                f"{one.seconds / 60:.1f} |"
                for one in outcomes
            ),
            *(line for one in outcomes for line in _section(one)),
            "",
        ]
    )


def _section(outcome: Outcome) -> Iterator[str]:
    yield from ("", f"## {outcome.name}", "", f"`{outcome.command}`", "")
    if "\n|---" in outcome.printed:
        yield outcome.printed
    else:
        yield from ("```text", outcome.printed, "```")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benches, print the page, and return 0 where none broke and no bar was missed."""
    found = benches()
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*found, []], metavar="NAME")
    parser.add_argument("--quick", action="store_true", help="small runs, to see that all work")
    asked = parser.parse_args(arguments)
    told = [*asked.names, *(["--quick"] if asked.quick else [])]
    command = " ".join(["python -m tests.bench", *told])
    when, outcomes, text = datetime.now(UTC), [], ""
    for name in asked.names or found:
        print(f"{name} …", file=sys.stderr, flush=True)
        outcomes.append(carry_out(name, found[name], is_quick=asked.quick))
        text = page(outcomes, command=command, when=when)
        if not asked.names:
            PAGE.write_text(text)  # after each, as all of them take hours
    print(text)
    return 0 if all(one.verdict == "ok" for one in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
