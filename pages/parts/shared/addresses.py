"""Addresses of what this server serves, as a browser and as Streamlit want them."""

from __future__ import annotations

from core.wiring import studio


def of_own_file(path: str) -> str:
    """Return the address of a file in `static/`, where the studio lies below a path too."""
    return f"{studio().settings.base_path}{path}"


def for_image(address: str) -> str:
    """Return what `st.image` takes for an address of ours; it puts the studio's path before it."""
    return address.removeprefix(studio().settings.base_path)
