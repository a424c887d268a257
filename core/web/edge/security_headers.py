"""The headers of every answer, which tell a browser what pages may do and who may show them."""

from __future__ import annotations

from collections.abc import Iterable

RawHeaders = Iterable[tuple[bytes, bytes]]

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'self'; object-src 'none'; form-action 'self'"
)
"""Measured with Streamlit 1.67: one inline script of its index page is refused and not missed; why
each source is allowed: docs/decisions/security-policy.md. `tests/browser/test_every_page.py`
walks every page under it."""

_SECURITY = {
    b"content-security-policy": CONTENT_SECURITY_POLICY.encode(),
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"x-frame-options": b"DENY",
    # no page of another site may show our pictures, guessed or not
    b"cross-origin-resource-policy": b"same-origin",
}


def with_security(headers: RawHeaders, *, request_id: str) -> list[tuple[bytes, bytes]]:
    """Return the headers of an answer with ours in place of any of the same name."""
    ours = {**_SECURITY, b"x-request-id": request_id.encode()}
    kept = [(name, value) for name, value in headers if name.lower() not in ours]
    return [*kept, *ours.items()]
