"""Furniture stand-ins and the furnished room."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from core.engines.preview.arrays import Floats
from core.engines.preview.colour import linear
from core.engines.preview.figure import Figure
from core.engines.preview.modeller import LACQUER, STEEL, Finish, Modeller

_WEAVE = Finish(rough=0.85)
_WOOD = Finish(rough=0.4)
_OAK, _WALNUT = "a8763f", "6b4a30"


def build_furniture(model: Modeller, figure: Figure) -> None:
    """Add one piece of furniture that faces the negative y axis."""
    _PIECES.get(figure.kind, _armchair)(model, figure)


def _armchair(model: Modeller, figure: Figure) -> None:
    _seat(model, figure.paints.primary, 0.46)


def _sofa(model: Modeller, figure: Figure) -> None:
    _seat(model, figure.paints.primary, 1.05)
    for x, paint in ((-0.55, figure.paints.accent), (0.55, figure.paints.secondary)):
        model.part()
        model.box((x, 0.16, 0.78), (0.24, 0.10, 0.20), 0.09, paint, _WEAVE)


def _seat(model: Modeller, cloth: Floats, half: float) -> None:
    model.part(0.03)
    model.box((0, 0, 0.48), (half, 0.42, 0.10), 0.07, cloth, _WEAVE)
    model.box((0, 0.36, 0.88), (half, 0.09, 0.40), 0.08, cloth, _WEAVE)
    for side in (1, -1):
        model.box((side * (half + 0.04), 0.02, 0.62), (0.07, 0.42, 0.20), 0.06, cloth, _WEAVE)
    model.part()
    for x in (half - 0.06, 0.06 - half):
        for y in (-0.34, 0.36):
            foot = (x * 1.06, y * 1.1, 0.02)
            model.cone((x, y, 0.4), foot, (0.03, 0.018), linear("8a5a34"), _WOOD)


def _stool(model: Modeller, figure: Figure) -> None:
    wood = figure.paint(_OAK, 0.15)
    model.part()
    model.box((0, 0, 0.62), (0.34, 0.32, 0.04), 0.03, wood, _WOOD)
    for x in (0.28, -0.28):
        for y in (-0.26, 0.26):
            model.part()
            top = 0.62 if y < 0 else 1.40
            model.cone((x, y, top), (x * 1.12, y * 1.12, 0.02), (0.032, 0.028), wood, _WOOD)
    for z in (0.95, 1.12, 1.30):
        model.part()
        model.box((0, 0.27, z), (0.28, 0.02, 0.05), 0.015, wood, _WOOD)


def _table(model: Modeller, figure: Figure) -> None:
    wood = figure.paint(_OAK, 0.15)
    model.part()
    model.box((0, 0, 0.80), (1.05, 0.55, 0.04), 0.02, wood, _WOOD)
    for x in (0.94, -0.94):
        for y in (-0.45, 0.45):
            model.part()
            model.box((x, y, 0.38), (0.045, 0.045, 0.38), 0.01, wood * 0.85, _WOOD)
    if figure.kind == "desk":
        model.part()
        model.box((0.62, 0, 0.55), (0.28, 0.45, 0.20), 0.02, wood * 0.8, _WOOD)
    else:
        _bowl(model, figure, 0.84)


def _bowl(model: Modeller, figure: Figure, z: float) -> None:
    model.part()
    size = (0.10, 0.08, 0.02)
    model.cylinder((0, 0, z + 0.08), size, figure.paints.secondary, LACQUER, top=0.24)
    for x, y, code in ((-0.08, 0, "d3222a"), (0.09, 0.03, "e9a41e"), (0.0, -0.09, "6f9a3a")):
        model.part()
        model.ball((x, y, z + 0.19), (0.085, 0.085, 0.08), linear(code), Finish(rough=0.35))


def _bed(model: Modeller, figure: Figure) -> None:
    wood = linear(_WALNUT)
    model.part()
    model.box((0, 0.2, 0.26), (1.05, 1.35, 0.14), 0.03, wood, _WOOD)
    model.part()
    model.box((0, 1.55, 0.75), (1.05, 0.06, 0.55), 0.04, wood, _WOOD)
    model.part()
    model.box((0, 0.2, 0.50), (1.0, 1.28, 0.16), 0.12, linear("f0ece4"), _WEAVE)
    model.part()
    model.box((0, -0.25, 0.56), (1.04, 0.90, 0.14), 0.12, figure.paints.primary, _WEAVE)
    for x in (-0.48, 0.48):
        model.part()
        model.box((x, 1.15, 0.74), (0.38, 0.24, 0.12), 0.11, linear("faf7f0"), _WEAVE)


def _status(model: Modeller, figure: Figure) -> None:
    model.part()
    model.cylinder((0, 0, 0.03), (0.26, 0.03, 0.01), linear("2a2c30"), STEEL)
    model.cone((0, 0, 0.03), (0, 0, 1.2), (0.022, 0.022), linear("2a2c30"))
    model.part()
    shade = figure.paint("f4e2b8", 0.2)
    model.cylinder((0, 0, 1.32), (0.36, 0.22, 0.02), shade, Finish(0.9, glow=0.16), top=0.22)


def _shelf(model: Modeller, figure: Figure) -> None:
    wood, paints = figure.paint(_WALNUT, 0.1), figure.paints
    for x in (-0.75, 0.75):
        model.part()
        model.box((x, 0, 0.85), (0.03, 0.18, 0.85), 0.01, wood, _WOOD)
    model.part()
    model.box((0, 0.17, 0.85), (0.75, 0.012, 0.85), 0.005, wood * 0.6, _WOOD)
    for row in range(4):
        z = 0.06 + row * 0.53
        model.part()
        model.box((0, 0, z), (0.75, 0.18, 0.025), 0.01, wood, _WOOD)
        for i in range(0 if row == 3 else 5):
            tone = (paints.primary, paints.secondary, paints.accent)[(row + i) % 3]
            tall = 0.15 + 0.02 * ((i * 3 + row) % 4)
            model.part()
            book = (-0.6 + 0.27 * i, -0.02, z + 0.03 + tall)
            model.box(book, (0.10, 0.13, tall), 0.01, tone * 0.8, Finish(0.7))


def _piano(model: Modeller, figure: Figure) -> None:
    case = figure.paint("141416", 0.03)
    model.part()
    model.box((0, 0.15, 0.75), (0.95, 0.26, 0.72), 0.03, case, LACQUER)
    model.part()
    model.box((0, -0.22, 0.72), (0.95, 0.24, 0.07), 0.02, case, LACQUER)
    model.part()
    model.box((0, -0.27, 0.80), (0.86, 0.16, 0.02), 0.005, linear("f6f3ea"), Finish(rough=0.2))
    for i in range(18):
        if i % 7 not in {2, 6}:
            model.part()
            model.box(
                (-0.80 + 0.094 * i, -0.21, 0.83), (0.022, 0.09, 0.02), 0.004, linear("121214")
            )
    for side in (1, -1):
        model.part()
        model.box((side * 0.88, -0.32, 0.34), (0.05, 0.06, 0.34), 0.01, case, LACQUER)
    model.part()
    model.box((0, -0.08, 1.12), (0.34, 0.015, 0.18), 0.005, linear("f4f0e4"), Finish(rough=0.8))


def _bath(model: Modeller, figure: Figure) -> None:
    white = figure.paint("f4f4f2", 0.03)
    model.part(0.04)
    model.box((0, 0, 0.45), (0.95, 0.44, 0.30), 0.22, white, Finish(rough=0.12))
    model.part()
    model.box((0, 0, 0.73), (0.80, 0.30, 0.03), 0.02, linear("9fd0dc"), Finish(rough=0.05))
    model.part()
    model.cone((0.82, 0, 0.7), (0.82, 0, 1.05), (0.03, 0.03), linear("c8ccd2"), STEEL)
    model.cone((0.82, 0, 1.05), (0.62, 0, 1.0), (0.03, 0.025), linear("c8ccd2"), STEEL)


def _toilet(model: Modeller, figure: Figure) -> None:
    white = figure.paint("f4f4f2", 0.03)
    model.part(0.05)
    model.ball((0, -0.05, 0.42), (0.30, 0.40, 0.22), white, Finish(rough=0.12))
    model.cone((0, 0.05, 0.05), (0, 0, 0.35), (0.20, 0.18), white, Finish(rough=0.12))
    model.part()
    model.ring((0, -0.05, 0.62), (0.25, 0.04), white * 0.9, Finish(rough=0.12))
    model.part()
    model.box((0, 0.40, 0.85), (0.34, 0.12, 0.30), 0.05, white, Finish(rough=0.12))


def _oven(model: Modeller, figure: Figure) -> None:
    case = figure.paint("d4d6d9", 0.05)
    tall = 1.55 if figure.kind == "fridge" else 0.92
    model.part()
    model.box((0, 0, tall / 2), (0.52, 0.42, tall / 2), 0.03, case, Finish(rough=0.3))
    model.part()
    if figure.kind == "fridge":
        model.box((0, -0.425, 1.0), (0.52, 0.006, 0.008), 0.003, linear("3a3c40"))
        model.cone((-0.4, -0.46, 1.1), (-0.4, -0.46, 1.4), (0.02, 0.02), linear("7a7d82"), STEEL)
        return
    model.box((0, -0.425, 0.44), (0.40, 0.008, 0.24), 0.004, linear("101216"), Finish(rough=0.05))
    for x in (-0.24, 0.24):
        for y in (-0.18, 0.18):
            model.part()
            model.cylinder((x, y, 0.93), (0.15, 0.012, 0.004), linear("16181c"))


def _fan(model: Modeller, figure: Figure) -> None:
    blade = figure.paint("8a5a34", 0.15)
    model.part()
    model.cone((0, 0, 1.5), (0, 0, 0.95), (0.035, 0.035), linear("b4b8be"), STEEL)
    model.cylinder((0, 0, 0.92), (0.17, 0.09, 0.03), linear("b4b8be"), STEEL)
    model.part()
    model.ball((0, 0, 0.78), (0.17, 0.17, 0.13), linear("fff2d0"), Finish(rough=0.3, glow=0.35))
    for x, y in ((0.62, 0.18), (-0.62, -0.18), (0.18, -0.62), (-0.18, 0.62)):
        model.part()
        model.ball((x, y, 0.94), (0.46 if abs(x) > 0.4 else 0.17,
                                  0.17 if abs(x) > 0.4 else 0.46, 0.03), blade)  # fmt: skip


def _screen(model: Modeller, figure: Figure) -> None:
    model.part()
    model.box((0, 0, 0.95), (0.85, 0.05, 0.50), 0.02, linear("101216"), Finish(rough=0.2))
    model.part()
    model.box((0, -0.052, 0.95), (0.80, 0.005, 0.45), 0.003, figure.paints.secondary,
              Finish(rough=0.1, glow=0.08))  # fmt: skip
    model.part()
    model.box((0, 0.05, 0.22), (0.80, 0.24, 0.20), 0.02, linear(_WALNUT), _WOOD)


_PIECES: Mapping[str, Callable[[Modeller, Figure], None]] = {
    "armchair": _armchair,
    "sofa": _sofa,
    "chair": _stool,
    "table": _table,
    "desk": _table,
    "bed": _bed,
    "lamp": _status,
    "shelf": _shelf,
    "piano": _piano,
    "bath": _bath,
    "toilet": _toilet,
    "oven": _oven,
    "fridge": _oven,
    "fan": _fan,
    "screen": _screen,
}
