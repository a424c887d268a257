"""File names of an archive: whatever a row holds, the name is safe and its own."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pathvalidate import Platform, validate_filename

from core.errors import InvalidRequestError
from core.export.names import (
    DEFAULT_TEMPLATE,
    LONGEST_NAME_BYTES,
    NAME_FIELDS,
    Names,
    check_template,
)

VALUES = dict.fromkeys(NAME_FIELDS, "")


def test_a_name_is_filled_from_the_template() -> None:
    values = {**VALUES, "row_id": "A 7", "prompt": "a red boat, at sea", "seed": "42"}

    assert Names(DEFAULT_TEMPLATE).give(values, "png") == "A 7_a red boat- at sea_42.png"


def test_equal_names_are_numbered_whatever_their_case() -> None:
    names = Names("{row_id}")
    given_names = [names.give({**VALUES, "row_id": row}, "png") for row in ("a", "A", "a", "a-2")]

    assert given_names == ["a.png", "A-2.png", "a-3.png", "a-2-2.png"]


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("../../etc/passwd", "etc-passwd.png"),
        ("C:\\windows\\x", "C-windows-x.png"),
        ("con", "_con.png"),
        *((name, f"_{name}.png") for name in ("PRN", "Aux", "nul", "COM7", "lpt9", "con.tar")),
        ("com¹", "_com¹.png"),
        ("con ", "_con.png"),
        ("clock$", "clock.png"),
        ("", "picture.png"),
        ("...", "picture.png"),
        ("a\0b\nc", "a-b-c.png"),
        ("é" * 300, "é" * 60 + ".png"),
    ],
)
def test_a_hostile_value_gives_a_harmless_name(value: str, name: str) -> None:
    assert Names("{row_id}").give({**VALUES, "row_id": value}, "png") == name


def test_a_name_is_cut_at_its_bytes_and_between_two_characters() -> None:
    values = {**VALUES, **dict.fromkeys(("row_id", "prompt", "tag", "style"), "雪" * 60)}
    (name,) = [Names("{row_id}{prompt}{tag}{style}").give(values, "png")]

    assert name == "雪" * (LONGEST_NAME_BYTES // 3) + ".png"


def test_half_a_character_is_no_part_of_a_name() -> None:
    assert Names("{row_id}").give({**VALUES, "row_id": "a\ud800b"}, "png") == "a-b.png"


@given(st.lists(st.text(), max_size=8), st.text(max_size=300))
def test_any_text_gives_safe_names_of_their_own(row_ids: list[str], prompt: str) -> None:
    names = Names("{batch}/{row_id}_{prompt}")
    made = [names.give({**VALUES, "row_id": one, "prompt": prompt}, "png") for one in row_ids]

    assert len({name.casefold() for name in made}) == len(made)
    for name in made:
        assert not re.search(r'[/\\:*?"<>|\x00-\x1f]', name)
        assert not name.startswith(".")
        assert len(name.encode()) < 255
        validate_filename(name, platform=Platform.UNIVERSAL)


@pytest.mark.parametrize(
    ("template", "sentence"),
    [
        ("{promt}", 'did you mean "{prompt}"'),
        ("{row_id", "cannot be read"),
        ("picture", "names no field"),
        ("{row_id!r}", "cannot hold"),
        ("{row_id.__class__}", "cannot hold"),
        ("{}", "cannot hold"),
    ],
)
def test_a_template_that_cannot_be_filled_is_refused(template: str, sentence: str) -> None:
    with pytest.raises(InvalidRequestError, match=re.escape(sentence)):
        check_template(template)
