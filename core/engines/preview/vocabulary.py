"""The values every parameter may take, and the refusal of all others."""

from collections.abc import Mapping

VALUES: Mapping[str, tuple[str, ...]] = {
    "camera_angle": (
        "eye-level",
        "low-angle",
        "high-angle",
        "bird's-eye",
        "worm's-eye",
        "dutch-tilt",
        "over-the-shoulder",
        "three-quarter",
        "flat-lay",
        "point-of-view",
    ),
    "fov": (
        "ultra-wide",
        "wide",
        "documentary",
        "standard",
        "portrait",
        "telephoto",
        "macro",
        "fisheye",
        "tilt-shift",
    ),
    "lighting": (
        "natural",
        "bright-daylight",
        "overcast",
        "golden-hour",
        "blue-hour",
        "studio",
        "soft",
        "hard",
        "dramatic",
        "backlit",
        "rim",
        "moonlight",
    ),
    "color_palette": (
        "vibrant",
        "pastel",
        "monochrome",
        "warm",
        "cool",
        "neon",
        "earth-tones",
        "jewel-tones",
        "neutral",
        "muted",
        "high-contrast",
    ),
    "composition": (
        "rule-of-thirds",
        "centered",
        "symmetrical",
        "leading-lines",
        "dynamic",
        "minimal",
        "frame-within-frame",
        "close-up",
        "medium-shot",
        "wide-shot",
        "copy-space",
    ),
    "style": (
        "photorealistic",
        "cinematic",
        "editorial",
        "commercial",
        "documentary",
        "fashion",
        "product",
        "3d-render",
        "digital-illustration",
        "watercolor",
        "oil-painting",
        "pencil-sketch",
    ),
}


def check(parameters: Mapping[str, str]) -> None:
    """Refuse parameters or values the engine does not know.

    Raises:
        ValueError: names the unknown parameter or value.
    """
    for name, value in parameters.items():
        if name not in VALUES:
            raise ValueError(f"The preview does not know a parameter called {name!r}.")
        if value not in VALUES[name]:
            raise ValueError(f"The preview does not know the {name} value {value!r}.")
