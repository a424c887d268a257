"""`python -m core.backup`: make a backup while the studio runs, and restore one."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from core.backup import folders
from core.clock import Clock
from core.database import Database
from core.database_failure import explained_database
from core.errors import StudioError
from core.settings import read_settings

NOT_WHOLE = 3
"""The exit code if it was done but pictures are missing, so that a scheduled backup is noticed."""

MOST_LISTED = 20


def main(arguments: list[str] | None = None) -> int:
    """Carry out one command and return the exit code.

    0 if everything is there, 2 if nothing was done, 3 if it was done and pictures are missing or
    damaged.
    """
    asked = _parser().parse_args(arguments)
    try:
        settings = read_settings()
        Database(settings.database_url).close()  # reports a malformed address as such
        with explained_database():
            if asked.command == "make":
                outcome = folders.make(settings, asked.folder, now=Clock().now())
            else:
                outcome = folders.restore(
                    settings,
                    asked.folder,
                    replace=asked.replace,
                    without_damaged=asked.without_damaged,
                )
    except StudioError as problem:
        sys.stderr.write(f"{problem} {problem.advice}\n")
        return 2
    except OSError as problem:
        place = problem.filename or asked.folder
        sys.stderr.write(
            f"{place} cannot be used: {problem.strerror or problem}. Look whether its disk has "
            "space and can be written, or name another folder.\n"
        )
        return 2
    if asked.command == "make":
        sys.stdout.write(f"{outcome.files:,} files are kept in {asked.folder}.\n")
    else:
        aside = f"What was there is in {outcome.set_aside}. " if outcome.set_aside else ""
        sys.stdout.write(
            f"{outcome.files:,} files are restored into {settings.data_dir}. {aside}"
            "The next start holds paid orders that wait.\n"
        )
    if not outcome.lacks:
        return 0
    sys.stderr.write(_tell(outcome.lacks))
    return NOT_WHOLE


def _tell(lacks: Sequence[folders.Lack]) -> str:
    """Print which picture files are not whole, and the pictures that show them."""
    count = len({one.file for one in lacks})
    begin = "1 picture file is" if count == 1 else f"{count:,} picture files are"
    lines = [
        f"  {'damaged' if one.is_damaged else 'missing'}: {one.file}"
        + (f", picture {one.generation_id}" if one.generation_id else "")
        for one in lacks[:MOST_LISTED]
    ]
    if len(lacks) > MOST_LISTED:
        lines.append(f"  and {len(lacks) - MOST_LISTED:,} more")
    return "\n".join([f"{begin} missing or damaged; everything else is there:", *lines, ""])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m core.backup", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    make = commands.add_parser("make", help="write a backup into a new folder")
    make.add_argument("folder", type=Path)
    restore = commands.add_parser("restore", help="check a backup and put it in its place")
    restore.add_argument("folder", type=Path)
    restore.add_argument("--replace", action="store_true", help="set the data folder aside first")
    restore.add_argument(
        "--without-damaged",
        action="store_true",
        help="leave out pictures that the backup has lost since it was made",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
