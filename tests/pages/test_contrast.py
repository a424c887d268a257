"""Text that can be read in both themes: at least 4.5:1 (WCAG 2.2, 1.4.3)."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
THEMES = tomllib.loads((ROOT / ".streamlit/config.toml").read_text())["theme"]
STYLES = (ROOT / "pages/parts/shared/styles.css").read_text()
WALL = (ROOT / "pages/components/library/library.css").read_text()
LEAST, LEAST_DISABLED = 4.5, 3.0
TINT = 0.1
"""Of the primary colour behind its own text, where something is chosen."""

Colour = tuple[float, float, float]


def colour_of(written: str) -> Colour:
    red, green, blue = (int(written[place : place + 2], 16) for place in (1, 3, 5))
    return red, green, blue


def blend(above: Colour, below: Colour, opacity: float) -> Colour:
    red, green, blue = (opacity * a + (1 - opacity) * b for a, b in zip(above, below, strict=True))
    return red, green, blue


def luminance(colour: Colour) -> float:
    """The relative luminance of WCAG 2.2."""
    parts = [part / 255 for part in colour]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    lower, higher = sorted((luminance(one), luminance(other)))
    return (higher + 0.05) / (lower + 0.05)


def styled(selector: str, scheme: str) -> Colour:
    """The `light-dark()` colour that a rule of the style sheet sets."""
    rule = STYLES.split(selector, 1)[1].split("}", 1)[0]
    found = re.search(r"color: light-dark\((#\w{6}), (#\w{6})\)", rule)
    assert found is not None, selector
    return colour_of(found[1 if scheme == "light" else 2])


def backgrounds(scheme: str) -> list[Colour]:
    names = ("backgroundColor", "secondaryBackgroundColor")
    return [colour_of(THEMES[scheme][name]) for name in names]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_every_fainter_text_can_be_read_on_both_backgrounds(scheme: str) -> None:
    faint = {float(found) for found in re.findall(r"[{;] *opacity: (0\.\d+)", STYLES)}
    assert 0.7 in faint
    text = colour_of(THEMES[scheme]["textColor"])

    for below in backgrounds(scheme):
        for opacity in (1.0, *(one for one in faint if one > 0.5)):
            assert contrast(blend(text, below, opacity), below) >= LEAST, opacity


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_words_on_a_primary_button_can_be_read(scheme: str) -> None:
    primary = colour_of(THEMES[scheme]["primaryColor"])

    assert contrast(styled('Button-primary"]:not(:disabled)', scheme), primary) >= LEAST


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_chosen_can_be_read_on_its_tint(scheme: str) -> None:
    primary = colour_of(THEMES[scheme]["primaryColor"])

    for below in backgrounds(scheme)[:1]:
        assert contrast(primary, blend(primary, below, TINT)) >= LEAST


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_disabled_button_can_still_be_made_out(scheme: str) -> None:
    for below in backgrounds(scheme):
        assert contrast(styled('"stBaseButton"]:disabled', scheme), below) >= LEAST_DISABLED


def test_the_signs_of_targets_and_the_marks_on_pictures_can_be_read() -> None:
    white = colour_of("#ffffff")
    signs = re.findall(r"^\.stat-targets [^{]*\{[^}]*background: (#\w{6})", STYLES, re.MULTILINE)
    mark = re.search(r"color: #fff; background: rgba\((\d+), (\d+), (\d+), ([\d.]+)\)", WALL)
    assert len(signs) == 3
    assert mark is not None
    dark = (float(mark[1]), float(mark[2]), float(mark[3]))

    for sign in signs:
        assert contrast(white, colour_of(sign)) >= LEAST
    assert contrast(white, blend(dark, white, float(mark[4]))) >= LEAST
