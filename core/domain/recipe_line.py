"""The text in which AUTOMATIC1111 tells of a picture, and which other tools search."""

from __future__ import annotations

import json
from collections.abc import Mapping


def recipe_line(prompt: str, settings: Mapping[str, object]) -> str:
    """Return the prompt and, on a line of its own, the settings by name.

    A value with a comma or a colon stands in quotes, as that tool writes it.
    """
    pairs = (
        f"{name.replace('_', ' ').capitalize()}: {_value(str(value))}"
        for name, value in settings.items()
    )
    return f"{prompt}\n{', '.join(pairs)}"


def _value(text: str) -> str:
    return json.dumps(text, ensure_ascii=False) if {",", ":", "\n"} & set(text) else text
