"""How a person looks: skin, hair, clothes and pose, decided by seed and prompt alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.engines.preview import lexicon
from core.engines.preview.arrays import Floats
from core.engines.preview.colour import coloured_nouns, linear, shade
from core.engines.preview.figure import Figure
from core.engines.preview.modeller import Triple
from core.engines.preview.palettes import NATURAL, palette
from core.engines.preview.streams import stream

_SKINS = ("f1cdb3", "e8b998", "d6a37c", "c68b64", "8d5a3b", "5f3b28")
_HAIRS = ("2a1c14", "5b3a20", "171418", "b98a4a", "6a3722", "8a8480")
_WARDROBE = (  # upper garment, lower garment
    ("b5442e", "2f3a4a"),
    ("2f6f73", "8f7b5f"),
    ("d6c8ae", "37424f"),
    ("c0832b", "26303b"),
    ("7d2f45", "4a4648"),
    ("456f96", "b3a284"),
    ("647242", "2b2a28"),
    ("3f6f8c", "3a3632"),
)
_SUITS = ("2b3446", "3b3f45", "4a3b34", "5d6673", "23302c", "6b5b4a")


@dataclass(frozen=True, slots=True)
class Limbs:
    """Joints of one side: elbow, wrist, knee and ankle."""

    elbow: Triple
    wrist: Triple
    knee: Triple
    ankle: Triple


POSES: Mapping[str, tuple[Limbs, Limbs]] = {
    "standing": (
        Limbs((0.225, 0.02, 1.15), (0.235, -0.07, 0.90), (0.10, 0, 0.5), (0.11, 0.02, 0.08)),
        Limbs(
            (-0.225, 0.03, 1.15), (-0.24, -0.05, 0.90), (-0.09, -0.02, 0.5), (-0.12, -0.03, 0.08)
        ),
    ),
    "walking": (
        Limbs((0.20, 0.12, 1.16), (0.20, 0.03, 0.92), (0.09, -0.22, 0.53), (0.10, -0.16, 0.1)),
        Limbs((-0.20, -0.10, 1.17), (-0.17, -0.30, 1.02), (-0.09, 0.08, 0.52), (-0.10, 0.38, 0.2)),
    ),
    "hand on hip": (
        Limbs((0.33, 0.05, 1.17), (0.15, -0.08, 1.0), (0.12, -0.03, 0.5), (0.15, -0.02, 0.08)),
        Limbs((-0.24, 0.02, 1.15), (-0.22, -0.06, 0.9), (-0.08, 0.0, 0.5), (-0.11, 0.0, 0.08)),
    ),
    "running": (
        Limbs((0.20, 0.20, 1.20), (0.16, 0.02, 1.06), (0.09, -0.34, 0.62), (0.10, -0.22, 0.22)),
        Limbs((-0.20, -0.14, 1.20), (-0.13, -0.34, 1.22), (-0.09, 0.12, 0.52), (-0.10, 0.50, 0.42)),
    ),
    "sitting": (
        Limbs((0.23, -0.06, 1.16), (0.16, -0.26, 1.00), (0.13, -0.44, 0.92), (0.13, -0.42, 0.48)),
        Limbs(
            (-0.23, -0.06, 1.16), (-0.16, -0.26, 1.00), (-0.13, -0.44, 0.92), (-0.13, -0.40, 0.48)
        ),
    ),
    "waving": (
        Limbs((0.36, -0.04, 1.46), (0.40, -0.10, 1.74), (0.10, 0, 0.5), (0.11, 0.02, 0.08)),
        Limbs(
            (-0.225, 0.03, 1.15), (-0.24, -0.05, 0.90), (-0.09, -0.02, 0.5), (-0.12, -0.03, 0.08)
        ),
    ),
    "pointing": (
        Limbs((0.36, -0.10, 1.37), (0.59, -0.22, 1.41), (0.10, 0, 0.5), (0.11, 0.02, 0.08)),
        Limbs(
            (-0.225, 0.03, 1.15), (-0.24, -0.05, 0.90), (-0.09, -0.02, 0.5), (-0.12, -0.03, 0.08)
        ),
    ),
    "cheering": (
        Limbs((0.34, -0.02, 1.60), (0.40, -0.04, 1.88), (0.11, -0.12, 0.55), (0.14, 0.14, 0.22)),
        Limbs((-0.34, -0.02, 1.62), (-0.42, -0.04, 1.90), (-0.11, 0.0, 0.5), (-0.16, 0.05, 0.08)),
    ),
}


_GREY = "a8a8aa"
"""The neutral mannequin's paint."""


