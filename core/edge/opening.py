"""Whether the server may open its door at all: at this address, with this login."""

from __future__ import annotations

from importlib.util import find_spec

from core.edge.visitors import is_loopback
from core.errors import SettingsError


def check_address(address: str | None, *, has_login: bool, has_keys: bool) -> None:
    """Refuse an address that other machines reach while nobody has to say who they are.

    Without an address Streamlit listens on all of them. Raises SettingsError.
    """
    if is_loopback(address) or has_login or has_keys:
        return
    raise SettingsError(
        f"Other machines can reach {address or 'every address of this one'}, and nobody would need "
        "a key or a login there, so the server does not start.",
        advice="Make a key with `python -m core.keys make NAME`, set up a login in "
        ".streamlit/secrets.toml, or start with --server.address 127.0.0.1.",
    )


def check_login() -> None:
    """Refuse a login that cannot work for want of a library, or raise SettingsError."""
    if find_spec("authlib") is None:
        raise SettingsError(
            "The secrets file sets a login up, but the library for it is not installed.",
            advice="Install it with `pip install 'streamlit[auth]'`.",
        )
