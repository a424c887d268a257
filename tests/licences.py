"""The licences of everything that is installed with the app: `python -m tests.licences`.

It writes docs/licences.md from what the installed packages say of themselves: those of
requirements.txt and all that they need in turn. A test compares the names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.readme import ROOT

PAGE = ROOT / "docs" / "licences.md"


def needed(requirements: Path = ROOT / "requirements.txt") -> dict[str, Distribution]:
    """Return every package that the requirements bring, by its name, in alphabetical order."""
    found: dict[str, Distribution] = {}
    waiting = [
        Requirement(line)
        for line in requirements.read_text().splitlines()
        if line.strip() and not line.startswith("-r")
    ]
    while waiting:
        requirement = waiting.pop()
        for package in _installed(requirement):
            name = canonicalize_name(requirement.name)
            fresh = name not in found or requirement.extras
            found[name] = package
            if fresh:
                waiting += _needs_of(package, requirement.extras)
    return dict(sorted(found.items()))


def _installed(requirement: Requirement) -> Iterator[Distribution]:
    try:
        yield distribution(requirement.name)
    except PackageNotFoundError:
        return


def _needs_of(package: Distribution, extras: set[str]) -> Iterator[Requirement]:
    for text in package.requires or ():
        need = Requirement(text)
        wished = [{"extra": extra} for extra in ("", *extras)]
        if need.marker is None or any(need.marker.evaluate(one) for one in wished):
            yield need


def licence_of(package: Distribution) -> str:
    """Return the licence in the package's own words, as short as it says it anywhere."""
    told = package.metadata
    classified = [
        entry.rpartition(" :: ")[2]
        for entry in told.get_all("Classifier") or ()
        if entry.startswith("License ::") and entry != "License :: OSI Approved"
    ]
    expression, plain = (
        " ".join(told.get_all(name) or ()).strip() for name in ("License-Expression", "License")
    )
    return expression or " or ".join(classified) or plain.partition("\n")[0] or "not told"


def page() -> str:
    """Return the page as Markdown; without versions, so that it stays true after an upgrade."""
    rows = [
        f"| [{name}](https://pypi.org/project/{name}/) | {licence_of(package)} |"
        for name, package in needed().items()
    ]
    return "\n".join(
        [
            "# Licences of what the app stands on",
            "",
            "Written by `python -m tests.licences` from what the packages say of themselves.",
            "",
            "| package | licence |",
            "|---|---|",
            *rows,
            "",
        ]
    )


def names_on_page() -> list[str]:
    """Return the packages that the page lists now."""
    return re.findall(r"^\| \[([^\]]+)\]", PAGE.read_text(), re.MULTILINE)


if __name__ == "__main__":
    PAGE.write_text(page())
