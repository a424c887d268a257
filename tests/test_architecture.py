"""Rules of the house that a reader would otherwise have to remember."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.domain.engines import ENGINE_NAMES
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
        "core/web/edge/base_path.py",
        "core/web/edge/streamlit_uploads.py",
        "core/web/edge/uploads_elsewhere.py",
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


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Which of them comes first would then decide whether a page opens at all."""
    modules = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in (*CORE, *PAGES)
    }
    needs = {name: at_import(path) & modules.keys() for name, path in modules.items()}

    while free := [name for name in needs if not needs[name] & needs.keys()]:
        for name in free:
            del needs[name]

    assert sorted(needs) == []


def at_import(path: Path) -> set[str]:
    """Return the modules, and the names in them, that a module imports when it is imported."""
    found: set[str] = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{one.name}" for one in node.names)}
    return found


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


NAMES_WHERE_THEY_BELONG = {
    "core/domain/engines.py",  # where an engine is named and says what it is
    "core/settings.py",  # the choices of FIBO_ENGINE
    "core/wiring.py",
}


def test_no_engine_is_told_by_its_name_outside_the_engines_and_the_wiring() -> None:
    compared = [
        f"{path}:{node.lineno}"
        for path, node in _nodes()
        if isinstance(node, ast.Compare)
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and part.value in ENGINE_NAMES and not _is_family(node)
    ]
    assert compared == []


def test_no_engine_is_preset_by_its_name_outside_the_engines_and_the_wiring() -> None:
    preset = [
        f"{path}:{node.lineno}"
        for path, node in _nodes()
        if isinstance(node, ast.Assign | ast.AnnAssign)
        and isinstance(node.value, ast.Constant)
        and node.value.value in ENGINE_NAMES
    ]
    assert preset == []


def _nodes() -> Iterator[tuple[str, ast.expr | ast.stmt]]:
    for file in CORE + PAGES:
        path = name_of(file)
        if path not in NAMES_WHERE_THEY_BELONG and not path.startswith("core/engines/"):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.expr | ast.stmt):
                    yield path, node


def _is_family(node: ast.AST) -> bool:
    """Whether it compares a family, of which one is called as its only engine is."""
    return "family" in ast.unparse(node)
