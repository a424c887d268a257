"""Signing in, where the secrets file has an [auth] section; without one everybody is let in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st


def login_secrets() -> tuple[str, ...]:
    """Return what must stay hidden of the login; nothing where none is set up."""
    return tuple(_texts(st.secrets["auth"])) if _is_set_up() else ()


def ask_to_sign_in() -> None:
    """Go on for whoever is signed in, or needs not be; show everybody else the one button."""
    if not _is_set_up() or st.user.is_logged_in:
        return
    st.header("FIBO Command Center")
    st.button("Sign in", key="sign_in", type="primary", on_click=st.login)
    st.stop()


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
