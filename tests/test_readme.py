"""What the README says of settings is what the settings are."""

from __future__ import annotations

import re
from pathlib import Path

from core.settings import Settings
from tests.readme import bench_table, table_in_readme

README = (Path(__file__).parents[1] / "README.md").read_text()
ROW = re.compile(r"^\| (`(?:FIBO|BRIA)_[A-Z_]+`(?:, `[A-Z_]+`)*) \|", re.MULTILINE)


def test_the_table_of_settings_names_every_setting_and_no_other() -> None:
    told = {name for row in ROW.findall(README) for name in re.findall(r"`([A-Z_]+)`", row)}
    real = {field.alias for field in Settings.model_fields.values()}

    assert told == real


def test_every_command_of_the_readme_is_a_module_of_this_house() -> None:
    root = Path(__file__).parents[1]
    modules = set(re.findall(r"python -m ((?:core|tests)[.\w]*)", README))

    assert modules, "the README names its commands"
    for module in modules:
        path = root.joinpath(*module.split("."))
        assert path.with_suffix(".py").is_file() or (path / "__main__.py").is_file(), module


def test_every_file_and_heading_that_the_readme_points_to_exists() -> None:
    root = Path(__file__).parents[1]
    targets = set(re.findall(r"\]\(([^)\s]+)\)|(?:src|srcset)=\"([^\"]+)\"", README))
    local = {one for pair in targets for one in pair if one and "://" not in one}
    headings = re.findall(r"^#+ (.+)$", README, re.MULTILINE)
    anchors = {f"#{heading.lower().replace(' ', '-')}" for heading in headings}

    missing = {one for one in local - anchors if one[0] == "#" or not (root / one).is_file()}
    assert missing == set()


def test_the_readme_lists_every_bench_with_what_it_measures() -> None:
    assert table_in_readme("benches") == bench_table(), "run: python -m tests.readme"


def test_pictures_of_the_tour_are_small_enough_to_load_at_once() -> None:
    sizes = [path.stat().st_size for path in (Path(__file__).parents[1] / "docs").glob("*.png")]

    assert max(sizes) < 250_000
    assert sum(sizes) < 2_000_000
