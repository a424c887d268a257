"""The door for files and pasted text: what it is, by its bytes, and the reader for it."""

from __future__ import annotations

import re
from pathlib import PurePath

from core.intake.cells import is_encodable
from core.intake.columns import known_fields
from core.intake.delimited import columns_of, read_delimited
from core.intake.encodings import text_of
from core.intake.json_rows import read_json_array, read_json_lines
from core.intake.table import (
    LARGEST_FILE_BYTES,
    Table,
    TableRow,
    UnreadableFileError,
    finished_table,
)
from core.intake.workbook import read_workbook

_TEXTS = (".csv", ".tsv", ".tab", ".txt")
_JSON = (".json", ".jsonl", ".ndjson")
SUFFIXES = (*_TEXTS, *_JSON, ".xlsx")
"""The endings of files that can be read."""

_ACCEPTED = "Upload .csv, .tsv, .xlsx, .jsonl, .json or .txt."
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHER_FILES = {
    b"%PDF": "a PDF",
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"\x1f\x8b": "a gzip archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
    b"{\\rtf": "an RTF document",
}


def read_file(name: str, content: bytes, *, encoding: str | None = None) -> Table:
    """Return the table in a file, every cell as text exactly as it stood there.

    `encoding` is a person's answer to an EncodingUnknownError. Raises UnreadableFileError with
    one sentence and advice when the file as a whole cannot be read.
    """
    suffix = PurePath(name).suffix.lower()
    if not content:
        raise UnreadableFileError("The file is empty.", advice="Add a header and rows.")
    if len(content) > LARGEST_FILE_BYTES:
        raise UnreadableFileError(
            f"The file has {len(content) / 1e6:,.1f} MB; the most is "
            f"{LARGEST_FILE_BYTES // 1_000_000} MB.",
            advice="Split it into smaller files.",
        )
    if content.startswith(_ZIP):
        return _archive(suffix, content)
    _refuse_other_files(suffix, content)
    return _text_file(suffix, text_of(content, encoding=encoding))


def read_pasted(text: str) -> Table:
    """Return the table in pasted text: one prompt a line, or cells copied from a sheet.

    It is a table when its first line is a header that we know, with a prompt among its names.
    """
    if len(text) > LARGEST_FILE_BYTES:
        raise UnreadableFileError("The pasted text is too long.", advice="Upload it as a file.")
    lines = re.split("\r\n|\n|\r", text.removeprefix("\ufeff"))
    if not is_encodable(text):
        number = next(number for number, line in enumerate(lines, 1) if not is_encodable(line))
        raise UnreadableFileError(
            f"Line {number} holds half a character (a lone surrogate), which cannot be stored.",
            advice="Delete the character and paste again.",
        )
    first = next((line for line in lines if line.strip()), "")
    for delimiter in ("\t", ",", ";", "|"):
        header = columns_of(first, delimiter)
        known = known_fields(header)
        certain = delimiter == "\t" or len(known) == len(header)
        if "prompt" in known and certain:
            return read_delimited(text.removeprefix("\ufeff").lstrip("\r\n"), alone="\t")
    rows = [TableRow(number, (line,)) for number, line in enumerate(lines, 1) if line.strip()]
    if not rows:
        raise UnreadableFileError("Nothing was pasted.", advice="Paste one prompt a line.")
    return finished_table(["prompt"], rows)


def _archive(suffix: str, content: bytes) -> Table:
    if suffix in {*_TEXTS, *_JSON} and b"xl/workbook.xml" in content:
        raise UnreadableFileError(
            f"The file is named {suffix} but it is an Excel workbook.",
            advice="Rename it to .xlsx and upload it again.",
        )
    return read_workbook(content)


def _refuse_other_files(suffix: str, content: bytes) -> None:
    if content.startswith(_OLE):
        locked = "EncryptedPackage".encode("utf-16-le") in content
        raise UnreadableFileError(
            "The workbook is encrypted." if locked else "This is a workbook of the old .xls kind.",
            advice="Save it without a password." if locked else "Save it as .xlsx or CSV UTF-8.",
        )
    for start, what in _OTHER_FILES.items():
        if content.startswith(start):
            raise UnreadableFileError(f"This is {what}, not a table.", advice=_ACCEPTED)
    if suffix == ".xlsx":
        raise UnreadableFileError(
            "The file is named .xlsx but it is not an Excel workbook.",
            advice="If it is text, rename it to .csv; otherwise save it again as .xlsx.",
        )
    if suffix not in SUFFIXES:
        raise UnreadableFileError(
            f"Files that end in {suffix} are not read." if suffix else "The file has no ending.",
            advice=_ACCEPTED,
        )


def _text_file(suffix: str, text: str) -> Table:
    if not text.strip():
        raise UnreadableFileError("The file is empty.", advice="Add a header and rows.")
    begin = text.lstrip()[:1]
    if suffix in _JSON:
        if begin == "[":
            return read_json_array(text)
        return read_json_lines(text)
    if re.match(r'\s*(\[\s*)?\{\s*"', text):
        raise UnreadableFileError(
            f"The file is named {suffix} but it holds JSON.",
            advice="Rename it to .jsonl (one object a line) or .json (an array).",
        )
    if suffix == ".txt":
        return read_pasted(text)
    return read_delimited(text, alone="\t" if suffix in {".tsv", ".tab"} else ",")
