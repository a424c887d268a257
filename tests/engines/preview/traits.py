"""What can be measured of a picture through its object, depth and light buffers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from core.engines.preview import Picture
from tests.engines.preview.pictures import area, centre, pixels, subject, warmth

LUMINANCE = np.array((0.2126, 0.7152, 0.0722))


def sky(drawn: Picture) -> float:
    """Share of the picture that is sky or backdrop."""
    return float((drawn.object_ids == 0).mean())


def foreground(drawn: Picture) -> float:
    """Share of the lower half that somebody else or a prop covers."""
    ids = drawn.object_ids
    return float((ids[ids.shape[0] // 2 :] >= 1000).mean())


def lean(drawn: Picture) -> float:
    """Degrees the subject's long axis leans from the vertical (principal axis of the mask)."""
    rows, columns = np.nonzero(subject(drawn))
    spread = np.cov(np.stack([columns, -rows]).astype(float))
    _, axes = np.linalg.eigh(spread)
    across, upward = axes[:, -1]
    return float(abs(np.degrees(np.arctan2(across, abs(upward)))))


def tallness(drawn: Picture) -> float:
    """Height of the subject as a share of the picture's."""
    rows = subject(drawn).nonzero()[0]
    return float((rows.max() - rows.min() + 1) / drawn.object_ids.shape[0])


def distance(drawn: Picture) -> float:
    """Median distance of the subject from the lens."""
    return float(np.median(drawn.depth[subject(drawn)]))


def relief(drawn: Picture) -> float:
    """How much nearer the subject's near parts are than its far ones, as a share."""
    depth = drawn.depth[subject(drawn)]
    return float((np.percentile(depth, 95) - np.percentile(depth, 5)) / np.median(depth))


def luminance(drawn: Picture) -> float:
    return float((pixels(drawn) @ LUMINANCE).mean())


def subject_light(drawn: Picture) -> float:
    """Mean light on the subject as a share of the light on what is around it."""
    light = np.tensordot(LUMINANCE, drawn.light.astype(float), 1)
    return float(light[subject(drawn)].mean() / (light[~subject(drawn)].mean() + 1e-6))


def shadow(drawn: Picture) -> float:
    """Spread of the light on the subject: high where one side lies in the dark."""
    light = np.tensordot(LUMINANCE, drawn.light.astype(float), 1)[subject(drawn)]
    return float(light.std() / (light.mean() + 1e-6))


def edge_light(drawn: Picture) -> float:
    """Light on the subject's outline as a share of the light within it."""
    mask = subject(drawn)
    inner = mask.copy()
    for axis in (0, 1):
        for step in (-2, 2):
            inner &= np.roll(mask, step, axis)
    light = np.tensordot(LUMINANCE, drawn.light.astype(float), 1)
    return float(light[mask & ~inner].mean() / (light[inner].mean() + 1e-6))


def saturation(drawn: Picture) -> float:
    image = pixels(drawn)
    return float((image.max(axis=2) - image.min(axis=2)).mean())


def contrast(drawn: Picture) -> float:
    return float((pixels(drawn) @ LUMINANCE).std())


def asymmetry(drawn: Picture) -> float:
    """How much the picture differs from its mirror image."""
    grey = pixels(drawn) @ LUMINANCE
    return float(np.abs(grey - grey[:, ::-1]).mean())


def detail(drawn: Picture) -> float:
    """Mean step from pixel to pixel: low where things are out of focus or painted flat."""
    grey = pixels(drawn) @ LUMINANCE
    return float(np.abs(np.diff(grey, axis=0)).mean() + np.abs(np.diff(grey, axis=1)).mean())


def paper(drawn: Picture) -> float:
    """Share of nearly white pixels."""
    return float((pixels(drawn).min(axis=2) > 0.85).mean())


def band(drawn: Picture) -> float:
    """How much sharper the middle third is than the top."""
    grey = pixels(drawn) @ LUMINANCE
    step = np.abs(np.diff(grey, axis=1)).mean(axis=1)
    third = step.size // 3
    return float(step[third : 2 * third].mean() / (step[: third // 2].mean() + 1e-3))


TRAITS: dict[str, tuple[Callable[[Picture], float], float]] = {
    "across": (lambda drawn: abs(centre(drawn)[0]), 0.08),
    "upward": (lambda drawn: centre(drawn)[1], 0.10),
    "area": (lambda drawn: np.log2(area(drawn) + 1e-4), 0.25),
    "sky": (sky, 0.08),
    "foreground": (foreground, 0.05),
    "lean": (lean, 6.0),
    "distance": (lambda drawn: np.log2(distance(drawn)), 0.25),
    "relief": (relief, 0.08),
    "luminance": (luminance, 0.04),
    "subject light": (lambda drawn: np.log2(subject_light(drawn)), 0.4),
    "shadow": (shadow, 0.12),
    "edge light": (lambda drawn: np.log2(edge_light(drawn)), 0.3),
    "warmth": (warmth, 0.04),
    "saturation": (saturation, 0.05),
    "contrast": (contrast, 0.03),
    "asymmetry": (asymmetry, 0.025),
    "detail": (detail, 0.012),
    "paper": (paper, 0.08),
    "band": (lambda drawn: np.log2(band(drawn) + 0.1), 0.5),
}
"""Every trait with the margin by which two values of a parameter must differ in at least one."""


def measured(drawn: Picture) -> dict[str, float]:
    return {name: float(trait(drawn)) for name, (trait, _) in TRAITS.items()}
