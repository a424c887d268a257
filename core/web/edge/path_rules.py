"""Which paths need no key, and from where."""

from __future__ import annotations

from starlette.types import Scope

from core.errors import EdgeError
from core.web.edge.host_and_origin import Client

_HIDDEN = ("/_stcore/metrics", "/_stcore/script-health-check", "/_stcore/agent")
"""Paths for this machine only. Every page requests `/_stcore/health` before it connects, and that
answers only "ok", so it is open."""

_OPEN_BY_NETWORK = ("/api", "/app/static")
"""Paths open to the network: REST has its keys, and file names cannot be guessed."""

_LONGEST_NAME_BYTES, _LONGEST_PATH_BYTES = 255, 1024
"""The limits of file systems; Streamlit fails on a longer file name."""


def is_api(scope: Scope) -> bool:
    """Return whether the answer belongs to REST and has its shape."""
    return _is_below(scope["path"], "/api")


def check_path(scope: Scope, client: Client, *, pages_have_login: bool) -> None:
    """Raise EdgeError (403, 404) for a path that is not for this client."""
    path = scope["path"]
    spelled = path.encode("utf-8", "replace")
    longest_name = max(map(len, spelled.split(b"/")))
    is_too_long = len(spelled) > _LONGEST_PATH_BYTES or longest_name > _LONGEST_NAME_BYTES
    if is_too_long and not is_api(scope):
        raise EdgeError(404, "not_found", "There is no such address.")
    if not client.is_local and any(hidden in path for hidden in _HIDDEN):
        raise EdgeError(404, "not_found", "There is no such address.")
    is_page = not any(_is_below(path, prefix) for prefix in _OPEN_BY_NETWORK)
    if is_page and not (client.is_local or client.is_signed_in or pages_have_login):
        raise EdgeError(
            403,
            "login_needed",
            "The pages have no login yet, so nobody comes in from elsewhere or through a proxy.",
            advice="Set up a login in .streamlit/secrets.toml, or FIBO_PROXY_LOGIN=true and "
            "FIBO_PROXY_SECRET where a proxy in front signs people in. Scripts use /api with a "
            "key.",
        )


def _is_below(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(f"{prefix}/")
