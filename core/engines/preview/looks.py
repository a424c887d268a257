"""Photographic looks: how every style exposes, prints and grains its film."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.engines.preview.grade import Rgb


@dataclass(frozen=True, slots=True)
class Look:
    """One film stock and its printer; `drawn` names the hand that redraws it instead."""

    exposure: float = 1.0
    contrast: float = 0.35
    saturation: float = 0.9
    lift: float = 0.0
    shadows: Rgb = (0, 0, 0)
    highlights: Rgb = (0, 0, 0)
    bloom: float = 0.10
    grain: float = 0.010
    vignette: float = 0.30
    white_plate: float = 0.0
    """How far the background is cleaned towards white."""
    flat_light: float = 0.0
    """Share of the paint that shows without any shadow, as a simple renderer would."""
    bars: float = 0.0
    """Height of cinema bars, as a share of the picture."""
    deep: bool = False
    """Everything in focus."""
    drawn: str = ""


LOOKS: Mapping[str, Look] = {
    "photorealistic": Look(),
    "cinematic": Look(
        exposure=0.78,
        contrast=0.5,
        saturation=0.86,
        shadows=(-0.12, 0.03, 0.13),
        highlights=(0.12, 0.02, -0.14),
        bloom=0.17,
        grain=0.018,
        vignette=0.46,
        bars=0.065,
    ),
    "editorial": Look(
        exposure=1.1,
        contrast=0.12,
        saturation=0.66,
        lift=0.085,
        shadows=(0.0, 0.02, 0.05),
        highlights=(0.05, 0.02, -0.05),
        vignette=0.08,
        grain=0.014,
    ),
    "commercial": Look(
        exposure=1.4,
        contrast=0.55,
        saturation=1.32,
        highlights=(0.03, 0.01, -0.02),
        bloom=0.12,
        grain=0.0,
        vignette=0.0,
        white_plate=0.1,
    ),
    "documentary": Look(
        exposure=0.86,
        contrast=0.95,
        saturation=0.34,
        grain=0.055,
        vignette=0.42,
        bloom=0.03,
        shadows=(0.03, 0.03, -0.01),
        highlights=(0.03, 0.03, -0.03),
        deep=True,
    ),
    "fashion": Look(
        exposure=1.22, contrast=0.85, saturation=0.96, bloom=0.15, grain=0.008, vignette=0.18,
        shadows=(0.07, -0.05, 0.10), highlights=(0.03, -0.02, 0.04),
    ),
    "product": Look(
        exposure=1.25,
        contrast=0.30,
        saturation=1.0,
        bloom=0.05,
        grain=0.0,
        vignette=0.0,
        white_plate=0.94,
        deep=True,
    ),
    "3d-render": Look(
        exposure=1.2,
        contrast=0.15,
        saturation=1.75,
        shadows=(0.06, -0.04, 0.20),
        highlights=(0.03, 0.0, 0.03),
        bloom=0.04,
        grain=0.0,
        vignette=0.10,
        flat_light=0.42,
        deep=True,
    ),
    "digital-illustration": Look(drawn="illustration"),
    "watercolor": Look(drawn="watercolor"),
    "oil-painting": Look(drawn="oil"),
    "pencil-sketch": Look(drawn="pencil"),
}  # fmt: skip
