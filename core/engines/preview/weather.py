"""Rain and snow in front of the lens, in three layers of depth."""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from core.engines.preview.arrays import Floats
from core.engines.preview.focus import FULL_SIZE

_LAYERS = ((900, 1.2), (320, 2.4), (70, 5.5))
"""Number of particles in a full-size picture and their size in pixels."""


def weathered(image: Floats, weather: str, air: Floats, chance: np.random.Generator) -> Floats:
    """Return the picture with flakes or streaks the colour of the horizon."""
    height, width = image.shape[-2:]
    u = min(height, width) / FULL_SIZE
    tint = np.minimum(air * 0.5 + 0.5, 1).reshape(3, 1, 1)
    for depth, (count, size) in enumerate(_LAYERS):
        mask = Image.new("L", (width, height))
        pen = ImageDraw.Draw(mask)
        for across, down, spread in chance.random((count, 3)):
            x, y, r = float(across) * width, float(down) * height, size * u * (0.7 + 0.6 * spread)
            if weather == "snowfall":
                pen.ellipse((x - r, y - r, x + r, y + r), fill=225 - 40 * depth)
            else:
                wide = max(1, int(r * 0.6))
                fill = round((60 + 20 * depth) * min(1.0, r * 0.8))
                pen.line((x, y, x - r * 3, y + r * 22), fill=fill, width=wide)
        soft = mask.filter(ImageFilter.GaussianBlur(0.5 + size * u * 0.35 * (depth + 0.3)))
        share = np.asarray(soft, np.float32) / 255
        image = image * (1 - share) + tint * share
    return image
