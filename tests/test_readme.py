"""What the README and the pages beside it say is what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core.settings import Settings
from tests.readme import PAGES, ROOT, TABLES, headings_of, table_on_page

README = ROOT / "README.md"
MOST_README_BYTES = 12_000
SETTING = re.compile(r"^\| (`(?:FIBO|BRIA)_[A-Z_]+`(?:, `[A-Z_]+`)*) \|", re.MULTILINE)
EVERYWHERE = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def settings_told_on(page: Path) -> set[str]:
    rows = SETTING.findall(page.read_text())
    return {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)}


def links_of(page: Path) -> set[str]:
    pairs = re.findall(r"\]\(([^)\s]+)\)|(?:src|srcset)=\"([^\"]+)\"", page.read_text())
    return {one for pair in pairs for one in pair if one and "://" not in one}


def test_the_table_of_settings_names_every_setting_and_no_other() -> None:
    real = {field.alias for field in Settings.model_fields.values()}

    assert settings_told_on(ROOT / "docs" / "settings.md") == real
    assert settings_told_on(README) < real


@EVERYWHERE
def test_every_command_of_a_page_is_a_module_of_this_house(page: Path) -> None:
    for module in set(re.findall(r"python -m ((?:core|tests)(?:\.\w+)*)", page.read_text())):
        path = ROOT.joinpath(*module.split("."))
        assert path.with_suffix(".py").is_file() or (path / "__main__.py").is_file(), module


@EVERYWHERE
def test_every_file_and_heading_that_a_page_points_to_exists(page: Path) -> None:
    missing = set()
    for link in links_of(page):
        name, _, anchor = link.partition("#")
        target = page.parent / name if name else page
        if not target.is_file() or (anchor and anchor not in headings_of(target)):
            missing.add(link)

    assert missing == set()


@EVERYWHERE
def test_every_page_can_be_reached_from_the_readme(page: Path) -> None:
    reached, waiting = {README.resolve()}, [README]
    while waiting:
        here = waiting.pop()
        near = {(here.parent / link.partition("#")[0]).resolve() for link in links_of(here)}
        fresh = {one for one in near - reached if one.suffix == ".md" and one.is_file()}
        reached |= fresh
        waiting += fresh

    assert page.resolve() in reached


def test_the_readme_is_short_enough_to_be_read() -> None:
    assert len(README.read_bytes()) < MOST_README_BYTES


@pytest.mark.parametrize("name", TABLES)
def test_a_generated_table_says_what_the_code_says(name: str) -> None:
    assert table_on_page(name) == TABLES[name][1](), "run: python -m tests.readme"


def test_pictures_of_the_tour_are_small_enough_to_load_at_once() -> None:
    sizes = [path.stat().st_size for path in (ROOT / "docs").glob("*.png")]

    assert max(sizes) < 250_000
    assert sum(sizes) < 2_000_000
