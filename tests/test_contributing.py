"""The recipes of CONTRIBUTING.md, each followed as it is written."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core import VERSION
from core.migrations import LATEST
from tests.constraints import pins, pins_on_page
from tests.readme import ROOT, listing
from tests.serving import clean_environment

CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text()
PATH = re.compile(r"^\| (.+) \| `([\w/]+\.py)` \| `(\w+)` \|$", re.MULTILINE)
OPEN_THE_PAGE = """
import sys
from streamlit.testing.v1 import AppTest
from pages.parts.shared import frame
app = AppTest.from_file("app.py", default_timeout=60).run()
app.switch_page("pages/hello.py").run()
print([one.value for one in app.markdown], [one.value for one in app.exception])
"""
DRAW_SEPIA = """
from core.domain.request import parse_request
from core.engines.preview import Shot, render
asked = parse_request({"prompt": "a boat", "color_palette": "sepia"})
shot = Shot(prompt=asked.prompt, parameters=asked.parameters, seed=7, width=64, height=64)
red, green, blue = (float(one) for one in render(shot).pixels.reshape(-1, 3).mean(axis=0))
print("brown" if red > green > blue else (red, green, blue))
"""
MIGRATE = """
import sys
from sqlalchemy import inspect
from core.database import Database
database = Database(sys.argv[1])
database.migrate()
print("mood" in {one["name"] for one in inspect(database.engine).get_columns("generation")})
database.close()
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of the program that a recipe may change."""
    target = tmp_path / "copy"
    for room in ("core", "pages"):
        shutil.copytree(ROOT / room, target / room, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / ".streamlit", target / ".streamlit")
    shutil.copy(ROOT / "app.py", target / "app.py")
    return target


def put_before(path: Path, mark: str, text: str) -> None:
    """Write a listing before the one line of a file that holds a mark."""
    lines = path.read_text().splitlines(keepends=True)
    places = [number for number, line in enumerate(lines) if mark in line]
    assert len(places) == 1, f"{path.name}: {mark}"
    path.write_text("".join([*lines[: places[0]], text, *lines[places[0] :]]))


def run_in(folder: Path, script: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script, *arguments],
        cwd=folder,
        env={**clean_environment(), "FIBO_DATA_DIR": str(folder / "data")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_five_paths_lead_to_a_function_that_is_there() -> None:
    paths = PATH.findall(CONTRIBUTING)

    assert len(paths) == 5
    for where, file, function in paths:
        nodes = ast.walk(ast.parse((ROOT / file).read_text()))
        assert function in {n.name for n in nodes if isinstance(n, ast.FunctionDef)}, where


def test_one_test_is_run_and_debugged_by_the_lines_that_are_told() -> None:
    one, debugged = listing("sh one-test").split(), listing("sh debug").split()
    # starting pytest is slow, and the second line runs the first with more options
    assert [word for word in debugged if word not in {"-x", "--pdb"}] == one
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["/bin/sh", "-ec", listing("sh debug")],
        cwd=ROOT,
        env={**clean_environment(), "PATH": path},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout


def test_a_page_is_added_by_a_script_and_a_line(copy: Path) -> None:
    (copy / "pages" / "hello.py").write_text(listing("python pages/hello.py"))
    frame = copy / "pages" / "parts" / "shared" / "frame.py"
    put_before(frame, 'st.Page("pages/history.py"', listing("text frame"))

    assert "0 pictures so far" in run_in(copy, OPEN_THE_PAGE)


def test_a_value_of_a_parameter_is_added_by_an_entry_and_drawn_by_two_lines(copy: Path) -> None:
    words = copy / "core" / "domain" / "vocabulary.json"
    text, entry = words.read_text(), listing("json palette")
    palettes = text.index('"color_palette"')
    first = text.index('   {\n    "value"', palettes)
    words.write_text(text[:first] + entry + text[first:])
    preview = copy / "core" / "engines" / "preview"
    put_before(preview / "palettes.py", '"warm":', listing("text palettes"))
    put_before(preview / "grade.py", '"warm":', listing("text grade"))

    assert run_in(copy, DRAW_SEPIA) == "brown\n"


def test_a_migration_is_added_by_a_step_and_its_number(copy: Path, database_url: str) -> None:
    following = f"{int(LATEST) + 1:04}"
    step = listing("python core/migrations/versions/NEXT_mood.py")
    step = step.replace("NEXT", following).replace("LATEST", LATEST)
    migrations = copy / "core" / "migrations"
    (migrations / "versions" / f"{following}_mood.py").write_text(step)
    start = (migrations / "__init__.py").read_text()
    assert start.count(f'LATEST = "{LATEST}"') == 1
    start = start.replace(f'LATEST = "{LATEST}"', f'LATEST = "{following}"')
    (migrations / "__init__.py").write_text(start)

    assert run_in(copy, MIGRATE, database_url) == "True\n"


def test_a_seventh_parameter_would_be_named_where_the_recipe_says() -> None:
    recipe = CONTRIBUTING.partition("## Add a parameter\n")[2].partition("\n## ")[0]
    for file in re.findall(r"`((?:core|pages)/[\w/]+\.\w+)`", recipe):
        text = (ROOT / file).read_text()
        assert "color_palette" in text or "PARAMETER_NAMES" in text, file


def test_the_version_stands_in_one_place_and_is_one() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", VERSION)
    naming = [
        path.relative_to(ROOT).as_posix()
        for path in (*(ROOT / "core").rglob("*.py"), ROOT / "pyproject.toml")
        if f'"{VERSION}"' in path.read_text()
    ]
    assert naming == ["core/__init__.py"]
    for heading in re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE):
        assert heading == "Unreleased" or re.fullmatch(r"\d+\.\d+\.\d+ · \d{4}-\d\d-\d\d", heading)


def test_constraints_pin_every_package_that_app_and_tests_bring() -> None:
    assert pins_on_page().keys() == pins().keys(), "run: python -m tests.constraints"


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
@pytest.mark.parametrize(
    ("target", "command"),
    [
        ("run", "streamlit run app.py"),
        ("test", "pytest"),
        ("check", "codespell"),
        ("bench", "python -m tests.bench"),
    ],
)
def test_make_knows_the_four_things_one_types_most(target: str, command: str) -> None:
    make = shutil.which("make") or "make"
    told = subprocess.run(
        [make, "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert told.stdout.splitlines()[-1] == command


def test_make_check_is_what_the_gate_checks_before_the_tests() -> None:
    recipe = (ROOT / "Makefile").read_text().partition("\ncheck:\n")[2].partition("\n\n")[0]
    checks = [line.strip() for line in recipe.splitlines()]
    gate = (ROOT / ".ci" / "run").read_text().splitlines()

    assert [line for line in gate if line in checks] == checks


def test_the_top_level_holds_what_a_newcomer_is_told_of_and_nothing_else() -> None:
    git = shutil.which("git") or "git"
    tracked = subprocess.run(
        [git, "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if tracked.returncode:
        pytest.skip("this is no checkout")
    program = {"app.py", "pages", "core", "tests", "requirements.txt", ".streamlit", "static"}
    about = {"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "LICENSE", "docs"}
    tools = {".ci", ".gitignore", "Makefile", "constraints.txt", "pyproject.toml"}

    top = {name.partition("/")[0] for name in tracked.stdout.splitlines()}
    assert top == program | about | tools
