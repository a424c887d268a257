"""Signing in, where the secrets file has an [auth] section; without one everybody is let in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.wiring import studio


def login_secrets() -> tuple[str, ...]:
    """Return what must stay hidden of the login; nothing where none is set up."""
    return tuple(_texts(st.secrets["auth"])) if _is_set_up() else ()


def ask_to_sign_in() -> None:
    """Go on for whoever may come in, or needs no login; show everybody else the one button."""
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
