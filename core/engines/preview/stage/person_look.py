"""How a person looks: skin, hair, clothes and pose, decided by seed and prompt alone."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.engines.preview import lexicon
from core.engines.preview.arrays import Floats
from core.engines.preview.brief import Brief
from core.engines.preview.colour import linear
from core.engines.preview.lexicon import mentions
from core.engines.preview.modeller import Triple
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
    "cheering": (
        Limbs((0.34, -0.02, 1.60), (0.40, -0.04, 1.88), (0.11, -0.12, 0.55), (0.14, 0.14, 0.22)),
        Limbs((-0.34, -0.02, 1.62), (-0.42, -0.04, 1.90), (-0.11, 0.0, 0.5), (-0.16, 0.05, 0.08)),
    ),
}


@dataclass(frozen=True, slots=True)
class Look:
    """Everything that makes a person recognisable."""

    skin: Floats
    hair: Floats
    upper: Floats
    lower: Floats
    feminine: bool
    garment: str
    """One of dress, coat, suit, plain."""
    hat: bool
    pose: str

    @property
    def shoe(self) -> Floats:
        """The colour of the shoes, a dark sister of the lower garment."""
        return self.lower * 0.22 + 0.006

    @property
    def sleeve(self) -> Floats:
        """What the arms are covered with."""
        return self.skin if self.garment == "dress" else self.upper

    @property
    def stocking(self) -> Floats:
        """What the legs are covered with."""
        return self.skin if self.garment == "dress" else self.lower


def _garment(words: str) -> str:
    for name, pattern in (
        ("dress", lexicon.DRESSES),
        ("coat", lexicon.COATS),
        ("suit", lexicon.JACKETS),
    ):
        if mentions(words, pattern):
            return name
    return "plain"


def imagine(brief: Brief, seed: int, *, number: int = 0) -> Look:
    """Return how person `number` of this seed looks; no parameter has a say."""
    chance = stream(seed, f"person {number}")
    skin, hair, outfit = (int(chance.integers(len(t))) for t in (_SKINS, _HAIRS, _WARDROBE))
    coin, pose = bool(chance.random() < 0.5), ("standing", "hand on hip")[chance.integers(2)]
    words = brief.words if number == 0 else ""
    gendered = lexicon.earliest(words, {"f": lexicon.FEMININE, "m": lexicon.MASCULINE})
    acting = lexicon.earliest(words, lexicon.POSES)
    garment = _garment(words)
    upper, lower = (linear(code) for code in _WARDROBE[outfit])
    if brief.painted and number == 0:
        upper = brief.paints.primary
    elif garment == "suit":
        upper = linear(_SUITS[outfit % len(_SUITS)])
    if mentions(words, lexicon.SUITS) and not brief.painted_below:
        lower = upper * 0.9
    return Look(
        skin=linear(_SKINS[skin]),
        hair=linear(_HAIRS[hair]),
        upper=upper,
        lower=brief.paints.secondary if brief.painted_below and number == 0 else lower,
        feminine=gendered[0] == "f" if gendered else coin,
        garment=garment,
        hat=mentions(words, lexicon.HATS),
        pose=acting[0] if acting else pose,
    )


def facing(seed: int) -> float:
    """Return how far (degrees) the person turns away from the camera."""
    return float(stream(seed, "facing").uniform(-16, 16))
