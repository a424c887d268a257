"""The roles: how tall every stand-in is and how it likes to be seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.engines.preview.brief import PEOPLE
from core.engines.preview.figure import Figure


@dataclass(frozen=True, slots=True)
class Role:
    """Measures of a stand-in, in metres and degrees."""

    height: float
    middle: float
    """Height the camera aims at."""
    frame: float
    """Height of the picture that shows all of it."""
    detail: float
    """Height a close-up aims at."""
    yaw: float = 0.0
    frontal: float = 0.0
    """Turn that shows it in mirror symmetry."""
    steady: bool = False
    """Stands straight instead of turning with the seed."""
    lies: bool = False
    """Can be laid on its back for a flat lay."""
    glossy: bool = False


ROLES: Mapping[str, Role] = {
    "person": Role(1.78, 0.93, 1.89, 1.63, lies=True),
    "couple": Role(1.78, 0.95, 1.89, 1.60, lies=True),
    "group": Role(1.78, 0.95, 1.89, 1.60, lies=True),
    "car": Role(1.45, 0.62, 2.6, 0.72, yaw=-38, frontal=-90, glossy=True),
    "bus": Role(2.5, 1.15, 3.6, 1.2, yaw=-40, frontal=-90, glossy=True),
    "bike": Role(1.2, 0.60, 1.6, 0.8, yaw=-18, frontal=-90),
    "boat": Role(3.4, 1.4, 3.8, 0.9, yaw=-28, frontal=-90),
    "plane": Role(2.1, 1.2, 3.4, 1.3, yaw=-42, frontal=-90, glossy=True),
    "bottle": Role(1.5, 0.72, 1.59, 0.78, steady=True, lies=True, glossy=True),
    "cup": Role(1.1, 0.55, 1.3, 0.85, yaw=-25, glossy=True),
    "glass": Role(1.3, 0.62, 1.5, 0.85, glossy=True),
    "watch": Role(1.4, 0.72, 1.6, 0.86, yaw=-14, steady=True, lies=True, glossy=True),
    "phone": Role(1.5, 0.75, 1.6, 0.86, yaw=-18, steady=True, lies=True, glossy=True),
    "shoe": Role(0.9, 0.48, 1.6, 0.52, yaw=-24, frontal=-90, glossy=True),
    "book": Role(1.3, 0.62, 1.6, 0.74, yaw=-22, lies=True, glossy=True),
    "animal": Role(1.5, 0.72, 1.64, 1.1, yaw=-40, frontal=-90),
    "bird": Role(1.3, 0.62, 1.6, 1.05, yaw=-38, frontal=-90),
    "fish": Role(1.3, 0.72, 1.6, 0.85, yaw=-22, frontal=-90),
    "insect": Role(1.0, 0.55, 1.5, 0.72, yaw=-34, frontal=-90),
    "crawler": Role(0.9, 0.42, 1.5, 0.5, yaw=-38, frontal=-90),
    "food": Role(0.95, 0.36, 1.59, 0.50, steady=True),
    "produce": Role(1.0, 0.45, 1.4, 0.5, steady=True),
    "plant": Role(1.6, 0.85, 1.85, 1.2),
    "tree": Role(2.9, 1.40, 3.4, 1.8),
    "furniture": Role(1.3, 0.66, 1.7, 0.72, yaw=25),
    "interior": Role(1.6, 0.75, 3.6, 0.75, steady=True),
    "building": Role(4.8, 1.75, 5.4, 1.6, yaw=25),
    "landscape": Role(3.4, 1.45, 6.4, 2.0),
    "object": Role(1.4, 0.7, 1.64, 0.8, glossy=True),
}

_TRUE_HEIGHT: Mapping[str, float] = {
    "person": 1.75, "couple": 1.75, "group": 1.75, "car": 1.45, "bus": 2.8, "bike": 1.05,
    "boat": 4.5, "plane": 4.0, "bottle": 0.75, "cup": 0.55, "glass": 0.6, "watch": 0.55,
    "phone": 0.6, "shoe": 0.5, "book": 0.6, "animal": 1.0, "bird": 0.6, "fish": 0.7, "insect": 0.5,
    "crawler": 0.5, "food": 0.5, "produce": 0.5, "plant": 0.95, "tree": 4.5, "furniture": 1.0,
    "interior": 1.0, "building": 6.0, "landscape": 6.0, "object": 0.9,
    "elephant": 2.8, "giraffe": 3.6, "horse": 1.75, "cow": 1.5, "cat": 0.5, "rabbit": 0.45,
    "mouse": 0.4, "squirrel": 0.4, "dog": 0.75, "sofa": 0.9, "bed": 0.9, "table": 0.8,
    "zebra": 1.55, "lion": 1.2, "tiger": 1.1, "bear": 1.4, "panda": 1.1, "camel": 2.3,
    "rhino": 1.8, "deer": 1.5, "wolf": 0.9, "fox": 0.6, "kangaroo": 1.6, "crocodile": 0.6,
    "flamingo": 1.2, "penguin": 0.9, "shark": 1.2, "lamp": 1.5, "shelf": 1.7, "fridge": 1.7,
    "dinosaur": 3.0, "whale": 2.5,
}  # fmt: skip
"""Metres; small things are larger than in life, or nobody would see them beside a person."""


def role_of(figure: Figure) -> Role:
    """Return the role of a figure."""
    return ROLES[figure.stand_in]


def true_height(figure: Figure) -> float:
    """Return about how tall the thing is in the world, in metres."""
    return _TRUE_HEIGHT.get(figure.kind, _TRUE_HEIGHT[figure.stand_in])


def is_people(figure: Figure) -> bool:
    """Say whether the figure is somebody."""
    return figure.stand_in in PEOPLE
