"""Words are found however they are spelt: sharp s, the Russian e, ligatures, full-width letters."""

from __future__ import annotations

import pytest

from core.library.spellings import MOST_SPELLINGS, spellings_of
from core.wiring import Studio
from tests.records.little_history import add_pictures

STARS, PLAIN_STARS = "\u0437\u0432\u0451\u0437\u0434\u044b", "\u0437\u0432\u0435\u0437\u0434\u044b"
FIR, DOTTED_FIR = "\u0435\u043b\u043a\u0430", "\u0451\u043b\u043a\u0430"
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


@pytest.fixture
def found(studio: Studio) -> Studio:
    prompts = (
        "die Stra\u00dfe am Meer",
        f"{FIR} \u0438 {STARS}",
        f"a \ufb01ne {'VASE'.translate(WIDE)}",
        "a kettle on a grass field",
    )
    add_pictures(studio, *({"prompt": prompt} for prompt in prompts))
    return studio


@pytest.mark.parametrize(
    ("line", "count"),
    [
        *(("strasse", 1), ("Stra\u00dfe", 1), ("STRASSE", 1), ("stra*", 1), ("gra\u00df", 1)),
        *((PLAIN_STARS, 1), (STARS, 1), (DOTTED_FIR, 1)),
        *(("fine", 1), ("\ufb01ne", 1), ("vase", 1), ("vase".translate(WIDE), 1)),
        *(("kettle".translate(WIDE), 1), ("kettl", 0), ("kettl*", 1)),
        *(('"am meer"', 1), ("\u201cam Meer\u201d", 1), ("-strasse", 3), ("-fine", 3)),
    ],
)
def test_a_word_is_found_in_each_of_its_spellings(found: Studio, line: str, count: int) -> None:
    assert found.library.count(line).number == count


@pytest.mark.parametrize("word", ["s" * 2_000, "\u0435" * 2_000, "ffi" * 500, "a", "", "\u0130ss"])
def test_no_word_has_more_spellings_than_an_index_can_be_asked_for(word: str) -> None:
    found = spellings_of(word)

    assert found[0] == word
    assert len(found) <= MOST_SPELLINGS
