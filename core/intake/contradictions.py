"""Words in a prompt that contradict a parameter of the same row: a notice, not an error."""

from __future__ import annotations

import re

from core.domain.request import GenerationRequest

_TABLE = (
    ("color_palette", ("monochrome",), "rainbow|colou?rful|multicolou?red|vibrant|neon"),
    ("color_palette", ("muted", "neutral", "pastel"), "neon|garish|vivid"),
    ("color_palette", ("vibrant", "neon"), "black[- ]and[- ]white|monochrome|greyscale|grayscale"),
    ("lighting", ("golden-hour", "bright-daylight", "overcast"), "at night|midnight|moonlit"),
    ("lighting", ("moonlight",), "noon|midday|sunny|bright daylight|golden hour"),
    ("lighting", ("bright-daylight", "golden-hour"), "overcast|thunderstorm|pitch dark"),
    ("camera_angle", ("bird's-eye", "flat-lay"), "from below|low angle|worm'?s[- ]eye"),
    ("camera_angle", ("low-angle", "worm's-eye"), "from above|aerial|bird'?s[- ]eye|flat[- ]lay"),
    ("composition", ("close-up",), "panorama|wide shot|wide view"),
    ("composition", ("wide-shot",), "close[- ]up|macro shot"),
    ("fov", ("macro",), "panorama|skyline|aerial view"),
    ("style", ("photorealistic",), "cartoon|watercolou?r|sketch|oil painting"),
    ("style", ("pencil-sketch", "watercolor", "oil-painting"), "photograph|photorealistic"),
)


def contradictions(request: GenerationRequest) -> list[tuple[str, str]]:
    """Return field and one sentence for each parameter that the prompt seems to contradict."""
    found: list[tuple[str, str]] = []
    for field, values, words in _TABLE:
        value = getattr(request, field)
        if value in values and (
            said := re.search(rf"\b({words})\b", request.prompt, re.IGNORECASE)
        ):
            found.append((field, f'{field} is {value}, but the prompt says "{said[0]}".'))
    return found
