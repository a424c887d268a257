"""The lines of the side journal, as bytes and as values; nothing here writes."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from core.files import BLOCK, read_at

LONGEST_LINE = 4096


BLANK = bytes(BLOCK)
_RUN = re.compile(rb"[^\0\n]+")

_BIG_BLOCK = 2**20
_PLAIN = re.compile(r'\n*\[([1-9]\d{0,17}), ([1-9]\d{0,8}), "([ !#-\[\]-~]{0,4000})"\]\n', re.ASCII)
"""A line in its usual form, which is read many times faster than any other form."""

_LONGEST_ID = 4000
"""Characters, so that the line is shorter than the longest one."""

Entry = tuple[int, int, str]
"""The id of a generation, the number of its try, and the provider's request id."""


@dataclass(frozen=True, slots=True)
class Run:
    """The bytes between two line ends; of very long ones only the beginning."""

    begin: int
    end: int
    content: bytes


def to_lines(entries: Iterable[Entry]) -> bytes:
    """Return the entries as lines of the file, each with its line end."""
    return b"".join(json.dumps(entry).encode() + b"\n" for entry in entries)


def plain_lines(file: io.FileIO, begin: int) -> tuple[list[Entry], int]:
    """Return the usual lines from there on, and where anything else begins."""
    entries: list[Entry] = []
    position, block_bytes = begin, BLOCK
    while block := read_at(file, block_bytes, position):
        written = block.partition(b"\0")[0]  # NULs are space that is reserved
        whole = written[: written.rfind(b"\n") + 1]
        if not whole:
            break
        block_bytes = _BIG_BLOCK
        if (found := _parse_all(whole)) is not None:
            entries += found
            position += len(whole)
            continue
        text, end = whole.decode("latin-1"), 0  # one character per byte
        for line in _PLAIN.finditer(text):
            if line.start() != end:
                break
            generation_id, number, request_id = line.groups()
            entries.append((int(generation_id), int(number), request_id))
            end = line.end()
        if not end:
            break
        position += end
    return entries, position


def _parse_all(lines: bytes) -> list[Entry] | None:
    """Return the entries of many lines, some perhaps empty, or None if one is malformed.

    Reading them as one flat list takes a third of the time of reading them one by one.
    """
    try:
        text = lines.decode().strip("\n")
        if not text:
            return []
        while "\n\n" in text:
            text = text.replace("\n\n", "\n")
        found = json.loads(text.replace("]\n[", ",null,"))
    except (ValueError, RecursionError):
        return None
    if type(found) is not list:
        return None
    # JSON allows no other control characters in a string
    may_be_odd = not text.isascii() or "\\" in text or "\x7f" in text
    generation_ids, numbers, request_ids = found[::4], found[1::4], found[2::4]
    # there is a null between two lines; anywhere else it would make a type check below fail
    ends = text.count("\n")
    is_plain = (
        len(found) == 4 * ends + 3
        and text.count("]\n[") == ends
        and {*map(type, generation_ids), *map(type, numbers)} == {int}
        and {*map(type, request_ids)} == {str}
        and 0 < min(generation_ids) <= max(generation_ids) < 2**63
        and 0 < min(numbers) <= max(numbers) < 2**31
        and max(map(len, request_ids)) <= _LONGEST_ID
        and (not may_be_odd or "".join(request_ids).isprintable())
    )
    return list(zip(generation_ids, numbers, request_ids, strict=True)) if is_plain else None


def parse(line: bytes) -> Entry | None:
    """Return the entry of a line, or None if it is not one of ours."""
    if len(line) > LONGEST_LINE:
        return None
    try:
        found = json.loads(line.decode())
    except (ValueError, RecursionError):
        return None
    match found:
        case [int(generation_id), int(number), str(request_id)] if (
            type(generation_id) is type(number) is int
            and 0 < generation_id < 2**63
            and 0 < number < 2**31
            and request_id.isprintable()  # lone surrogates and NULs are not
        ):
            return generation_id, number, request_id
    return None


def runs(file: io.FileIO, begin: int, *, until_blank: bool) -> Iterator[Run]:
    """Yield the bytes between line ends and NULs from there on, up to the end or a blank block."""
    position = begin
    run: Run | None = None
    while block := read_at(file, BLOCK, position):
        is_blank = block == BLANK[: len(block)]
        if is_blank and until_blank:
            break
        for piece in () if is_blank else _RUN.finditer(block):
            if run and piece.start():
                yield run
                run = None
            content, begins = piece.group(), position + piece.start()
            if run:
                begins, content = run.begin, run.content + content
            run = Run(begins, position + piece.end(), content[: LONGEST_LINE + 1])
            if piece.end() < len(block):
                yield run
                run = None
        if run and run.end <= position:
            yield run
            run = None
        position += len(block)
    if run:
        yield run
