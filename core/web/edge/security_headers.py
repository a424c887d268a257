"""The headers of every answer, which tell a browser what pages may do and who may show them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

RawHeaders = Iterable[tuple[bytes, bytes]]

_POLICY = (
    "default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'self'; object-src 'none'; form-action 'self'"
)
"""Why each source is allowed: docs/decisions/security-policy.md."""

_SECURITY = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"x-frame-options": b"DENY",
    # no page of another site may show our pictures, guessed or not
    b"cross-origin-resource-policy": b"same-origin",
}


def content_security_policy(inline_scripts: Sequence[str] = ()) -> bytes:
    """Return the policy: scripts of this server, and inline only those with one of these hashes."""
    return _POLICY.format(scripts=" ".join(["'self'", *inline_scripts])).encode()


def with_security(
    headers: RawHeaders, *, policy: bytes, request_id: str
) -> list[tuple[bytes, bytes]]:
    """Return the headers of an answer with ours in place of any of the same name."""
    ours = {
        b"content-security-policy": policy,
        **_SECURITY,
        b"x-request-id": request_id.encode(),
    }
    kept = [(name, value) for name, value in headers if name.lower() not in ours]
    return [*kept, *ours.items()]
