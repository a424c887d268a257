"""Where test data lies that is too large for the repository, and the mark of tests that need it.

`FIBO_TEST_SHARED` names the folder; unless told it is `shared` beside the checkout, or beside a
folder that holds it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SETTING = "FIBO_TEST_SHARED"


def find_shared(setting: str | None, *, root: Path = ROOT) -> Path | None:
    """Return the folder with the test data, or None where nobody put it.

    A folder that is set and does not hold any is a mistake, and raises FileNotFoundError.
    """
    if setting:
        if not (Path(setting) / "data").is_dir():
            raise FileNotFoundError(f"{SETTING} is {setting}, and there is no folder data in it")
        return Path(setting)
    near = (folder / "shared" for folder in root.parents)
    return next((folder for folder in near if (folder / "data").is_dir()), None)


SHARED = find_shared(os.environ.get(SETTING))
"""The folder of test data, or None where nobody put it."""

MISSING = f"no test data: {SETTING} does not name its folder, and there is none beside the checkout"
needs_shared = pytest.mark.skipif(SHARED is None, reason=MISSING)


def shared(path: str) -> Path:
    """Return a path below the shared folder; only for tests marked `needs_shared`."""
    return (SHARED or ROOT / "shared-is-absent") / path
