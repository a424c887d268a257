"""From bytes to text: by mark, as strict UTF-8 or as UTF-16 by its zeros; else a person decides."""

from __future__ import annotations

import codecs
import re

from core.intake.table import EncodingUnknownError, UnreadableFileError

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "cp1252", "mac-roman", "shift_jis")
"""The encodings that a person may choose if the text does not show its own."""

_OFFERED = ("cp1252", "mac-roman", "shift_jis")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BY_ZEROS: dict[tuple[bool, ...], str] = {
    (False, True, False, True): "utf-16-le",
    (True, False, True, False): "utf-16-be",
}
"""The encoding of a text that begins with two ASCII letters of two bytes each."""

_PREVIEW_LINES = 5
_BEYOND_ASCII = re.compile("[\x80-\U0010ffff]+")
_OPEN_IN_1252 = "\x81\x8d\x8f\x90\x9d"
_LINE_ENDS = re.compile(rb"\r\n|\n|\r")


def text_of(content: bytes, *, encoding: str | None = None) -> str:
    """Return the text of a file without its byte order mark, otherwise unchanged.

    `encoding` is a person's answer, one of ENCODINGS. Raises EncodingUnknownError if no encoding is
    certain, and UnreadableFileError if the answer is wrong.
    """
    if encoding is not None:
        if encoding not in ENCODINGS:
            raise UnreadableFileError(
                f'There is no encoding "{encoding}" to read with.',
                advice=f"Choose one of {', '.join(ENCODINGS)}.",
            )
        own_mark = next((mark for mark, name in _MARKS if name == encoding), b"")
        try:
            return content.removeprefix(own_mark).decode(encoding)
        except UnicodeDecodeError as failure:
            raise UnreadableFileError(
                f"Line {_line_of(content, failure.start)} cannot be read as {encoding}.",
                advice="Choose another encoding, or save the file as UTF-8.",
            ) from failure
    if content.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise UnreadableFileError("The text is UTF-32.", advice="Save the file as UTF-8.")
    by_zeros = _BY_ZEROS.get(tuple(byte == 0 for byte in content[:4]), "utf-8")
    mark, found = next((pair for pair in _MARKS if content.startswith(pair[0])), (b"", by_zeros))
    try:
        return content[len(mark) :].decode(found)
    except UnicodeDecodeError as failure:
        raise _asking(
            content, failure, known=found if mark or found != "utf-8" else ""
        ) from failure


def once_misread(text: str) -> str | None:
    """Return what a text was before UTF-8 was read as Windows-1252 ("cafÃ©"), or None.

    A run of non-ASCII letters that becomes valid UTF-8 when encoded as Windows-1252 is hardly ever
    anything else.
    """
    meant = _BEYOND_ASCII.sub(lambda found: _written_back(found[0]), text)
    return None if meant == text else meant


def _written_back(run: str) -> str:
    try:
        # Latin-1 for the five bytes that Windows-1252 leaves undefined
        meant = b"".join(
            one.encode("latin-1" if one in _OPEN_IN_1252 else "cp1252") for one in run
        ).decode()
    except UnicodeError:
        return run
    return meant if meant.isprintable() else run


def _asking(content: bytes, failure: UnicodeDecodeError, *, known: str) -> UnreadableFileError:
    if known:
        return UnreadableFileError(
            f"The file says it is {known.upper()} but is broken near byte {failure.start:,}.",
            advice="Save it again as UTF-8 and upload that.",
        )
    line = _line_of(content, failure.start)
    previews: dict[str, str] = {}
    for encoding in _OFFERED:
        try:
            lines = re.split("\r\n|\n|\r", content.decode(encoding))
        except UnicodeDecodeError:
            continue
        first = max(0, line - _PREVIEW_LINES)
        previews[encoding] = "\n".join(text[:200] for text in lines[first:line])
    return EncodingUnknownError(
        f"Line {line} is not UTF-8.",
        advice="Choose the encoding that reads right, or save the file as UTF-8.",
        line=line,
        previews=previews,
    )


def _line_of(content: bytes, position: int) -> int:
    return len(_LINE_ENDS.findall(content, 0, position)) + 1
