"""The scene: everything the tracer needs to know, built from a brief and a seed."""

from dataclasses import dataclass

import numpy as np

from core.engines.preview.arrays import Floats, column, floats
from core.engines.preview.backdrop import RoomAir, StudioBackdrop, Surround
from core.engines.preview.blocks import Block
from core.engines.preview.brief import Brief
from core.engines.preview.camera import direction
from core.engines.preview.colour import linear
from core.engines.preview.composition import COMPOSITIONS
from core.engines.preview.framing import Framing, cut_of, frame
from core.engines.preview.ground import FRESH_SNOW, NATURAL_GROUND, NATURAL_LAND, Ground
from core.engines.preview.lexicon import mentions
from core.engines.preview.light import Lamp, Sun, Tube, sun
from core.engines.preview.modeller import Finish, Modeller, Placement
from core.engines.preview.rigs import RIGS, Beam, Rig
from core.engines.preview.shot import SUBJECT_IDS
from core.engines.preview.sky import FOG, OpenSky
from core.engines.preview.solids import Solid
from core.engines.preview.stage.blocking import place_spotted
from core.engines.preview.stage.cast import place_subject
from core.engines.preview.stage.dressing import SetDresser
from core.engines.preview.stage.roles import role_of
from core.engines.preview.streams import stream

_TUBES = ((-68.0, (1.0, 0.04, 0.55)), (76.0, (0.02, 0.75, 1.0)))


@dataclass(frozen=True, slots=True)
class Scene:
    """A lit set with a camera in front of it."""

    brief: Brief
    framing: Framing
    rig: Rig
    solids: tuple[Solid, ...]
    blocks: tuple[Block, ...]
    key: Sun
    lamps: tuple[Lamp, ...]
    ambient: tuple[Floats, Floats]
    surround: Surround
    ground: Ground
    parts: tuple[range, ...]
    """Ids of the parts of each figure."""
    reach: float
    """Distance over which contact shading works."""

    @property
    def unit(self) -> float:
        """Picture height in heights of a person."""
        return self.framing.unit


def build_scene(brief: Brief, seed: int, size: tuple[int, int]) -> Scene:
    """Return the set for a brief."""
    rig, role = RIGS[brief.light], role_of(brief.main)
    model = Modeller(SUBJECT_IDS.start)
    parts = place_subject(model, brief, seed, close=not cut_of(brief).whole)
    framing = frame(brief, model.solids, seed, size)
    parts |= place_spotted(model, brief, framing, seed)
    model.number_from(SUBJECT_IDS.stop)
    dresser = SetDresser(brief, framing, model, seed)
    dresser.dress()
    tubes = _tubes(brief, framing, model) if rig.neon else ()
    key, lamps = _lamps(brief, rig, framing, seed)
    ambient = _ambient(brief, rig)
    wet = brief.weather == "rain" or rig.neon or mentions(brief.words, "wet")
    lined = COMPOSITIONS[brief.composition].dressing == "lines"
    ground = Ground(
        setting=brief.setting,
        paint=_ground_paint(brief, rig),
        road=dresser.road,
        polished=role.glossy,
        wet=wet,
        path=brief.setting in {"forest", "field"} or lined,
        stripes=0.62 * framing.unit if lined else 0.0,
    )
    return Scene(
        brief=brief,
        framing=framing,
        rig=rig,
        solids=tuple(model.solids),
        blocks=tuple(dresser.blocks),
        key=key,
        lamps=(*lamps, *tubes),
        ambient=ambient,
        surround=_surround(brief, rig, framing, key, (ambient, tubes, seed)),
        ground=ground,
        parts=tuple(parts[number] for number in range(len(brief.figures))),
        reach=0.22 * max(framing.unit, 0.35),
    )


def _lamps(brief: Brief, rig: Rig, framing: Framing, seed: int) -> tuple[Sun, tuple[Lamp, ...]]:
    # The key may stand left or right of the camera; everything else follows the rig.
    swap = stream(seed, "light").random() > 0.6 and not brief.light.startswith(("rim", "backlit"))
    window = framing.unit if rig.window and brief.indoors else None
    beams = [rig.key, *([rig.fill] if rig.fill else []), *rig.rims]
    turned = [_mirrored(beam) if swap else beam for beam in beams]
    key = sun(turned[0], framing.azimuth, card=True, window_unit=window)
    others: list[Lamp] = [
        sun(beam, framing.azimuth, card=original in rig.rims)
        for beam, original in zip(turned[1:], beams[1:], strict=True)
    ]
    return key, (key, *others)