@dataclass(frozen=True, slots=True)
class Look:
    """Everything that makes a person recognisable."""

    skin: Floats
    hair: Floats
    upper: Floats
    lower: Floats
    feminine: bool
    garment: str
    """One of dress, coat, suit, tee, plain."""
    hat: str
    """brim, tall, or empty."""
    pose: str
    coiffure: str
    """long, short or bald."""
    beard: bool = False
    shorts: bool = False
    glasses: bool = False
    child: bool = False
    mannequin: bool = False
    """A neutral grey figure without hair, face or clothes."""

    @property
    def shoe(self) -> Floats:
        """The colour of the shoes, a dark sister of the lower garment."""
        return self.skin if self.mannequin else self.lower * 0.22 + 0.006

    @property
    def sleeve(self) -> Floats:
        """What the forearms are covered with."""
        return self.skin if self.garment in {"dress", "tee"} else self.upper

    @property
    def stocking(self) -> Floats:
        """What the lower legs are covered with."""
        return self.skin if self.garment == "dress" or self.shorts else self.lower


def _garment(figure: Figure) -> str:
    for name, pattern in (
        ("dress", lexicon.DRESSES),
        ("coat", lexicon.COATS),
        ("suit", lexicon.JACKETS),
        ("tee", lexicon.TEES),
    ):
        if figure.says(pattern):
            return name
    return "plain"


def imagine(figure: Figure | None, seed: int, *, number: int = 0, mannequin: bool = False) -> Look:
    """Return how person `number` of this seed looks; no parameter has a say.

    Without a figure it is somebody the request says nothing about.
    """
    chance = stream(seed, f"person {number}")
    skin, hair, outfit = (int(chance.integers(len(t))) for t in (_SKINS, _HAIRS, _WARDROBE))
    coin, pose = bool(chance.random() < 0.5), ("standing", "hand on hip")[chance.integers(2)]
    stated = figure or _NOBODY
    gendered = lexicon.earliest(stated.words, {"f": lexicon.FEMININE, "m": lexicon.MASCULINE})
    acting = lexicon.earliest(stated.words, lexicon.POSES)
    feminine = gendered[0] == "f" if gendered else coin
    upper, lower = (linear(code) for code in _WARDROBE[outfit])
    garment = _garment(stated)
    if stated.painted:
        upper = stated.paints.primary
    elif garment == "suit":
        upper = linear(_SUITS[outfit % len(_SUITS)])
    elif stated.says("chef|lab coat|doctor|nurse|bride|wedding|judo|karate"):
        upper = linear("f2f0ea")
    if stated.says(lexicon.SUITS) and not stated.painted_below:
        lower = upper * 0.9
    grey = mannequin or stated.kind == "mannequin"
    if grey:
        return _mannequin(acting[0] if acting else "standing", feminine=feminine)
    return Look(
        skin=linear(_SKINS[skin]),
        hair=_hair_paint(stated.words, linear(_HAIRS[hair])),
        upper=upper,
        lower=stated.paints.secondary if stated.painted_below else lower,
        feminine=feminine,
        garment=garment,
        hat="tall"
        if stated.says(lexicon.TALL_HATS)
        else "brim"
        if stated.says(lexicon.HATS)
        else "",
        pose=acting[0] if acting else pose,
        coiffure=_coiffure(stated, feminine=feminine),
        beard=stated.says(lexicon.BEARDS),
        shorts=stated.says(lexicon.SHORTS),
        glasses=stated.says(lexicon.GLASSES),
        child=stated.says(lexicon.CHILDREN),
    )


_NOBODY = Figure(words="", noun="", stand_in="person", kind="person", paints=palette(NATURAL))


def _mannequin(pose: str, *, feminine: bool) -> Look:
    grey = linear(_GREY)
    return Look(
        skin=grey, hair=grey, upper=grey, lower=grey, feminine=feminine, garment="plain", hat="",
        pose=pose, coiffure="bald", mannequin=True,
    )  # fmt: skip


def _hair_paint(words: str, usual: Floats) -> Floats:
    for colour, noun, _ in coloured_nouns(words):
        if noun.startswith("hair"):
            return shade(colour)
    tone = lexicon.earliest(words, lexicon.HAIR_TONES)
    return linear(tone[0]) if tone else usual


def _coiffure(figure: Figure, *, feminine: bool) -> str:
    if figure.says(lexicon.BALD):
        return "bald"
    if figure.says(lexicon.LONG_HAIR):
        return "long"
    if figure.says(lexicon.SHORT_HAIR):
        return "short"
    return "long" if feminine else "short"


def facing(seed: int) -> float:
    """Return how far (degrees) the person turns away from the camera."""
    return float(stream(seed, "facing").uniform(-16, 16))
