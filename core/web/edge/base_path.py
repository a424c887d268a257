"""The path below which the studio lies on its host, for instance `/studio` behind a proxy.

Inside, everything is asked for as if the studio stood at the root. A proxy may leave the path in
the requests that it passes on or take it out of them, and whoever asks this process itself may
leave it out too; Streamlit's routes and ours lie below it in every case.
"""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response
from starlette.types import Scope
from streamlit import config

from core.errors import SettingsError
from core.settings import read_settings

_OPTION = "server.baseUrlPath"


def adopt_base_path() -> str:
    """Return the path below which Streamlit serves, after telling it what `FIBO_BASE_PATH` says."""
    try:
        wanted = read_settings().base_path
    except SettingsError:
        wanted = ""  # the start of the server tells what is wrong
    if wanted:
        config.set_option(_OPTION, wanted, "FIBO_BASE_PATH")
    given = str(config.get_option(_OPTION) or "").strip("/")
    return f"/{given}" if given else ""


def seen_from_inside(scope: Scope, base_path: str) -> Scope:
    """Return the scope of a request with the base path taken off, if it was still there."""
    path = scope["path"]
    if not base_path or not path.startswith(f"{base_path}/"):
        return scope
    raw = scope.get("raw_path") or b""
    known = raw.startswith(f"{base_path}/".encode())
    return {
        **scope,
        "path": path.removeprefix(base_path),
        "raw_path": raw[len(base_path) :] if known else None,
    }


def as_served(scope: Scope, base_path: str) -> Scope:
    """Return the scope of a request as the routes know it: below the base path."""
    if not base_path:
        return scope
    raw = scope.get("raw_path")
    return {
        **scope,
        "path": base_path + scope["path"],
        "raw_path": base_path.encode() + raw if raw else None,
    }


def way_in(scope: Scope, base_path: str) -> Response | None:
    """Return where the base path without a slash leads: only below it a page finds its files."""
    if not base_path or scope["type"] != "http" or scope["path"] != base_path:
        return None
    query = scope.get("query_string", b"").decode("latin-1")
    # no host in it: a browser may know the proxy by another name, or over TLS
    return RedirectResponse(f"{base_path}/?{query}".rstrip("?"))
