"""What the README says of settings is what the settings are."""

from __future__ import annotations

import re
from pathlib import Path

from core.settings import Settings

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
