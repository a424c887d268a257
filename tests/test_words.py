"""Names in core and pages are words that a newcomer knows; what nobody calls is not kept."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCES = [ROOT / "app.py", *(ROOT / "core").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]
SHEETS = [*ROOT.glob("pages/**/*.css"), *ROOT.glob("core/**/*.css"), *ROOT.glob("static/*.js")]

OLD_WORDS = {
    *("desk", "workbench", "bench", "bookkeeping", "gate", "receipts", "receipt", "alongside"),
    *("pace", "openings", "door", "house", "rooms", "room", "visitor", "visitors"),
    *("manner", "meters", "meter", "overview", "deed", "deeds", "takeaway", "telling", "verb"),
    *("verbs", "choosing", "lamp", "lamps", "graft", "donor", "twin", "twins", "overlooked"),
    *("circumstances", "occasion", "sink", "tidy", "stir", "told", "cull", "culling", "transplant"),
    *("remix", "trouble", "troubles", "lifeline", "keeper", "outfit", "brake", "standing"),
}
"""Words of the first versions that have given way to the field's own, wherever they stand."""

OLD_NAMES = {
    *("Desk", "Workbench", "Gate", "Door", "House", "Memory", "Parts"),
    *("stats_marks", "taking_away"),
}
"""Whole names; their words are common ones that other names may have."""

OLD_REST_FILES = {
    *("manner", "at_once", "tables", "overview", "meters", "refusals", "answers", "bodies"),
    *("page", "vocabulary", "parts"),
}
"""Files of core/web/api that are called after the resource or what they hold now."""

KEPT = {
    "openings": "a column of the rate limiter on disk",
    "overlooked_failed": "a column of batches on disk",
    "overlooked_blocked": "a column of batches on disk",
    "overlooked_settled": "a column of batches on disk",
    "0006_rest_keys_and_receipts": "a step of the migrations that was released",
    "_make_room": "a disk, a cache and a table of files are made room on",
    "NoRoomError": "of a disk",
}
COLUMNS = {
    "core/tables/studio.py": {"trouble"},
    "core/records/workers.py": {"trouble"},
}
"""Where a column on disk has an old name, and only there."""

ONE_MEANING = {
    "a person's opinion of a picture, not what a program decides": (
        {"judge", "judged", "judging", "judgement", "judgements", "verdict", "verdicts"},
        ("batches", "engines", "generation", "incarnation", "insights", "jobs", "provider"),
    ),
    "a page that puts its parts on the screen; an engine renders": (
        {"draw", "drawn", "drawing", "drawings"},
        ("batches", "engines", "export", "generation", "jobs", "records", "web"),
    ),
    "a batch before it starts, or a small resolution; a form has a live preview": (
        {"draft", "drafts"},
        ("engines", "generation", "jobs"),
    ),
}
"""What a word means, and the folders of core where it would mean something else."""

DRAWN = ROOT / "core/engines/preview"
"""The renderer draws lamps, doors and houses."""

CALLED_FROM_OUTSIDE = {
    *("settings_customise_sources", "load_dialect_impl", "process_bind_param"),
    *(
        "process_result_value",
        "writable",
        "read_strings",
        "to_dict",
        "startElementNS",
        "endElementNS",
    ),
}
"""Methods that a library calls by their names."""


def parts_of(name: str) -> set[str]:
    words = re.findall(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+", name)
    return {word.lower() for word in words}


def names_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr
        elif isinstance(node, ast.keyword) and node.arg:
            yield node.arg


def names_of(path: Path) -> set[str]:
    found = {path.stem, *(parent.name for parent in path.relative_to(ROOT).parents)}
    if path.suffix == ".py":
        return found | set(names_in(ast.parse(path.read_text())))
    return found | set(re.findall(r"(?<=\.)[a-z][\w-]*|(?<=const )\w+", path.read_text()))


def test_no_file_function_class_variable_or_style_has_an_old_name() -> None:
    old = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in (*SOURCES, *SHEETS)
        if not path.is_relative_to(DRAWN)
        for name in names_of(path) - KEPT.keys() - COLUMNS.get(str(path.relative_to(ROOT)), set())
        if name in OLD_NAMES or parts_of(name) & OLD_WORDS
    }

    assert old == set()


def test_a_word_means_one_thing() -> None:
    misused = {
        f"{path.relative_to(ROOT)}: {name}, which stands for {meaning}"
        for meaning, (words, folders) in ONE_MEANING.items()
        for folder in folders
        for path in (ROOT / "core" / folder).rglob("*.py")
        if not path.is_relative_to(DRAWN)
        for name in names_of(path)
        if parts_of(name) & words
    }

    assert misused == set()


def test_the_files_of_rest_are_called_after_what_they_hold() -> None:
    assert {path.stem for path in (ROOT / "core/web/api").glob("*.py")} & OLD_REST_FILES == set()


def test_every_kept_word_is_still_in_use() -> None:
    used = {name for path in SOURCES for name in names_of(path)}
    strings = {
        node.value
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }

    assert KEPT.keys() - used - strings == set()


def test_nothing_is_kept_that_only_tests_call() -> None:
    defined: dict[str, str] = {}
    used: Counter[str] = Counter()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                if not node.decorator_list or not _is_registered(node):
                    defined[node.name] = f"{path.relative_to(ROOT)}: {node.name}"
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                used[node.id] += 1
            elif isinstance(node, ast.Attribute):
                used[node.attr] += 1
    unused = {
        where
        for name, where in defined.items()
        if not used[name]
        and not (name.startswith("__") or name in CALLED_FROM_OUTSIDE)
        and "migrations/versions" not in where
    }

    assert unused == set()


def _is_registered(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
    """Whether a decorator hands the function to whoever calls it, such as a route."""
    plain = {"staticmethod", "classmethod", "property", "contextmanager", "asynccontextmanager"}
    return any(ast.unparse(one).split("(")[0] not in plain for one in node.decorator_list)
