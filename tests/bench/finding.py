"""Which benches there are: the modules of this folder that can be run."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent
NO_BENCH = {"finding", "seed_history", "__main__"}


def benches() -> dict[str, Path]:
    """Return the file of every bench by its name, in alphabetical order."""
    files = {path.stem: path for path in HERE.glob("*.py")}
    files |= {path.parent.name: path for path in HERE.glob("*/__main__.py")}
    return {
        name: files[name]
        for name in sorted(files.keys() - NO_BENCH)
        if '__name__ == "__main__"' in files[name].read_text()
    }
