"""Whatever the code and the pages cite is in this repository and says what it is cited for."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from core.domain.states import MOVES
from tests.faults.invariants import INVARIANTS
from tests.paid.test_state_table import ROWS
from tests.readme import PAGES, ROOT, headings_of

ROOMS = ("core", "pages", "tests")
CODE = [ROOT / "app.py", *(path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")))]
TEXTS = [
    *PAGES,
    *(ROOT / name for name in ("pyproject.toml", ".streamlit/config.toml", "Makefile", ".ci/run")),
]
PROVIDER = (ROOT / "docs" / "provider.md").read_text()
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text()

DOCUMENT = re.compile(r"[\w./-]*\b[\w-]+\.md\b(?:#[\w-]+)?")
PLACE = re.compile(r"(?<![\w./-])(?:core|pages|tests|docs|static|\.ci)/[\w./-]*\w")
MODULE = re.compile(r"python -m ((?:core|tests)(?:\.\w+)*)")
ROWS_CITED = re.compile(r"\b[Rr]ows? (\d+(?:(?:, | to | and )\d+)*)")
FAULT = re.compile(r"\bF\d\d\b")
AWAY = re.compile(r"/work/|\.\./shared")
MADE_WHILE_FOLLOWING = {
    "pages/hello.py",
    "core/engines/gradient.py",
    "core/migrations/versions/NEXT_mood.py",
}
"""Files that a recipe tells people to write."""

OF_THE_PROVIDER = ("core/engines/bria/", "core/provider/", "core/domain/failure.py")
"""Where a row is one of the table of failures, and not one of an uploaded table."""


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def words_of(path: Path) -> list[str]:
    """Return what a file says to its readers: comments, and texts of more than one word."""
    text = path.read_text()
    if path.suffix != ".py":
        return [text]
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    words = [one.string for one in tokens if one.type in {tokenize.COMMENT, tokenize.STRING}]
    return [one for one in words if " " in one]


def numbers_in(text: str) -> set[int]:
    """Return the numbers of `4 to 9, 16 and 17`, those in between too."""
    ranges = re.findall(r"(\d+)(?: to (\d+))?", text)
    return {one for low, high in ranges for one in range(int(low), int(high or low) + 1)}


def is_there(place: str) -> bool:
    return place in MADE_WHILE_FOLLOWING or (ROOT / place).exists()


def table_rows(text: str, first: str) -> list[str]:
    """Return the first cells of a table's rows that look like `first`."""
    return re.findall(rf"^\| ({first}) \|", text, re.MULTILINE)


def said(paths: list[Path]) -> Iterator[tuple[str, str]]:
    """Yield every text that a reader meets, after the name of its file."""
    for path in paths:
        for text in words_of(path):
            yield name_of(path), text


def test_every_document_that_code_cites_is_here_with_its_section() -> None:
    sections = {name_of(page): headings_of(page) for page in [*PAGES, ROOT / "CHANGELOG.md"]}
    wrong = []
    for where, text in said(CODE):
        for cited in DOCUMENT.findall(text):
            name, _, section = cited.partition("#")
            if name not in sections or (section and section not in sections[name]):
                wrong.append(f"{where} cites {cited}")

    assert wrong == []


def test_every_place_and_command_that_is_cited_exists() -> None:
    wrong = []
    for where, text in said([*CODE, *TEXTS]):
        wrong += [f"{where}: {place}" for place in PLACE.findall(text) if not is_there(place)]
        for module in MODULE.findall(text):
            file = ROOT.joinpath(*module.split("."))
            if not file.with_suffix(".py").is_file() and not (file / "__main__.py").is_file():
                wrong.append(f"{where}: python -m {module}")

    assert wrong == []


def test_nothing_leads_to_a_folder_outside_the_repository() -> None:
    others = [path for path in [*CODE, *TEXTS] if path != Path(__file__)]

    assert [name_of(path) for path in others if AWAY.search(path.read_text())] == []


def test_every_row_that_is_cited_is_in_the_table_of_failures() -> None:
    rows = {int(row) for row in table_rows(PROVIDER, r"\d+")}
    faults = set(table_rows(PROVIDER, r"F\d\d"))
    wrong = []
    for where, text in said(CODE):
        wrong += [f"{where}: {fault}" for fault in FAULT.findall(text) if fault not in faults]
        if where.startswith(OF_THE_PROVIDER) or "docs/provider.md" in text:
            cited = ROWS_CITED.findall(text)
            wrong += [f"{where}: row {one}" for one in cited if not numbers_in(one) <= rows]

    assert wrong == []


def test_the_table_of_failures_has_every_row_that_is_tested_once() -> None:
    rows = [int(row) for row in table_rows(PROVIDER, r"\d+")]

    assert rows == list(range(1, len(rows) + 1))
    assert {row.number for row in ROWS} <= set(rows)


def test_the_promises_are_those_that_are_checked() -> None:
    checked = {(check.__doc__ or "").partition(":")[0] for check in INVARIANTS}

    assert set(table_rows(ARCHITECTURE, r"I\d")) == checked


def test_the_picture_of_the_states_is_the_table_of_moves() -> None:
    drawn = set(re.findall(r"^    (\w+) --> (\w+)", ARCHITECTURE, re.MULTILINE))
    states = {state.value for state in MOVES}
    moves = {(old.value, new.value) for old, allowed in MOVES.items() for new in allowed}

    assert {(old, new) for old, new in drawn if {old, new} <= states} == moves


def test_the_map_names_every_wing() -> None:
    packages = [*(ROOT / "core").iterdir(), *(ROOT / "pages" / "parts").iterdir()]
    wings = [path.name for path in packages if (path / "__init__.py").is_file()]
    missing = [name for name in wings if not re.search(rf"\b{name}\b", ARCHITECTURE)]

    assert missing == []
