"""The hashes of the inline scripts in Streamlit's own page."""

from __future__ import annotations

import base64
import hashlib
import re
from importlib.resources import files

_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def hashes_of_inline_scripts() -> tuple[str, ...]:
    """Return the hash of each inline script, as a security policy names it.

    Any change in a script, even of one letter, changes its hash.
    """
    page = (files("streamlit") / "static" / "index.html").read_bytes().decode()
    digests = [hashlib.sha256(one.encode()).digest() for one in _INLINE.findall(page)]
    return tuple(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
