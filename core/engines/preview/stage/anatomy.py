"""Measures of the four-legged animals, in units of a model about 1.5 high."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Anatomy:
    """Measures of one animal in units of a model about 1.5 high that looks along +x."""

    coat: str
    body: float = 1.0
    """From chest to rump."""
    hip: float = 0.55
    girth: float = 0.20
    neck: tuple[float, float] = (0.25, 50)
    """Length and rise in degrees."""
    head: float = 0.145
    snout: float = 0.22
    muzzle: float = 0.075
    leg: float = 0.06
    ear: tuple[float, float] = (0.14, 0.045)
    """Length and thickness; a length below zero hangs down."""
    tail: tuple[float, float, float] = (0.35, 60, 0.035)
    """Length, rise in degrees, thickness."""
    marks: str = ""
    """What only this animal has: mane, stripes, horns, antlers, trunk, patches, hump, wool."""


ANATOMIES: Mapping[str, Anatomy] = {
    "dog": Anatomy(
        coat="b98a55", body=0.74, hip=0.52, girth=0.21, neck=(0.30, 62), head=0.16, snout=0.17,
        muzzle=0.075, leg=0.058, ear=(-0.22, 0.065), tail=(0.36, 58, 0.035),
    ),
    "cat": Anatomy(
        coat="8a7a68", body=0.62, hip=0.40, girth=0.17, neck=(0.16, 50), head=0.17, snout=0.07,
        muzzle=0.07, leg=0.045, ear=(0.17, 0.06), tail=(0.75, 72, 0.04), marks="stripes",
    ),
    "horse": Anatomy(
        coat="6b4226", body=0.98, hip=0.92, girth=0.25, neck=(0.62, 52), head=0.13, snout=0.36,
        muzzle=0.085, leg=0.06, ear=(0.11, 0.035), tail=(0.75, -78, 0.07), marks="mane",
    ),
    "zebra": Anatomy(
        coat="e8e6e0", body=1.1, hip=0.90, girth=0.25, neck=(0.52, 52), head=0.13, snout=0.32,
        muzzle=0.08, leg=0.055, tail=(0.6, -78, 0.045), marks="mane stripes",
    ),
    "cow": Anatomy(
        coat="e4ded4", body=1.35, hip=0.74, girth=0.34, neck=(0.34, 18), head=0.17, snout=0.30,
        muzzle=0.12, leg=0.075, ear=(0.16, 0.05), tail=(0.7, -84, 0.025), marks="horns patches",
    ),
    "elephant": Anatomy(
        coat="83858a", body=1.35, hip=0.80, girth=0.50, neck=(0.30, 22), head=0.32, snout=0.05,
        muzzle=0.16, leg=0.15, ear=(0.0, 0.0), tail=(0.5, -80, 0.03), marks="trunk",
    ),
    "giraffe": Anatomy(
        coat="d9a960", body=0.72, hip=0.95, girth=0.20, neck=(1.05, 74), head=0.10, snout=0.22,
        muzzle=0.06, leg=0.05, ear=(0.09, 0.03), tail=(0.5, -80, 0.02), marks="patches horns",
    ),
    "rabbit": Anatomy(
        coat="b8a894", body=0.50, hip=0.26, girth=0.26, neck=(0.16, 60), head=0.19, snout=0.05,
        muzzle=0.10, leg=0.08, ear=(0.50, 0.055), tail=(0.06, 30, 0.10),
    ),
    "mouse": Anatomy(
        coat="8d8378", body=0.50, hip=0.22, girth=0.24, neck=(0.14, 30), head=0.19, snout=0.20,
        muzzle=0.06, leg=0.05, ear=(0.12, 0.11), tail=(0.8, 10, 0.022),
    ),
    "squirrel": Anatomy(
        coat="9c5a2c", body=0.50, hip=0.26, girth=0.20, neck=(0.14, 60), head=0.16, snout=0.09,
        muzzle=0.06, leg=0.06, ear=(0.10, 0.045), tail=(0.62, 80, 0.15),
    ),
    "fox": Anatomy(
        coat="c8641e", body=0.66, hip=0.44, girth=0.18, neck=(0.24, 58), head=0.155, snout=0.20,
        muzzle=0.045, leg=0.048, ear=(0.22, 0.065), tail=(0.60, 20, 0.13),
    ),
    "wolf": Anatomy(
        coat="7c7f84", body=0.80, hip=0.58, girth=0.22, neck=(0.28, 42), head=0.15, snout=0.25,
        muzzle=0.065, leg=0.055, ear=(0.17, 0.055), tail=(0.5, -40, 0.08),
    ),
    "deer": Anatomy(
        coat="9a6a3c", body=0.95, hip=0.80, girth=0.20, neck=(0.45, 62), head=0.11, snout=0.22,
        muzzle=0.055, leg=0.042, ear=(0.16, 0.045), tail=(0.12, 20, 0.05), marks="antlers",
    ),
    "lion": Anatomy(
        coat="c79a52", body=0.92, hip=0.58, girth=0.25, neck=(0.26, 46), head=0.18, snout=0.16,
        muzzle=0.10, leg=0.075, ear=(0.08, 0.06), tail=(0.8, -30, 0.03), marks="ruff",
    ),
    "tiger": Anatomy(
        coat="d9781c", body=0.96, hip=0.54, girth=0.25, neck=(0.26, 38), head=0.19, snout=0.14,
        muzzle=0.10, leg=0.08, ear=(0.09, 0.06), tail=(0.85, -25, 0.04), marks="stripes",
    ),
    "bear": Anatomy(
        coat="4f3626", body=1.1, hip=0.52, girth=0.36, neck=(0.22, 24), head=0.22, snout=0.16,
        muzzle=0.09, leg=0.12, ear=(0.09, 0.07), tail=(0.05, 10, 0.06),
    ),
    "panda": Anatomy(
        coat="ece9e2", body=0.95, hip=0.45, girth=0.38, neck=(0.20, 34), head=0.26, snout=0.10,
        muzzle=0.10, leg=0.13, ear=(0.10, 0.09), tail=(0.05, 10, 0.06), marks="mask",
    ),
    "pig": Anatomy(
        coat="e5a49a", body=0.95, hip=0.34, girth=0.32, neck=(0.16, 12), head=0.20, snout=0.18,
        muzzle=0.10, leg=0.07, ear=(0.13, 0.06), tail=(0.12, 50, 0.025),
    ),
    "sheep": Anatomy(
        coat="ece6da", body=0.85, hip=0.48, girth=0.22, neck=(0.22, 38), head=0.13, snout=0.16,
        muzzle=0.075, leg=0.045, ear=(-0.14, 0.045), tail=(0.08, -40, 0.06), marks="wool",
    ),
    "goat": Anatomy(
        coat="cfc6b6", body=0.85, hip=0.60, girth=0.21, neck=(0.36, 58), head=0.12, snout=0.20,
        muzzle=0.06, leg=0.045, ear=(-0.13, 0.04), tail=(0.12, 50, 0.04), marks="horns",
    ),
    "camel": Anatomy(
        coat="c39a63", body=1.1, hip=0.90, girth=0.25, neck=(0.66, 48), head=0.12, snout=0.24,
        muzzle=0.075, leg=0.055, tail=(0.4, -80, 0.025), marks="hump",
    ),
    "rhino": Anatomy(
        coat="8a8a86", body=1.35, hip=0.58, girth=0.42, neck=(0.26, 4), head=0.22, snout=0.34,
        muzzle=0.13, leg=0.12, ear=(0.12, 0.05), tail=(0.4, -80, 0.025), marks="horn",
    ),
    "monkey": Anatomy(
        coat="6a4a32", body=0.60, hip=0.46, girth=0.19, neck=(0.20, 66), head=0.19, snout=0.08,
        muzzle=0.09, leg=0.05, ear=(0.04, 0.075), tail=(0.9, 64, 0.03),
    ),
    "kangaroo": Anatomy(
        coat="a5764a", body=0.60, hip=0.52, girth=0.24, neck=(0.44, 74), head=0.12, snout=0.20,
        muzzle=0.055, leg=0.085, ear=(0.22, 0.05), tail=(1.0, -26, 0.09),
    ),
    "dinosaur": Anatomy(
        coat="6d8a4a", body=1.1, hip=0.52, girth=0.34, neck=(0.72, 58), head=0.13, snout=0.18,
        muzzle=0.085, leg=0.12, ear=(0.0, 0.0), tail=(1.1, -14, 0.16), marks="plates",
    ),
    "crocodile": Anatomy(
        coat="58683c", body=1.1, hip=0.14, girth=0.19, neck=(0.20, 2), head=0.14, snout=0.46,
        muzzle=0.075, leg=0.06, ear=(0.0, 0.0), tail=(1.1, -4, 0.12), marks="plates",
    ),
    "animal": Anatomy(coat="a07850", body=0.78, hip=0.54, neck=(0.28, 54), ear=(0.13, 0.05)),
}  # fmt: skip
