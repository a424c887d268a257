"""Contact sheets: many small shots on one page, each with its prompt and settings below it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from core.domain.vocabulary import parameter
from core.engines.preview.renderer import render
from core.engines.preview.shot import Shot

_GAP, _CAPTION, _SEED = 6, 34, 7
_PAPER, _INK, _GREY = (24, 24, 27), (235, 235, 238), (150, 150, 156)
_JPEG_QUALITY = 84


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of a sheet."""

    prompt: str
    parameters: Mapping[str, str] = field(default_factory=dict)


SCENES: tuple[Frame, ...] = (
    Frame("portrait of a woman in a green jacket", {"lighting": "golden-hour", "fov": "portrait"}),
    Frame("a man in a suit in a loft interior", {"composition": "rule-of-thirds", "fov": "wide"}),
    Frame("red sports car on a city street at night", {"color_palette": "neon", "fov": "wide"}),
    Frame("perfume bottle", {"color_palette": "pastel", "composition": "rule-of-thirds"}),
    Frame("whisky bottle", {"lighting": "dramatic", "color_palette": "warm"}),
    Frame("a detective in an alley", {"lighting": "hard", "camera_angle": "low-angle",
                                      "color_palette": "monochrome"}),
    Frame("a woman walking in the rain on a city street, neon signs", {"fov": "telephoto"}),
    Frame("a dog on a beach", {"lighting": "golden-hour"}),
    Frame("lighthouse on the coast", {"lighting": "moonlight", "camera_angle": "low-angle"}),
    Frame("cabin in a snowy forest", {"lighting": "blue-hour", "fov": "wide"}),
    Frame("a blue armchair in a loft interior", {"color_palette": "earth-tones"}),
    Frame("strawberry cake", {"color_palette": "pastel", "camera_angle": "high-angle",
                              "style": "product"}),
    Frame("yellow taxi in new york", {"composition": "leading-lines", "lighting": "overcast"}),
    Frame("mountain landscape at sunrise", {"fov": "wide"}),
    Frame("a wrist watch on black", {"lighting": "rim", "composition": "close-up"}),
    Frame("a man on a street", {"composition": "minimal", "lighting": "bright-daylight"}),
    Frame("a woman dancing", {"style": "watercolor", "color_palette": "warm"}),
    Frame("a horse in the desert", {"style": "pencil-sketch"}),
    Frame("two friends in a park", {"style": "digital-illustration", "color_palette": "vibrant"}),
    Frame("a fox in the forest", {"style": "oil-painting", "color_palette": "earth-tones"}),
)  # fmt: skip
"""The twenty shots the engine's speed is measured on."""

CAST: tuple[Frame, ...] = tuple(
    Frame(prompt)
    for prompt in (
        *("a woman in a red dress", "a man in a navy suit", "a chef", "a mannequin", "a runner"),
        *("a couple", "a family", "a man sitting", "a girl in a yellow t-shirt and shorts"),
        *("a woman with long blond hair in a grey coat", "perfume", "wine bottle", "can of soda"),
        *("jar of honey", "wrist watch", "a smartphone", "a red sneaker", "cup of tea"),
        *("a glass of orange juice", "red sports car", "a white van", "a yellow school bus"),
        *("a bicycle", "a sailboat", "an airplane", "a train", "a house", "lighthouse", "a castle"),
        *("a skyscraper", "a living room", "a kitchen", "a wooden table", "a bed", "a dog"),
        *("a horse", "a cat", "a bird", "a penguin", "an elephant", "a giraffe", "a rabbit"),
        *("a fish", "a cow", "a lion", "a frog", "a tree", "a pine forest", "snowy mountains"),
        *("burger", "pizza", "bowl of soup", "plate of pasta", "an apple", "a banana", "bread"),
        *("flowers in a vase", "a cactus", "a potted plant", "a flux capacitor"),
    )
)
"""One picture of every stand-in."""


def _of(name: str, prompt: str) -> tuple[Frame, ...]:
    return tuple(Frame(prompt, {name: entry.value}) for entry in parameter(name).values)


def sheets() -> dict[str, tuple[Frame, ...]]:
    """Return the frames of every sheet there is, by name."""
    woman, man = "a woman in a red coat on a city street", "a man in a navy suit"
    return {
        "scenes": SCENES,
        "cast": CAST,
        "camera": (*_of("camera_angle", woman), *_of("fov", woman)),
        "composition": _of("composition", woman),
        "light": (*_of("lighting", man), *_of("lighting", "red car on a city street")),
        "look": (*_of("style", woman), *_of("color_palette", "wine bottle")),
    }


def draw_sheet(frames: Sequence[Frame], *, side: int, columns: int) -> Image.Image:
    """Return the page: rows of square pictures of `side` pixels with captions."""
    rows = -(-len(frames) // columns)
    page = Image.new(
        "RGB", (columns * (side + _GAP) + _GAP, rows * (side + _CAPTION) + _GAP), _PAPER
    )
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(11)
    for number, frame in enumerate(frames):
        left = _GAP + number % columns * (side + _GAP)
        top = _GAP + number // columns * (side + _CAPTION)
        shot = Shot(
            prompt=frame.prompt, parameters=frame.parameters, seed=_SEED, width=side, height=side
        )
        page.paste(Image.fromarray(render(shot).pixels), (left, top))
        widest = side // 6
        pen.text((left, top + side + 2), frame.prompt[:widest], _INK, font)
        stated = ", ".join(frame.parameters.values())
        pen.text((left, top + side + 15), stated[:widest], _GREY, font)
    return page


def save_sheet(page: Image.Image, target: Path) -> None:
    """Write the page as JPEG or, if the name says so, as PNG."""
    if target.suffix.lower() == ".png":
        page.save(target, optimize=True)
    else:
        page.save(target, quality=_JPEG_QUALITY, optimize=True, progressive=True)
