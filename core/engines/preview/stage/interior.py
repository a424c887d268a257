"""The furnished room: living room, kitchen, bedroom, office or bathroom as a subject."""

from __future__ import annotations

from dataclasses import replace

from core.engines.preview.figure import Figure
from core.engines.preview.modeller import Finish, Modeller, Placement
from core.engines.preview.stage.furniture import build_furniture

_SETS = {  # piece, x, y, turn, size
    "living room": (("sofa", 0.0, 0.7, 0, 1.0), ("table", 0.0, -0.55, 0, 0.62),
                    ("lamp", 1.65, 0.9, 0, 1.1), ("armchair", -1.75, -0.1, 52, 0.95),
                    ("shelf", -1.5, 1.7, 0, 1.0)),
    "kitchen": (("oven", -0.2, 1.2, 0, 1.0), ("fridge", 1.15, 1.2, 0, 1.15),
                ("table", 0.0, -0.35, 0, 0.95), ("chair", -1.25, -0.45, -60, 0.8),
                ("chair", 1.25, -0.45, 60, 0.8), ("shelf", -1.7, 1.5, 0, 1.0)),
    "bedroom": (("bed", 0.0, 0.2, 0, 1.0), ("lamp", 1.55, 1.3, 0, 1.0),
                ("shelf", -1.95, 1.4, 0, 0.9)),
    "office": (("desk", 0.0, 0.1, 0, 1.0), ("chair", -0.35, 0.95, 180, 0.9),
               ("shelf", 1.55, 1.5, 0, 1.0), ("lamp", -1.55, 0.9, 0, 1.0)),
    "bathroom": (("bath", -0.35, 0.6, 0, 1.1), ("toilet", 1.35, 0.7, -20, 0.8),
                 ("shelf", -1.95, 1.5, 0, 0.8)),
}  # fmt: skip


def build_interior(model: Modeller, figure: Figure, place: Placement) -> None:
    """Add the furniture of a room around a rug."""
    model.set_down(place)
    model.part()
    rug = figure.paints.secondary * 0.6 + 0.12
    model.cylinder((0, -0.1, 0.012), (1.55, 0.012, 0.005), rug, Finish(rough=0.95))
    tones = (figure.paints.primary, figure.paints.accent, figure.paints.secondary)
    for number, (kind, x, y, turn, size) in enumerate(_SETS.get(figure.kind, _SETS["living room"])):
        model.set_down(replace(place, x=place.x + x * place.scale, y=place.y + y * place.scale,
                               yaw=turn, scale=place.scale * size))  # fmt: skip
        paints = replace(figure.paints, primary=tones[number % 3])
        build_furniture(model, replace(figure, kind=kind, paints=paints, painted=False))
