"""`python -m core.keys`: make, list and revoke the keys for REST."""

from __future__ import annotations

import argparse
import sys

from core.clock import Clock
from core.database import Database
from core.database_failure import explained
from core.errors import StudioError
from core.keys.from_settings import Scope
from core.keys.store import PER_MINUTE, KeyStore
from core.settings import read_settings


def main(arguments: list[str] | None = None) -> int:
    """Carry out one command and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m core.keys", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    make = commands.add_parser("make", help="make a key and show it once")
    make.add_argument("name")
    make.add_argument("--scope", choices=[*Scope], default=Scope.GENERATE, type=Scope)
    make.add_argument("--per-minute", type=_count, default=PER_MINUTE)
    commands.add_parser("list", help="list all keys")
    revoke = commands.add_parser("revoke", help="refuse a key from now on")
    revoke.add_argument("name")
    asked = parser.parse_args(arguments)
    try:
        settings = read_settings()
        with explained(settings.data_dir):
            settings.data_dir.mkdir(parents=True, exist_ok=True)
            database = Database(settings.database_url)
            database.migrate()
            keys = KeyStore(database, Clock())
            if asked.command == "make":
                secret = keys.make(asked.name, asked.scope, per_minute=asked.per_minute)
                lines = [secret, "Keep it now; it is stored as a hash and cannot be shown again."]
            elif asked.command == "revoke":
                keys.revoke(asked.name)
                lines = [f"{asked.name} is revoked."]
            else:
                lines = []
                for key in keys.all():
                    used, revoked = key.last_used_at, key.revoked_at
                    state = f"last used {used:%Y-%m-%d %H:%M}" if used else "never used"
                    state = f"revoked {revoked:%Y-%m-%d %H:%M}" if revoked else state
                    limit = f"{key.per_minute} a minute"
                    lines.append(f"{key.name}  {key.scope}  {key.start}…  {limit}  {state}")
                lines = lines or ["There are no keys."]
            database.close()
    except StudioError as problem:
        sys.stderr.write(f"{problem} {problem.advice}\n")
        return 2
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return 0


def _count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 60_000:
        raise argparse.ArgumentTypeError("between 1 and 60000")
    return number


if __name__ == "__main__":
    sys.exit(main())