def _mirrored(beam: Beam) -> Beam:
    return Beam(-beam.azimuth, beam.elevation, beam.colour, beam.softness, beam.wrap)


def _tubes(brief: Brief, framing: Framing, model: Modeller) -> tuple[Tube, ...]:
    tall, azimuth = role_of(brief.main).height, framing.azimuth
    picture = framing.cut.height
    toward = direction(azimuth, 0)
    right = floats([-toward[1], toward[0], 0])
    tubes = []
    model.set_down(Placement())
    for bearing, rgb in _TUBES:
        side = 1 if bearing > 0 else -1
        position = direction(azimuth + bearing, 0) * (1.15 * max(picture, tall * 0.8))
        position[2] = max(framing.aim + 0.15 * picture, 0.4)
        behind = direction(azimuth + 180 - 28 * side, 4)
        colour = column(rgb) * (3.4 * max(picture, 0.9) ** 2)
        tubes.append(Tube(column(position), column(behind), colour))
        foot = toward * (-1.1 * tall) + right * (0.78 * tall * side)
        x, y = float(foot[0]), float(foot[1])
        model.part()
        ends = (x, y, 0.25 * tall), (x, y, 1.35 * tall)
        paint = floats(rgb) + 0.02
        model.cone(*ends, (0.022 * tall, 0.022 * tall), paint, Finish(glow=0.9))
    return tuple(tubes)


def _ambient(brief: Brief, rig: Rig) -> tuple[Floats, Floats]:
    above, below = column(rig.ambient[0]), column(rig.ambient[1])
    if brief.setting == "studio":
        tint = column(brief.paints.backdrop / max(float(brief.paints.backdrop.mean()), 0.05))
        return above * (0.75 + 0.25 * tint), below * (0.5 + 0.5 * tint)
    return above, below


def _ground_paint(brief: Brief, rig: Rig) -> Floats:
    paints = brief.paints
    if brief.setting == "studio":
        paint = paints.ground * min(1.0, 0.16 + rig.backdrop * 1.1)
        return paint + (1 - 0.3 - paint * 0.7) * rig.whiten
    tint = paints.ground / max(float(paints.ground.mean()), 0.05)
    strength = 0.15 if brief.setting == "room" else 0.22
    paint = linear(NATURAL_GROUND[brief.setting]) * ((1 - strength) + strength * tint)
    if brief.setting == "room":
        return paint * min(1.0, 0.16 + rig.backdrop * 1.1)
    if brief.weather == "snowfall":
        return paint * 0.25 + linear(FRESH_SNOW) * 0.75
    return paint


def _backdrop_paint(brief: Brief, rig: Rig) -> Floats:
    paint = np.minimum(brief.paints.backdrop * 1.25, 1.3)
    paint = paint + (brief.paints.backdrop * 0.35 + 0.8 - paint) * rig.whiten
    if brief.setting == "studio" and not rig.whiten:
        cast = floats(rig.key.colour) / max(rig.key.colour)
        paint = paint * (0.25 + 0.75 * cast**0.8)
    out: Floats = paint * rig.backdrop
    return out


def _surround(
    brief: Brief,
    rig: Rig,
    framing: Framing,
    key: Sun,
    rest: tuple[tuple[Floats, Floats], tuple[Tube, ...], int],
) -> Surround:
    ambient, tubes, seed = rest
    tall = role_of(brief.main).height
    if brief.indoors:
        wide = 2.0 if framing.camera.tangent > 0.3 else 0.0
        backdrop = StudioBackdrop(
            paint=column(_backdrop_paint(brief, rig)),
            forward=column(framing.camera.axes.forward),
            edge_light=0.42 + 0.48 * min(1.0, rig.whiten * 1.3),
            ambient=ambient,
            tubes=tubes,
            sweep=3.2 * tall + wide,
        )
        return backdrop if brief.setting == "studio" else RoomAir(backdrop)
    thick = 6 if mentions(brief.words, r"fog\w*|mist\w*|haz[ey]") else 1
    return OpenSky(
        rig=rig,
        setting=brief.setting,
        toward_sun=key.direction,
        sunlight=key.colour,
        land=column(linear(NATURAL_LAND[brief.setting])),
        fog_density=FOG[brief.setting] * thick,
        clear_until=max(3.0, framing.distance * 1.02),
        salt=int(stream(seed, "sky").integers(1000)),
        calm=COMPOSITIONS[brief.composition].dressing == "calm",
    )
