"""The cast: who builds which stand-in, and where the figures of a picture stand."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

from core.engines.preview.brief import PEOPLE, Brief
from core.engines.preview.figure import Figure
from core.engines.preview.modeller import Modeller, Placement
from core.engines.preview.solids import Cylinder, RoundBox, Solid
from core.engines.preview.stage.animal import build_animal
from core.engines.preview.stage.architecture import build_building
from core.engines.preview.stage.botany import build_plant
from core.engines.preview.stage.creature import build_bird, build_bug, build_crawler, build_fish
from core.engines.preview.stage.food import build_food
from core.engines.preview.stage.furniture import build_furniture
from core.engines.preview.stage.gadget import build_book, build_phone, build_shoe, build_watch
from core.engines.preview.stage.interior import build_interior
from core.engines.preview.stage.landscape import build_tree
from core.engines.preview.stage.person import build_person
from core.engines.preview.stage.person_look import facing, imagine
from core.engines.preview.stage.produce import build_produce
from core.engines.preview.stage.product import (
    build_bottle,
    build_cup,
    build_glass,
    build_object,
)
from core.engines.preview.stage.roles import is_people, role_of, true_height
from core.engines.preview.stage.transport import build_bike, build_boat, build_bus, build_plane
from core.engines.preview.stage.vehicle import build_car
from core.engines.preview.streams import stream

_THINGS: Mapping[str, Callable[[Modeller, Figure], None]] = {
    "car": build_car,
    "bus": build_bus,
    "bike": build_bike,
    "boat": build_boat,
    "plane": build_plane,
    "cup": build_cup,
    "glass": build_glass,
    "animal": build_animal,
    "bird": build_bird,
    "fish": build_fish,
    "insect": build_bug,
    "crawler": build_crawler,
    "food": build_food,
    "produce": build_produce,
    "plant": build_plant,
    "furniture": build_furniture,
    "building": build_building,
    "object": build_object,
}
_ON_A_PLINTH: Mapping[str, Callable[..., None]] = {
    "bottle": build_bottle,
    "watch": build_watch,
    "phone": build_phone,
    "shoe": build_shoe,
    "book": build_book,
}
_LIFT_LYING = 0.15
_GROUP = ((-0.95, 0.10, 18), (-0.33, -0.06, 8), (0.33, 0.04, -8), (0.95, 0.12, -18),
          (0.02, 0.62, 0))  # fmt: skip
"""Places in a group: across, behind, turn."""
_CHILD = 0.66
_TALLEST, _SMALLEST = 2.6, 0.30
"""Bounds on how much larger or smaller than the main figure another one is shown."""


def is_mirrored(brief: Brief) -> bool:
    """Whether the composition wants the stand-in seen straight from the front."""
    return brief.composition == "symmetrical"


def width_of(solids: list[Solid]) -> tuple[float, float]:
    """Return how far solids reach left and right of the origin."""
    low, high = 0.0, 0.0
    for solid in solids:
        radius = solid.radius * (0.72 if isinstance(solid.shape, RoundBox | Cylinder) else 0.9)
        low = min(low, float(solid.centre[0]) - radius)
        high = max(high, float(solid.centre[0]) + radius)
    return low, high


def _place(brief: Brief, figure: Figure, seed: int) -> Placement:
    role = role_of(figure)
    lying = role.lies and brief.angle == "flat-lay"
    turn = 0.0 if role.steady or lying else facing(seed)
    yaw = role.frontal if is_mirrored(brief) else role.yaw + turn
    place = Placement(yaw=yaw, lying=lying, z=_LIFT_LYING if lying else 0.0)
    return replace(place, y=-role.middle) if lying else place


def place_subject(model: Modeller, brief: Brief, seed: int, *, close: bool) -> dict[int, range]:
    """Add the figures that were given no spot in a row; return the parts of each by number.

    The main one stands at the origin if the picture is a close one, else the row is centred.
    """
    row = [n for n, figure in enumerate(brief.figures) if n == 0 or figure.spot is None]
    built = [_trial(brief, n, seed) for n in row]
    places, at = [0.0], built[0][1]
    for low, high in built[1:]:
        gap = 0.10 * (high - low)
        places.append(at + gap - low)
        at += gap + high - low
    middle = 0.0 if close or len(row) == 1 else (built[0][0] + at) / 2
    return {
        n: add_figure(model, brief, n, seed, Placement(x=x - middle))
        for n, x in zip(row, places, strict=True)
    }


def _trial(brief: Brief, number: int, seed: int) -> tuple[float, float]:
    model = Modeller(0)
    add_figure(model, brief, number, seed, Placement())
    return width_of(model.solids)


def scale_of(brief: Brief, figure: Figure) -> float:
    """Return the scale that shows a figure in proportion to the main one."""
    main = brief.main
    if figure is main:
        return 1.0
    if figure.size and main.size:
        ratio = figure.size / main.size
    else:
        ratio = true_height(figure) / true_height(main)
    ratio = max(_SMALLEST, min(_TALLEST, ratio))
    return ratio * role_of(main).height / role_of(figure).height


def add_figure(model: Modeller, brief: Brief, number: int, seed: int, where: Placement) -> range:
    """Add one figure with all its copies at a place; return its parts."""
    figure, first = brief.figures[number], model.next_part
    place, scale = _place(brief, figure, seed), scale_of(brief, figure) * where.scale
    place = replace(
        place, x=where.x, y=place.y * scale + where.y, z=place.z + where.z,
        yaw=place.yaw + where.yaw, scale=scale,
    )  # fmt: skip
    copies = 1 if is_people(figure) or figure.stand_in == "produce" else figure.number
    alone = Modeller(0)
    _build(alone, brief, figure, seed, (replace(place, x=0.0), number))
    low, high = width_of(alone.solids)
    for copy in range(copies):
        x = (copy - (copies - 1) / 2) * (high - low) * 1.06
        y = 0.22 * (high - low) * (copy % 2)
        spot = replace(place, x=place.x + x, y=place.y + y)
        _build(model, brief, figure, seed, (spot, number))
    return range(first, model.next_part)


def _build(
    model: Modeller, brief: Brief, figure: Figure, seed: int, where: tuple[Placement, int]
) -> None:
    place, number = where
    model.set_down(place)
    if figure.stand_in in PEOPLE:
        _people(model, brief, figure, seed, where)
    elif figure.stand_in in _ON_A_PLINTH:
        _ON_A_PLINTH[figure.stand_in](model, figure, plinth=not place.lying)
    elif figure.stand_in in {"landscape", "tree"}:
        big = figure.stand_in == "landscape"
        model.set_down(replace(place, scale=place.scale * (1.15 if big else 1.0)))
        kind = "palm" if brief.setting == "beach" else "" if big else figure.kind
        if figure.kind in {"forest", "mountain"} and big:
            kind = "conifer"
        build_tree(model, figure.paints.primary, stream(seed, f"hero tree {number}"), kind)
    elif figure.stand_in == "interior":
        build_interior(model, figure, place)
    else:
        _THINGS[figure.stand_in](model, figure)


def _people(
    model: Modeller, brief: Brief, figure: Figure, seed: int, where: tuple[Placement, int]
) -> None:
    place, number = where
    grey = brief.mannequins
    first = imagine(figure, seed, number=10 * number, mannequin=grey)
    if figure.stand_in == "person":
        size = _CHILD if first.child and len(brief.figures) > 1 else 1.0
        model.set_down(replace(place, scale=place.scale * size))
        build_person(model, first)
        return
    count = 2 if figure.stand_in == "couple" else max(3, min(5, figure.number if figure.number > 1
                                                             else 4))  # fmt: skip
    spots = ((-0.36, 0.0, 18), (0.38, 0.0, -16)) if count == 2 else _GROUP[: max(count, 3)]
    family = figure.says("family|parents|mother|father")
    for i, (x, back, turn) in enumerate(spots):
        look = imagine(figure, seed, number=10 * number + i, mannequin=grey)
        if i:
            look = replace(look, feminine=first.feminine == (i % 2 == 0), pose="standing")
            look = replace(look, coiffure="long" if look.feminine else "short")
            other = imagine(None, seed, number=10 * number + i, mannequin=grey)
            if not figure.painted:
                look = replace(look, upper=other.upper, lower=other.lower)
        child = _CHILD if figure.says("children|kids") or (family and i % 3 == 2) else 1.0
        model.set_down(_beside(place, (x, back), turn, child))
        build_person(model, look)


def _beside(place: Placement, offset: tuple[float, float], turn: float, child: float) -> Placement:
    x, y = (value * place.scale for value in offset)
    c, s = math.cos(math.radians(place.yaw)), math.sin(math.radians(place.yaw))
    if place.lying:
        c, s = 1.0, 0.0
    return replace(
        place, x=place.x + x * c - y * s, y=place.y + (x * s + y * c) * (not place.lying),
        yaw=place.yaw * 0.3 + turn, scale=place.scale * child,
    )  # fmt: skip
