"""`python -m core.backup`: make a backup while the studio runs, and restore one."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from core.backup import folders
from core.clock import Clock
from core.database import Database
from core.database_trouble import explained_database
from core.errors import StudioError
from core.settings import Settings, read_settings


def main(arguments: list[str] | None = None) -> int:
    """Carry out one command and return the exit code."""
    asked = _parser().parse_args(arguments)
    try:
        settings = read_settings()
        Database(settings.database_url).close()  # an address that is none is told as such
        with explained_database():
            outcome = _carry_out(settings, asked)
    except StudioError as problem:
        sys.stderr.write(f"{problem} {problem.advice}\n")
        return 2
    except OSError as problem:
        sys.stderr.write(f"{problem}\n")
        return 2
    sys.stdout.write(f"{outcome}\n")
    return 0


def _carry_out(settings: Settings, asked: argparse.Namespace) -> str:
    if asked.command == "make":
        count = folders.make(settings, asked.folder, now=Clock().now())
        return f"{count:,} files are kept in {asked.folder}."
    count = folders.restore(settings, asked.folder, replace=asked.replace)
    return f"{count:,} files are restored; the next start holds paid orders that wait."


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m core.backup", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    make = commands.add_parser("make", help="write a backup into a new folder")
    make.add_argument("folder", type=Path)
    restore = commands.add_parser("restore", help="check a backup and put it in its place")
    restore.add_argument("folder", type=Path)
    restore.add_argument("--replace", action="store_true", help="set the data folder aside first")
    return parser


if __name__ == "__main__":
    sys.exit(main())
