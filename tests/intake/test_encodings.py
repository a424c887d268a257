"""Encodings: found by mark or by their zeros, asked about otherwise, and never replaced."""

from __future__ import annotations

import pytest

from core.intake.encodings import ENCODINGS
from core.intake.readers import read_file
from core.intake.table import Answers, EncodingUnknownError, UnreadableFileError
from tests.intake.tables import cells_of

TEXT = "prompt,note\nun café à la plage,ÉTÉ\n雪の中の　赤い狐,🦊 in snow\n"
ROWS = [("un café à la plage", "ÉTÉ"), ("雪の中の　赤い狐", "🦊 in snow")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_unicode_is_read_with_and_without_a_mark(encoding: str, end: str) -> None:
    table = read_file("a.csv", TEXT.replace("\n", end).encode(encoding))

    assert (table.header, cells_of(table)) == (("prompt", "note"), ROWS)


def test_utf_16_with_its_mark_turned_round_is_read() -> None:
    assert cells_of(read_file("a.csv", b"\xfe\xff" + TEXT.encode("utf-16-be"))) == ROWS


@pytest.mark.parametrize(
    ("encoding", "prompt"),
    [("cp1252", "un café – noir"), ("mac-roman", "un café noir"), ("shift_jis", "雪の中の狐")],
)
def test_an_unknown_encoding_is_asked_about_and_the_answer_taken(
    encoding: str, prompt: str
) -> None:
    content = f"prompt\r\na red fox\r\n{prompt}\r\n".encode(encoding)
    with pytest.raises(EncodingUnknownError) as asked:
        read_file("a.csv", content)

    assert (asked.value.line, asked.value.message) == (3, "Line 3 is not UTF-8.")
    assert asked.value.previews[encoding] == f"prompt\na red fox\n{prompt}"
    assert cells_of(read_file("a.csv", content, Answers(encoding=encoding)))[1] == (prompt,)


def test_lines_that_end_with_cr_are_counted_too() -> None:
    with pytest.raises(EncodingUnknownError) as asked:
        read_file("a.csv", b"prompt\ra fox\rcaf\xe9\ra dog")

    assert asked.value.line == 3
    assert asked.value.previews["cp1252"] == "prompt\na fox\ncafé"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xef\xbb\xbfprompt\ncaf\xe9\n", "says it is UTF-8 but is broken near byte"),
        (b"\xff\xfe" + "prompt\na fox".encode("utf-16-le")[:-1], "says it is UTF-16-LE but"),
        ("prompt\na fox".encode("utf-16-be")[:-1], "says it is UTF-16-BE but is broken"),
        ("prompt\na fox".encode("utf-32"), "The text is UTF-32."),
        (b"\xff\xfep\0r\0\x00\xd8\n\0", "says it is UTF-16-LE but is broken"),
    ],
    ids=range(5),
)
def test_a_text_that_breaks_its_own_promise_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(UnreadableFileError, match=said) as refused:
        read_file("a.csv", content)

    assert not isinstance(refused.value, EncodingUnknownError)


def test_a_wrong_answer_is_refused_with_its_line_and_an_unknown_one_with_the_choice() -> None:
    with pytest.raises(UnreadableFileError, match="Line 2 cannot be read as shift_jis"):
        read_file("a.csv", b"prompt\ncaf\xe9\n", Answers(encoding="shift_jis"))
    with pytest.raises(UnreadableFileError, match='no encoding "utf-7"') as refused:
        read_file("a.csv", b"prompt\na fox\n", Answers(encoding="utf-7"))

    assert all(name in refused.value.advice for name in ENCODINGS)
