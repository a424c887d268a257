"""Set dressing: houses, trees, posts and doorways around the subject."""

import math

import numpy as np

from core.engines.preview.arrays import Floats, floats
from core.engines.preview.blocks import Block, block
from core.engines.preview.brief import Brief
from core.engines.preview.camera import direction
from core.engines.preview.colour import linear
from core.engines.preview.composition import COMPOSITIONS
from core.engines.preview.framing import Framing
from core.engines.preview.lexicon import mentions
from core.engines.preview.modeller import Finish, Modeller, Placement
from core.engines.preview.stage.landscape import build_tree
from core.engines.preview.stage.person import build_arms, build_person
from core.engines.preview.stage.person_look import Look, imagine
from core.engines.preview.stage.roles import role_of
from core.engines.preview.streams import stream

_FACADES = ("8d6a55", "9a9386", "6d747c", "a98c6d", "5c5f66")
_STREET_ROWS = 8
_TREES = {"forest": 15, "field": 5, "snow": 5, "beach": 2, "mountain": 3}


class SetDresser:
    """Adds what the setting and the composition ask for."""

    def __init__(self, brief: Brief, framing: Framing, model: Modeller, seed: int) -> None:
        self.brief, self.framing, self.model, self.seed = brief, framing, model, seed
        self.role = role_of(brief.main)
        self.composition = COMPOSITIONS[brief.composition]
        self.blocks: list[Block] = []

    @property
    def road(self) -> float:
        """Where the middle of the road runs: under the subject, or beside it."""
        middle = self.composition.dressing in {"lines", "pairs"} or self.brief.stand_in in {
            "car",
            "bus",
            "bike",
        }
        return 0.0 if middle else 5.2 * self.framing.side

    def dress(self) -> None:
        """Add everything."""
        if self.composition.dressing != "calm":
            {"street": self._houses, "room": self._room}.get(self.brief.setting, self._trees)()
        {"pairs": self._pairs, "lines": self._lines, "doorway": self._doorway}.get(
            self.composition.dressing, lambda: None
        )()
        if self.brief.angle == "over-the-shoulder":
            self._companion()
        elif self.brief.angle == "point-of-view":
            self._own_arms()

    def _block(
        self, low: tuple[float, ...], high: tuple[float, ...], paint: Floats, kind: str = "plain"
    ) -> None:
        self.blocks.append(block(low, high, floats(paint), kind, len(self.blocks) + 1))

    def _houses(self) -> None:
        chance = stream(self.seed, "houses")
        for row in range(_STREET_ROWS):
            y = -14 + row * 9.0
            for side in (-1, 1):
                near = 8.2 + 1.5 * float(chance.random())
                height = 8 + 16 * float(chance.random())
                tone = 0.72 + 0.27 * float(chance.random())
                paint = linear(_FACADES[chance.integers(len(_FACADES))]) * tone
                ends = sorted((side * near, side * (near + 9)))
                low, high = (ends[0] + self.road, y, 0.0), (ends[1] + self.road, y + 8.2, height)
                self._block(low, high, paint, "windows")
        # A camera far down a side street must not look at the inside of a house.
        eye, target = self.framing.camera.position, floats((0, 0, self.framing.aim))
        self.blocks = [b for b in self.blocks if not b.stands_between(eye, target, 1.0)]

    def _room(self) -> None:
        paints, tall = self.brief.paints, self.role.height
        back = 3.2 + tall * 0.4
        wall_height = 3.4 * max(1.0, tall / 1.8)
        self._block((-9, back, 0), (9, back + 0.2, wall_height), paints.backdrop * 0.8, "wall")
        self._block((-1.6, back - 0.1, 1.5), (-0.4, back, 2.5), paints.secondary)
        self._block((-1.52, back - 0.12, 1.58), (-0.48, back - 0.1, 2.42), paints.accent)
        self._block((0.9, back - 0.6, 0), (2.6, back, 0.8), linear("6b4a30"))

    def _trees(self) -> None:
        setting, chance = self.brief.setting, stream(self.seed, "trees")
        kind = {"snow": "conifer", "beach": "palm", "mountain": "conifer"}.get(setting, "")
        count = _TREES.get(setting, 0)
        if not count and self.brief.stand_in == "landscape":
            count = 5
        pine = mentions(self.brief.words, r"pines?|firs?|spruces?|conifers?|redwoods?")
        for number in range(count):
            if setting == "forest":
                x, y = float(chance.uniform(-11, 11)), float(chance.uniform(1.5, 22))
                x += math.copysign(2.2, x)
                scale = float(chance.uniform(1.5, 2.6))
            else:
                x = float(chance.uniform(3, 9)) * (-1) ** number
                y, scale = float(chance.uniform(3, 16)), float(chance.uniform(1.2, 1.9))
            self._tree(chance, (x, y), scale, "conifer" if pine else kind)
        if setting == "desert":
            self._cacti(chance)
        elif setting in {"mountain", "desert", "beach", "snow"}:
            self._rocks(chance)

    def _cacti(self, chance: np.random.Generator) -> None:
        green = linear("5f7f4a")
        for number in range(5):
            x = float(chance.uniform(2.6, 9)) * (-1) ** number
            y, tall = float(chance.uniform(2, 18)), float(chance.uniform(1.4, 2.4))
            self.model.set_down(Placement(x, y, yaw=float(chance.uniform(0, 180)), scale=tall))
            self.model.part(0.04)
            self.model.cone((0, 0, 0), (0, 0, 1.0), (0.13, 0.11), green)
            for side, low in ((1, 0.45), (-1, 0.34)):
                self.model.cone((0, 0, low), (side * 0.28, 0, low + 0.05), (0.07, 0.07), green)
                arm = (side * 0.28, 0, low + 0.05), (side * 0.29, 0, low + 0.34)
                self.model.cone(*arm, (0.07, 0.06), green)

    def _rocks(self, chance: np.random.Generator) -> None:
        stone = linear("8a8680") * 0.8
        self.model.set_down(Placement())
        for number in range(6):
            x = float(chance.uniform(1.6, 8)) * (-1) ** number
            y, size = float(chance.uniform(2.5, 15)), float(chance.uniform(0.18, 0.55))
            flat = float(chance.uniform(0.45, 0.75))
            self.model.part()
            self.model.ball(
                (x, y, size * flat * 0.4), (size * 1.3, size, size * flat), stone, Finish(0.9)
            )

    def _tree(
        self, chance: np.random.Generator, place: tuple[float, float], scale: float, kind: str = ""
    ) -> None:
        turn = float(chance.uniform(0, 360))
        self.model.set_down(Placement(place[0], place[1], yaw=turn, scale=scale))
        build_tree(self.model, self.brief.paints.primary, chance, kind, far=place[1] > 6)

    def _flank(self) -> float:
        # How far beside the subject a prop stands clear of it.
        framing = self.framing
        return max(1.0 * framing.unit, framing.extent.half_width * framing.distance * 1.2)

    def _pairs(self) -> None:
        """Mirrored planters and columns left and right of the axis."""
        u, x, paints = self.framing.unit, self._flank(), self.brief.paints
        stone, leaf = paints.secondary * 0.35 + 0.25, linear("3f6a35")
        self.model.set_down(Placement())
        for side in (-1, 1):
            self.model.part()
            pot = (side * x, 0.1 * u, 0.20 * u)
            size = (0.15 * u, 0.20 * u, 0.02 * u)
            self.model.cylinder(pot, size, stone, Finish(rough=0.7), top=0.22 * u)
            self.model.part()
            bush = (side * x, 0.1 * u, 0.66 * u)
            self.model.ball(bush, (0.30 * u, 0.30 * u, 0.32 * u), leaf, Finish(rough=0.9))
            for row in range(3):
                column = (side * (x + 0.35 * u), (1.6 + 1.9 * row) * u, 1.35 * u)
                self.model.part()
                shaft = (0.15 * u, 1.35 * u, 0.01 * u)
                self.model.cylinder(column, shaft, paints.accent * 0.5 + 0.3, Finish(rough=0.5))

    def _lines(self) -> None:
        """A rail of posts that runs from beside the lens past the subject to the horizon."""
        u, paints = self.framing.unit, self.brief.paints
        x = -self.framing.side * max(0.95 * u, self._flank() * 0.8)
        near, far = -0.75 * self.framing.distance, 14 * u
        post = Finish(rough=0.5)
        self.model.set_down(Placement())
        count = 9
        places = [near + (far - near) * (n / (count - 1)) ** 1.3 for n in range(count)]
        for y, behind in zip(places, [*places[1:], None], strict=True):
            self.model.part()
            self.model.cone((x, y, 0), (x, y, 0.92 * u), (0.035 * u, 0.030 * u), paints.secondary)
            if behind is None:
                continue
            for height in (0.42, 0.82):  # bay by bay: a long rail's bounding ball holds everything
                ends = (x, y, height * u), (x, behind, height * u)
                self.model.cone(*ends, (0.022 * u, 0.022 * u), paints.accent, post)

    def _doorway(self) -> None:
        """A dark frame between camera and subject, wide enough to clear it."""
        framing, camera = self.framing, self.framing.camera
        paint = self.brief.paints.secondary * 0.35 + 0.012
        eye, depth = camera.position, framing.distance * 0.5
        middle = eye + camera.axes.forward * depth
        broad = camera.tangent * 0.46 * max(1.0, 0.62 * camera.width / camera.short)
        half = max(framing.extent.half_width * 1.25, broad) * depth
        top = max(framing.extent.top * 1.22, camera.tangent * 0.6) * depth
        x, y, z = (float(v) for v in middle)
        thick, out = 0.10 * framing.unit, 14 * framing.unit
        if abs(float(camera.axes.forward[2])) > 0.6:
            bars = (
                ((-out, -out), (-half, out)),
                ((half, -out), (out, out)),
                ((-half, top), (half, out)),
                ((-half, -out), (half, -top)),
            )
            for (x0, y0), (x1, y1) in bars:
                self._block((x + x0, y + y0, z), (x + x1, y + y1, z + thick), paint)
            return
        lintel = z + top
        self._block((x - out, y, -out), (x - half, y + thick, out), paint, "wall")
        self._block((x + half, y, -out), (x + out, y + thick, out), paint, "wall")
        self._block((x - half, y, lintel), (x + half, y + thick, out), paint, "wall")

    def _companion(self) -> None:
        """Somebody whose shoulder we look over."""
        framing, camera = self.framing, self.framing.camera
        scale, tangent = self.role.height / 1.78, camera.tangent
        toward = direction(framing.azimuth, 4)
        right = floats([-toward[1], toward[0], 0])
        ahead = min(1.15 * scale * max(0.6, 0.24 / tangent), framing.distance * 0.5)
        aside = -framing.side * ahead * tangent * 1.12
        x, y, z = (float(v) for v in camera.position - toward * ahead + right * aside)
        place = Placement(x, y, z - 1.60 * scale, framing.azimuth + 180, scale)
        self.model.set_down(place)
        build_person(self.model, self._somebody(2))

    def _somebody(self, number: int) -> Look:
        return imagine(None, self.seed, number=number, mannequin=self.brief.mannequins)

    def _own_arms(self) -> None:
        """The viewer's own forearms at the lower edge, at any focal length."""
        camera = self.framing.camera
        scale = min(0.343 / camera.tangent, 0.45 * self.framing.distance / 0.72)
        x, y, z = (float(v) for v in camera.position)
        self.model.set_down(Placement(x, y, z, self.framing.azimuth + 180, scale))
        build_arms(self.model, self._somebody(3))
