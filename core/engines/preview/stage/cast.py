"""The cast: which stand-in plays which noun, how tall it is and how it likes to be seen."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from core.engines.preview.brief import Brief
from core.engines.preview.modeller import Modeller, Placement
from core.engines.preview.stage.animal import build_animal
from core.engines.preview.stage.architecture import build_building
from core.engines.preview.stage.landscape import build_tree
from core.engines.preview.stage.person import build_person
from core.engines.preview.stage.person_look import facing, imagine
from core.engines.preview.stage.product import build_bottle, build_cup, build_object
from core.engines.preview.stage.still_life import build_chair, build_food, build_plant
from core.engines.preview.stage.vehicle import build_car
from core.engines.preview.streams import stream


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
    "car": Role(1.45, 0.62, 2.6, 0.72, yaw=-38, frontal=-90, glossy=True),
    "bottle": Role(1.5, 0.72, 1.59, 0.78, steady=True, lies=True, glossy=True),
    "cup": Role(1.1, 0.55, 1.3, 0.85, yaw=-25, glossy=True),
    "animal": Role(1.5, 0.72, 1.64, 1.2, yaw=-50, frontal=-90),
    "food": Role(0.95, 0.42, 1.59, 0.62, steady=True),
    "plant": Role(1.6, 0.85, 1.85, 1.2),
    "chair": Role(1.3, 0.62, 1.59, 0.72, yaw=25),
    "building": Role(4.8, 1.75, 5.4, 1.6, yaw=25),
    "landscape": Role(3.4, 1.45, 6.4, 2.0),
    "object": Role(1.4, 0.7, 1.64, 0.8, glossy=True),
}

PEOPLE = frozenset({"person", "couple"})

_THINGS: Mapping[str, Callable[[Modeller, Brief], None]] = {
    "car": build_car,
    "cup": build_cup,
    "animal": build_animal,
    "food": build_food,
    "plant": build_plant,
    "chair": build_chair,
    "building": build_building,
    "object": build_object,
}

_LIFT_LYING = 0.15


def is_mirrored(brief: Brief) -> bool:
    """Whether the composition wants the stand-in seen straight from the front."""
    return brief.composition == "symmetrical"


def place_subject(model: Modeller, brief: Brief, seed: int) -> None:
    """Add what the picture is about, at the origin of the world."""
    role = ROLES[brief.stand_in]
    lying = role.lies and brief.angle == "flat-lay"
    turn = 0.0 if role.steady or lying else facing(seed)
    yaw = role.frontal if is_mirrored(brief) else role.yaw + turn
    place = Placement(yaw=yaw, lying=lying, z=_LIFT_LYING if lying else 0.0)
    if lying:
        place = replace(place, y=-role.middle)
    model.set_down(place)
    if brief.stand_in == "person":
        build_person(model, imagine(brief, seed))
    elif brief.stand_in == "couple":
        _couple(model, brief, seed, place)
    elif brief.stand_in == "bottle":
        build_bottle(model, brief, plinth=not lying)
    elif brief.stand_in == "landscape":
        model.set_down(replace(place, scale=1.15))
        build_tree(model, brief, stream(seed, "hero tree"), conifer=0.25)
    else:
        _THINGS[brief.stand_in](model, brief)


def _couple(model: Modeller, brief: Brief, seed: int, place: Placement) -> None:
    first, second = imagine(brief, seed), imagine(brief, seed, number=1)
    mixed = replace(second, feminine=not first.feminine, pose="standing")
    model.set_down(replace(place, x=-0.36, yaw=place.yaw * 0.3 + 18))
    build_person(model, first)
    model.set_down(replace(place, x=0.38, yaw=place.yaw * 0.3 - 16))
    build_person(model, mixed)
