"""Bytes are looked at before they are trusted."""

from __future__ import annotations

import contextlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from core.engines.bria.pictures import LONGEST_SIDE, Looked, PictureError, look_at
from tests.fakes.bria_server.pictures import blank, draw


def drawn(form: str) -> bytes:
    if form != "webp":
        return draw(7, 120, 80, form)
    target = io.BytesIO()
    with Image.open(io.BytesIO(draw(7, 120, 80))) as picture:
        picture.save(target, "WEBP")
    return target.getvalue()


def kind_of(content: bytes) -> str:
    with pytest.raises(PictureError) as raised:
        look_at(content)
    return raised.value.kind


@pytest.mark.parametrize("form", ["png", "jpeg", "webp"])
def test_a_sound_picture_is_told_by_its_bytes(form: str) -> None:
    assert look_at(drawn(form)) == Looked(media_type=f"image/{form}", width=120, height=80)


@pytest.mark.parametrize("form", ["png", "jpeg", "webp"])
@pytest.mark.parametrize("part", [0.3, 0.6, 0.97])
def test_a_picture_that_lacks_its_end_is_damaged(form: str, part: float) -> None:
    content = drawn(form)

    assert kind_of(content[: int(len(content) * part)]) == "truncated_image"


def test_both_checks_are_needed() -> None:
    png = drawn("png")

    assert kind_of(png[:-12]) == "truncated_image"
    assert kind_of(png[:-20] + bytes(4) + png[-16:]) == "truncated_image"


@pytest.mark.parametrize("form", ["GIF", "BMP", "TIFF", "PPM"])
def test_other_formats_are_no_pictures_here(form: str) -> None:
    target = io.BytesIO()
    Image.new("RGB", (8, 8)).save(target, form)

    assert kind_of(target.getvalue()) == "not_an_image"


@pytest.mark.parametrize("content", [b"", b"<svg/>", b"RIFF1234WAVE", b"\x89PNG\r\n"])
def test_bytes_without_the_mark_of_a_format_are_no_picture(content: bytes) -> None:
    assert kind_of(content) == "not_an_image"


def test_pixels_are_counted_before_they_are_unpacked() -> None:
    assert look_at(blank(LONGEST_SIDE, 8)).width == LONGEST_SIDE
    assert kind_of(blank(LONGEST_SIDE + 1, 8)) == "too_many_pixels"
    assert kind_of(blank(8, LONGEST_SIDE + 1)) == "too_many_pixels"
    assert kind_of(blank(6_400, 6_400)) == "too_many_pixels"
    # Pillow itself warns from 89 and refuses from 179 megapixels on.
    assert kind_of(blank(10_000, 10_000)) == "too_many_pixels"
    assert kind_of(blank(15_000, 15_000)) == "too_many_pixels"


@given(
    start=st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\x20\0\0\0WEBP"]),
    rest=st.binary(max_size=200),
)
def test_noise_under_a_good_mark_breaks_nothing(start: bytes, rest: bytes) -> None:
    assert kind_of(start + rest) in {"truncated_image", "too_many_pixels"}


@given(place=st.integers(8, 400), value=st.integers(0, 255))
def test_a_flipped_byte_breaks_nothing(place: int, value: int) -> None:
    content = bytearray(drawn("png"))
    content[place % len(content)] = value

    with contextlib.suppress(PictureError):
        assert look_at(bytes(content)).media_type == "image/png"
