"""The big list of naughty strings, and which of them can be no prompt and why."""

from __future__ import annotations

import json

from tests.shared import SHARED, shared

NAUGHTY: list[str] = (
    json.loads(shared("data/big-list-of-naughty-strings/blns.json").read_text("utf-8"))
    if SHARED
    else []
)

TOO_SHORT = (
    *("\\", "\\\\", "0", "1", "-1", "-0", "+0", ".", ",", "-", "-.", "-,", "08", "09"),
    *("\ufeff", "\ufffe", "'", '"', "''", '""', "Ⱥ", "Ⱦ", "😍", "👩🏽", "﷽", "ﷺ"),
    *("%", "_", "-", "--", "%d", "%@", "%n", "A:"),
)
EMPTY = ("", " ")
WITH_CONTROLS = {
    "\x01\x02\x03\x04\x05\x06\x07\x08\x0e": "U+0001 at position 1",
    "\x80\x81\x82\x83\x84\x86\x87\x88": "U+0080 at position 1",
    "\t\x0b\x0c \x85\xa0": "U+000B at position 2",
    "Roses are \x1b[0;31mred": "U+001B at position 11",
    "But now...\x1b[20Cfor my": "U+001B at position 11",
    "The quic\x08\x08\x08\x08": "U+0008 at position 9",
}
"""How the strings with characters that cannot be kept begin, and what is said of them."""


def why_refused(text: str) -> str | None:
    """Return a part of the sentence that a string is refused with as a prompt, or None."""
    if text in EMPTY:
        return "The prompt is empty"
    if text in TOO_SHORT:
        counted = "1 character" if len(text) == 1 else f"{len(text)} characters"
        return f"The prompt has {counted}; write at least 3."
    return next((why for start, why in WITH_CONTROLS.items() if text.startswith(start)), None)


KEPT = [text for text in NAUGHTY if why_refused(text) is None]
"""The strings that are prompts."""
