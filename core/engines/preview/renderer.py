"""Renders a shot: brief, scene, trace, film, hand, print."""

import numpy as np

from core.domain.scene import write_structured_prompt
from core.engines.preview.account import account
from core.engines.preview.arrays import Floats
from core.engines.preview.brief import Brief, understand
from core.engines.preview.brushes import BRUSHES, Sheet
from core.engines.preview.camera import ANGLES, LENSES
from core.engines.preview.film import developed, finished
from core.engines.preview.focus import focused, tilted
from core.engines.preview.grade import GRADES, graded
from core.engines.preview.layers import Layers
from core.engines.preview.lettering import lettered
from core.engines.preview.looks import LOOKS, Look
from core.engines.preview.scene import Scene, build_scene
from core.engines.preview.shot import Picture, Shot
from core.engines.preview.sky import horizon_paint
from core.engines.preview.streams import stream
from core.engines.preview.tracer import Tracer
from core.engines.preview.weather import weathered

_CLOSE_BLUR = 0.7


def render(shot: Shot) -> Picture:
    """Return the picture of a shot; the same shot gives the same bytes.

    Raises:
        ValueError: if a parameter or one of its values is unknown.
    """
    brief = understand(shot)
    scene = build_scene(brief, shot.seed, (shot.width, shot.height))
    layers = Tracer(scene).trace()
    image = _printed(scene, layers, shot.seed)
    pixels = (np.ascontiguousarray(image.transpose(1, 2, 0)) * 255 + 0.5).astype(np.uint8)
    if brief.lettering:
        pixels = lettered(pixels, brief.lettering)
    return Picture(
        pixels=pixels,
        object_ids=layers.ids,
        depth=layers.depth,
        light=layers.plate * (1 - layers.cover) + layers.subject,
        readings=brief.readings,
        structured_prompt=write_structured_prompt(account(shot, scene, layers.ids)),
    )


def _blur_of(brief: Brief, look: Look) -> float:
    if look.deep or look.drawn or ANGLES[brief.angle].deep or LENSES[brief.lens].tilted:
        return 0.0
    strength = LENSES[brief.lens].blur
    if brief.focus:
        return 0.0 if brief.focus == "deep" else max(strength, _CLOSE_BLUR)
    if brief.angle in {"over-the-shoulder", "point-of-view"}:
        return max(strength, 0.8)
    return max(strength, _CLOSE_BLUR) if brief.composition == "close-up" else strength


def _printed(scene: Scene, layers: Layers, seed: int) -> Floats:
    brief, look = scene.brief, LOOKS[scene.brief.style]
    chance, distance = stream(seed, "film"), scene.framing.distance
    light = focused(layers, distance, _blur_of(brief, look))
    if LENSES[brief.lens].tilted and not look.drawn:
        light = tilted(light, _focus_row(scene))
    image = graded(developed(light, layers, scene, look), GRADES[brief.palette])
    del light  # a large picture needs the memory for its brushes
    if look.drawn:
        image = BRUSHES[look.drawn](Sheet(image, layers, distance, chance))
        if look.drawn == "pencil":
            image = graded(image, GRADES[brief.palette]) * 0.35 + image * 0.65
    if brief.weather != "dry":
        image = weathered(image, brief.weather, horizon_paint(scene.rig), stream(seed, "weather"))
    return np.clip(image, 0, 1) if look.drawn else finished(image, scene, look, chance)


def _focus_row(scene: Scene) -> float:
    # Where the point the camera aims at lands, as a share of the height from the top.
    camera = scene.framing.camera
    offset = camera.shift[1] * camera.short / camera.height
    return 0.42 - offset / 2
