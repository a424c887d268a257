"""`python -m core.insights --rebuild`: recounts the figures and proves that they are equal."""

from __future__ import annotations

import argparse
import sys

from core.database import Database
from core.database_failure import explained
from core.errors import StudioError
from core.figures import recount
from core.settings import read_settings


def main(arguments: list[str] | None = None) -> int:
    """Return 0 if figures and recount agree, else 1, with one line printed per difference."""
    parser = argparse.ArgumentParser(prog="python -m core.insights", description=__doc__)
    parser.add_argument("--rebuild", action="store_true", help="write what the recount says")
    chosen = parser.parse_args(arguments)
    try:
        settings = read_settings()
        with explained(settings.data_dir):
            database = Database(settings.database_url)
            database.migrate()
            if chosen.rebuild:
                with database.writing() as session:
                    mended = recount.rebuild(session)
                _say(f"{len(mended)} figures were wrong and are corrected.")
            with database.reading() as session:
                wrong = recount.differences(session)
            database.close()
    except StudioError as problem:
        _say(f"{problem} {problem.advice}")
        return 2
    for line in wrong:
        _say(line)
    _say(f"{len(wrong)} figures differ." if wrong else "The figures equal a recount.")
    return 1 if wrong else 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
