"""How many of PartiPrompts the preview has a stand-in for, and whether it draws them all.

`python -m tests.bench.parti` reads and renders all 1,632 prompts at 128 px; `--read` only reads.
The prompts are Google's (Apache-2.0), in the folder that `FIBO_TEST_SHARED` names or in the file
of `--prompts`.
"""

from __future__ import annotations

import argparse
import csv
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from core.engines.preview import SUBJECT_IDS, Shot, render
from core.engines.preview.brief import understand
from tests.shared import MISSING, shared

PROMPTS = shared("data/parti-prompts/PartiPrompts.tsv")
SIDE = 128
LEAST_SHARE = 0.70
CATEGORIES_THAT_COUNT = (
    *("Animals", "People", "Vehicles", "Food & Beverage"),
    *("Outdoor Scenes", "Indoor Scenes", "Produce & Plants"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One prompt of the collection."""

    prompt: str
    category: str


def load_prompts(source: Path = PROMPTS) -> list[Entry]:
    """Return all prompts of the TSV file."""
    with source.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [Entry(row["Prompt"], row["Category"]) for row in rows]


def shot_of_prompt(prompt: str) -> Shot:
    """Return the shot a prompt is drawn as."""
    return Shot(prompt=prompt, parameters={}, seed=7, width=SIDE, height=SIDE)


def is_specific(prompt: str) -> bool:
    """Say whether a prompt gets a stand-in of its own, not the neutral object."""
    return understand(shot_of_prompt(prompt)).stand_in != "object"


def shares(entries: list[Entry]) -> dict[str, float]:
    """Return the share of specific stand-ins for each category."""
    found: dict[str, list[bool]] = defaultdict(list)
    for entry in entries:
        found[entry.category].append(is_specific(entry.prompt))
    return {name: sum(each) / len(each) for name, each in sorted(found.items())}


def is_drawn(prompt: str) -> bool:
    """Render a prompt; say whether its subject can be seen."""
    ids = render(shot_of_prompt(prompt)).object_ids
    return bool(((ids >= SUBJECT_IDS.start) & (ids < SUBJECT_IDS.stop)).any())


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.parti")
    parser.add_argument("--prompts", type=Path, default=PROMPTS)
    parser.add_argument("--read", action="store_true", help="only read, do not render")
    parser.add_argument("--workers", type=int, default=2)
    chosen = parser.parse_args()
    if not chosen.prompts.is_file():
        parser.error(MISSING)
    entries = load_prompts(chosen.prompts)
    for name, share in shares(entries).items():
        print(f"{100 * share:5.1f} %  {name}{' *' if name in CATEGORIES_THAT_COUNT else ''}")
    specific = sum(is_specific(entry.prompt) for entry in entries)
    print(f"{100 * specific / len(entries):5.1f} %  all {len(entries)}")
    if chosen.read:
        return
    with ProcessPoolExecutor(chosen.workers, mp_context=get_context("spawn")) as pool:
        drawn = list(pool.map(is_drawn, [entry.prompt for entry in entries], chunksize=16))
    print(f"{len(drawn)} rendered without an error; the subject shows in {sum(drawn)}")
    for entry, seen in zip(entries, drawn, strict=True):
        if not seen:
            print(f"not seen: {entry.prompt}")


if __name__ == "__main__":
    main()
