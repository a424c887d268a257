"""The file: a PNG that remembers how it was made."""

import io

import numpy as np
from PIL import Image

from core.engines.preview import VERSION, encode_png
from tests.engines.preview.pictures import picture

TEXTS = {"prompt": "eine Frau 👩 — мост\nzweite Zeile", "seed": "7"}


def test_a_png_carries_its_texts_and_the_version() -> None:
    with Image.open(io.BytesIO(encode_png(picture(), TEXTS))) as image:
        image.load()
        assert {name: image.info[name] for name in TEXTS} == TEXTS
        assert image.info["Software"].endswith(VERSION)


def test_the_texts_are_international_chunks() -> None:
    encoded = encode_png(picture(), TEXTS)

    assert encoded.count(b"iTXt") == len(TEXTS) + 1
    assert b"tEXt" not in encoded


def test_a_png_shows_the_very_pixels() -> None:
    drawn = picture()
    with Image.open(io.BytesIO(encode_png(drawn, {}))) as image:
        assert image.mode == "RGB"
        assert np.array_equal(np.asarray(image), drawn.pixels)


def test_the_same_picture_gives_the_same_file() -> None:
    assert encode_png(picture(), TEXTS) == encode_png(picture(), TEXTS)


def test_texts_may_replace_the_software_line() -> None:
    with Image.open(io.BytesIO(encode_png(picture(), {"Software": "mine"}))) as image:
        image.load()
        assert image.info["Software"] == "mine"
