"""Where the files shared with us lie, and the mark of tests that need them."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHARED = next((p for p in (ROOT.parent / "shared", Path("/work/shared")) if p.is_dir()), None)
"""The folder of reference texts and test data, or None where nobody put it."""

needs_shared = pytest.mark.skipif(SHARED is None, reason="../shared with the test data is absent")


def shared(path: str) -> Path:
    """Return a path below the shared folder; only for tests marked `needs_shared`."""
    return (SHARED or ROOT / "shared-is-absent") / path
