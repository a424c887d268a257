"""Signing in, if the secrets file has an [auth] section; without one everybody may enter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st
from streamlit import config

from core.errors import SettingsError
from core.wiring import studio


def take_broken_secrets_away() -> SettingsError | None:
    """Return what is wrong with the secrets, and keep Streamlit from reading them then.

    It reads them before the lifespan begins, and whatever breaks there leaves a server that
    answers 500 to everything instead of a start that ends.
    """
    advice = "Fix or remove it."
    try:
        login = st.secrets["auth"] if _is_set_up() else {}
    except Exception as failure:  # noqa: BLE001 - a folder, other letters, no rights, no TOML
        cause = " ".join(str(failure).split()).rstrip(".")
        broken = SettingsError(f"The secrets cannot be read: {cause}.", advice=advice)
    else:
        if isinstance(login, Mapping):
            return None
        broken = SettingsError("`auth` in the secrets must be a section.", advice=advice)
    config.set_option("secrets.files", [])
    st.secrets._reset()  # noqa: SLF001 - there is no public way
    return broken


def login_secrets(broken: SettingsError | None = None) -> tuple[str, ...]:
    """Return what must stay hidden of the login; nothing where none is set up.

    Raises `broken`, which says why nobody can know whether one is.
    """
    if broken is not None:
        raise broken
    return tuple(_texts(st.secrets["auth"])) if _is_set_up() else ()


def ask_to_sign_in() -> None:
    """Return for people who may enter; show everybody else the sign-in button and stop."""
    if not _is_set_up() or (st.user.is_logged_in and _may_come_in()):
        return
    st.header("FIBO Command Center")
    if st.user.is_logged_in:
        st.error("You are not on the list of this studio. Ask whoever runs it to add you.")
        st.button("Sign in as somebody else", key="sign_out", on_click=st.logout)
    else:
        st.button("Sign in", key="sign_in", type="primary", on_click=st.login)
    st.stop()


def _may_come_in() -> bool:
    is_theirs = st.user.get("email_verified", True) is not False
    return is_theirs and studio().settings.admits(str(st.user.get("email") or ""))


def _is_set_up() -> bool:
    return st.secrets.load_if_toml_exists() and "auth" in st.secrets


def _texts(section: Mapping[str, Any]) -> list[str]:
    found = []
    for name, value in section.items():
        if isinstance(value, Mapping):
            found += _texts(value)
        elif "secret" in name:
            found.append(str(value))
    return found
