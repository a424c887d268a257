"""Film: exposure, bloom, the tone curve, vignette and grain."""

import math

import numpy as np

from core.engines.preview.arrays import Floats, clip01, luminance, saturated, smoothstep
from core.engines.preview.filters import blur, grain
from core.engines.preview.focus import FULL_SIZE
from core.engines.preview.grade import contrasted, split_toned
from core.engines.preview.layers import Layers
from core.engines.preview.looks import Look
from core.engines.preview.scene import Scene

_OUTDOORS = 0.74
_GAMMA = 1 / 2.2


def exposed(hdr: Floats, layers: Layers, target: float) -> Floats:
    """Return the light scaled most of the way towards a mean brightness of `target`.

    Log-average metering (Reinhard et al., 2002), leaning towards the subject; the exponent below
    one leaves dark scenes darker than bright ones.
    """
    light = luminance(hdr[:, ::4, ::4])
    logs = np.log(np.clip(light, 1e-3, 6))
    subject = layers.ids[::4, ::4] > 0
    metered = float(logs.mean(dtype=np.float64))
    if subject.any():
        spot = float(np.log(np.exp(logs)[subject].mean(dtype=np.float64) * 0.8))
        metered = 0.62 * metered + 0.38 * spot
    return hdr * float((target / math.exp(metered)) ** 0.55)


def bloomed(hdr: Floats, amount: float, *, night: bool) -> Floats:
    """Return the light with a halo around what is brighter than paper."""
    if not amount:
        return hdr
    u = min(hdr.shape[-2:]) / FULL_SIZE
    bright = np.clip(hdr - 0.85, 0, 6)
    halo = blur(bright, 12 * u) + blur(bright, 48 * u)
    veil = (0.02 if night else 0.05) * (blur(np.minimum(hdr, 3), 26 * u) - hdr)
    return hdr + amount * halo + veil


def tone_curve(x: Floats) -> Floats:
    """Return the filmic curve (Narkowicz's fit of ACES, 2015), per channel."""
    x = np.maximum(x, 0)
    return clip01((x * (2.51 * x + 0.03)) / (x * (2.43 * x + 0.59) + 0.14))


def developed(hdr: Floats, layers: Layers, scene: Scene, look: Look) -> Floats:
    """Return the display-referred picture (3, height, width), before palette and hand."""
    target = scene.rig.exposure * (1 if scene.brief.indoors else _OUTDOORS)
    hdr = exposed(hdr, layers, target) * (1.05 * look.exposure)
    if look.flat_light:
        paint = layers.albedo * (target * 4.2)
        hdr = hdr * (1 - look.flat_light * layers.cover) + paint * (look.flat_light * layers.cover)
    hdr = bloomed(hdr, look.bloom, night=scene.rig.night)
    image = tone_curve(hdr) ** _GAMMA
    if not look.drawn:
        image = contrasted(image, look.contrast)
    image = saturated(image, look.saturation if not scene.rig.neon else 1.0)
    if any(look.shadows) or any(look.highlights):
        image = split_toned(image, look.shadows, look.highlights)
    if look.white_plate:
        clean = look.white_plate * (1 - layers.cover)
        white = 0.62 + 0.38 * luminance(image)
        image = image + (white + 0.35 * (image - luminance(image)) - image) * clean
    return clip01(image * (1 - look.lift) + look.lift)


def finished(image: Floats, scene: Scene, look: Look, chance: np.random.Generator) -> Floats:
    """Return the picture with vignette, grain and cinema bars."""
    height, width = image.shape[-2:]
    y, x = np.linspace(-0.5, 0.5, height), np.linspace(-0.5, 0.5, width)
    radius = np.hypot(x[None, :], y[:, None]).astype(np.float32) * 1.3
    corners = look.vignette * (1 - 0.85 * scene.rig.whiten)
    image = image * (1 - corners * smoothstep(0.45, 1.05, radius))
    if look.grain:
        strength = look.grain * min(1.0, (min(height, width) / FULL_SIZE) ** 0.5)
        image = image + strength * grain(chance, (height, width), ((1, 0.8), (2, 0.4)))
    if look.bars:
        bar = round(height * look.bars)
        image[:, :bar] = 0.02
        image[:, height - bar :] = 0.02
    return clip01(image)
