"""A screenshot becomes small by losing pixels before colours."""

from __future__ import annotations

import io

from PIL import Image

from tests.screenshots import shrink


def screenshot(kind: Image.Image) -> bytes:
    target = io.BytesIO()
    kind.save(target, "PNG")
    return target.getvalue()


def test_a_plain_page_keeps_its_width_and_its_shape() -> None:
    small = Image.open(io.BytesIO(shrink(screenshot(Image.new("RGB", (1440, 900), "#b45309")))))

    assert (small.size, small.format) == ((1200, 750), "PNG")


def test_a_busy_page_is_made_smaller_until_it_fits() -> None:
    noise = Image.effect_noise((1440, 900), 60).convert("RGB")

    busy = shrink(screenshot(noise), most_bytes=700_000)

    assert len(busy) <= 700_000
    assert Image.open(io.BytesIO(busy)).width < 1200
