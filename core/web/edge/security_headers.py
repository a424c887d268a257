"""The headers of every answer, which tell browsers what pages may do and who may embed them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

RawHeaders = Iterable[tuple[bytes, bytes]]

_POLICY = (
    "default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'self'; object-src 'none'; form-action 'self'"
)
"""docs/decisions/security-policy.md gives the reason for each source."""

_SECURITY = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"x-frame-options": b"DENY",
    # so that no page of another site shows our pictures
    b"cross-origin-resource-policy": b"same-origin",
}


def content_security_policy(inline_scripts: Sequence[str] = ()) -> bytes:
    """Return the policy: scripts from this server, and inline ones only with these hashes.

    Streamlit starts the script of a component from a `blob:` address.
    """
    return _POLICY.format(scripts=" ".join(["'self'", "blob:", *inline_scripts])).encode()


def with_security(
    headers: RawHeaders, *, policy: bytes, request_id: str
) -> list[tuple[bytes, bytes]]:
    """Return the headers of an answer, with ours replacing any of the same name."""
    ours = {
        b"content-security-policy": policy,
        **_SECURITY,
        b"x-request-id": request_id.encode(),
    }
    kept = [(name, value) for name, value in headers if name.lower() not in ours]
    return [*kept, *ours.items()]
