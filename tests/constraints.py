"""The exact versions that the tests ran with: `python -m tests.constraints`.

It writes constraints.txt from the installed packages: those of requirements.txt and
tests/requirements.txt, and all that they need in turn. `pip install -r requirements.txt -c
constraints.txt` then installs the same ones anywhere. A test compares the names.
"""

from __future__ import annotations

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.licences import needed
from tests.readme import ROOT

PAGE = ROOT / "constraints.txt"
_HEADER = "# Written by `python -m tests.constraints`: the versions that the tests ran with."


def pins() -> dict[str, str]:
    """Return the version of every package that app and tests bring, by its name, in order."""
    brought = needed() | needed(ROOT / "tests" / "requirements.txt")
    return {name: brought[name].version for name in sorted(brought)}


def pins_on_page() -> dict[str, str]:
    """Return what constraints.txt says now."""
    lines = [line for line in PAGE.read_text().splitlines() if line and line[0] != "#"]
    requirements = [Requirement(line) for line in lines]
    return {canonicalize_name(one.name): str(one.specifier)[2:] for one in requirements}


if __name__ == "__main__":
    lines = [f"{name}=={version}" for name, version in pins().items()]
    PAGE.write_text("\n".join([_HEADER, *lines, ""]))
