"""Checks before the server starts: whether it may listen at this address with this login."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from core.errors import SettingsError
from core.web.edge.host_and_origin import is_loopback

SHORTEST_SECRET = 16
"""Characters of the secret that a proxy and the server share."""


def check_address(address: str | None, *, has_login: bool, has_keys: bool) -> None:
    """Raise SettingsError for an address that other machines reach without any login.

    Without an address, Streamlit listens on all of them.
    """
    if is_loopback(address) or has_login or has_keys:
        return
    raise SettingsError(
        f"Other machines can reach {address or 'every address of this one'}, and nobody would need "
        "a key or a login there, so the server does not start.",
        advice="Make a key with `python -m core.keys make NAME`, set up a login in "
        ".streamlit/secrets.toml, or start with --server.address 127.0.0.1.",
    )


def check_proxy_login(*, secret: str, has_socket: bool) -> None:
    """Raise SettingsError for a proxy that cannot be told apart from other clients."""
    if len(secret) >= SHORTEST_SECRET or (has_socket and not secret):
        return
    if secret:
        raise SettingsError(
            f"FIBO_PROXY_SECRET has {len(secret)} characters; at least {SHORTEST_SECRET} are "
            "needed.",
            advice="Make one with `openssl rand -hex 32`.",
        )
    raise SettingsError(
        "FIBO_PROXY_LOGIN is set, but whoever reaches the server past the proxy would come in "
        "too, so the server does not start.",
        advice="Set FIBO_PROXY_SECRET and have the proxy send it as X-Fibo-Proxy-Secret, or let "
        "the proxy connect to a Unix socket that FIBO_PROXY_SOCKET names.",
    )


def check_base_path(served: str, *, wanted: str) -> None:
    """Raise SettingsError where Streamlit was given a base path of its own."""
    if served != wanted:
        raise SettingsError(
            f"Streamlit's server.baseUrlPath is {served}, and FIBO_BASE_PATH "
            f"{f'is {wanted}' if wanted else 'says nothing of it'}, so links would lead nowhere.",
            advice=f"Set FIBO_BASE_PATH={served} alone, which tells Streamlit too.",
        )


def check_socket(path: Path | None) -> None:
    """Raise SettingsError for a Unix socket whose folder does not exist."""
    if path is not None and not path.parent.is_dir():
        raise SettingsError(
            f"FIBO_PROXY_SOCKET is {path}, and there is no folder {path.parent}.",
            advice="Create the folder, writable by the server and readable by the proxy.",
        )


def check_login() -> None:
    """Raise SettingsError for a login whose library is not installed."""
    if find_spec("authlib") is None:
        raise SettingsError(
            "The secrets file sets a login up, but the library for it is not installed.",
            advice="Install it with `pip install 'streamlit[auth]'`.",
        )
