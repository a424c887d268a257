"""The keys in `FIBO_API_KEYS`.

`FIBO_API_KEYS` is a list of keys, separated by commas. Each is either the key alone, which then may
do everything, or `name:scope:key` with a scope of `read`, `generate` or `admin`. Instead of the
key, `sha256-` and its 64 hexadecimal digits may be given, so that the setting holds no secret. The
keys are stored as hashes at each start; one that is no longer in the setting is revoked. Keys made
with `python -m core.keys make NAME` need no setting.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum

from core.errors import SettingsError

SHORTEST_KEY = 16
"""Fewest characters of a key that a person makes up; ours have 43 (256 bits)."""

_HASHED = re.compile(r"sha256-([0-9a-f]{64})")


class Scope(StrEnum):
    """What a key may do; each scope includes the ones before it."""

    READ = "read"
    GENERATE = "generate"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfiguredKey:
    """One key of the setting, as it will be stored."""

    name: str
    scope: Scope
    sha256: str


def parse_configured_keys(setting: str) -> list[ConfiguredKey]:
    """Return the keys of `FIBO_API_KEYS`, or raise SettingsError naming the wrong one."""
    found = []
    for number, entry in enumerate(setting.split(","), start=1):
        parts = entry.strip().split(":")
        if parts == [""]:
            continue
        if len(parts) == 1:
            parts = [f"setting {number}", Scope.ADMIN, *parts]
        if len(parts) != 3 or parts[1] not in set(Scope):
            raise SettingsError(
                f"Key {number} in FIBO_API_KEYS is not `key` or `name:scope:key`.",
                advice=f"The scope is one of {', '.join(Scope)}.",
            )
        name, scope, key = parts
        hashed = _HASHED.fullmatch(key)
        if not hashed and len(key) < SHORTEST_KEY:
            raise SettingsError(
                f"Key {number} in FIBO_API_KEYS has {len(key)} characters; at least "
                f"{SHORTEST_KEY} are needed.",
                advice="Make one with `python -m core.keys make NAME`.",
            )
        sha256 = hashed[1] if hashed else hash_of(key)
        found.append(ConfiguredKey(name=name, scope=Scope(scope), sha256=sha256))
    return found


def hash_of(key: str) -> str:
    """Return the stored hash of a key; with 256 random bits it needs no slow hash."""
    return hashlib.sha256(key.encode()).hexdigest()
