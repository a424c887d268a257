"""Rules of the house that a reader would otherwise have to remember."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.readme import first_sentence

ROOT = Path(__file__).parents[1]
CORE = sorted((ROOT / "core").rglob("*.py"))
PAGES = sorted([ROOT / "app.py", *(ROOT / "pages").rglob("*.py")])
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))
LONGEST_FILE = 500
"""Lines; the length of a function is judged by a reader, ruff only counts its statements."""

ONLY_IN = {
    "httpx": ("core/engines/bria/",),
    "dbos": ("core/jobs/",),
    "alembic": ("core/migrations/",),
    "fastapi": ("core/web/api/", "core/web/server.py"),
    "streamlit": (
        "core/cache/page_cache.py",
        "core/web/edge/streamlit_uploads.py",
        "pages/",
        "app.py",
    ),
    "numpy": ("core/engines/preview/", "core/insights/effects.py"),
}
NO_NAMES = {"helper", "helpers", "util", "utils", "manager", "data", "info", "misc", "common"}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imported_modules(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)}: write imports in full"
            names.add(node.module or "")
    return names


@pytest.mark.parametrize("path", CORE + PAGES, ids=name_of)
def test_each_library_is_known_in_one_place(path: Path) -> None:
    for library in {name.split(".")[0] for name in imported_modules(path)} & ONLY_IN.keys():
        assert name_of(path).startswith(ONLY_IN[library]), f"{name_of(path)} imports {library}"


def test_a_worker_loads_neither_fastapi_nor_streamlit() -> None:
    asked = (
        "import sys, core.worker; "
        "print([name for name in ('fastapi', 'streamlit', 'tornado') if name in sys.modules])"
    )
    words = [sys.executable, "-c", asked]

    loaded = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)

    assert loaded.stdout.strip() == "[]"


@pytest.mark.parametrize("path", CORE + PAGES + TESTS, ids=name_of)
def test_a_file_has_one_subject_and_fits_on_a_few_screens(path: Path) -> None:
    assert path.read_text().count("\n") <= LONGEST_FILE


@pytest.mark.parametrize("path", CORE + PAGES, ids=name_of)
def test_names_of_modules_say_what_is_in_them(path: Path) -> None:
    assert path.stem not in NO_NAMES
    assert first_sentence(path).endswith("."), "the first line of the docstring is a sentence"


def test_only_one_module_of_each_wing_knows_what_a_tab_remembers() -> None:
    knowing = {name_of(path) for path in PAGES if "session_state" in path.read_text()}

    assert knowing == {
        "pages/parts/batch/state.py",
        "pages/parts/generate/state.py",
        "pages/parts/history/state.py",
        "pages/parts/shared/session.py",
    }


CHECKS = ("assert ", "pytest.raises", "expect(", "expect_", "assert_", "wait_until(")


@pytest.mark.parametrize("path", TESTS, ids=name_of)
def test_every_test_can_fail(path: Path) -> None:
    functions = [
        node
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    sources = {node.name: ast.unparse(node) for node in functions}
    checking = {name for name, source in sources.items() if any(c in source for c in CHECKS)}
    for name, source in sources.items():
        if name.startswith("test"):
            checks = name in checking or any(f"{helper}(" in source for helper in checking)
            assert checks, f"{name} checks nothing"
