"""Reads files and pasted text; the format is found from the bytes."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PurePath

from core.intake.cells import is_encodable
from core.intake.columns import known_fields
from core.intake.delimited import columns_of, read_delimited
from core.intake.encodings import once_misread, text_of
from core.intake.json_rows import read_json_array, read_json_objects
from core.intake.other_tools import with_flags_asked
from core.intake.table import (
    LARGEST_FILE_BYTES,
    NOBODY_ASKED,
    Answers,
    IntakeProblem,
    Question,
    Table,
    TableRow,
    UnreadableFileError,
    finished_table,
)
from core.intake.workbook import read_workbook

_TEXTS = (".csv", ".tsv", ".tab", ".txt")
_JSON = (".json", ".jsonl", ".ndjson")
SUFFIXES = (*_TEXTS, *_JSON, ".xlsx", ".xls")
"""The suffixes of accepted files; a `.xls` is read only if it is text in truth."""

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
_WEB_PAGE = re.compile(
    rb"\s*(?:<!--(?:(?!-->).)*-->\s*)*<(!doctype html|html|head|body|table|meta)\b",
    re.IGNORECASE | re.DOTALL,
)
_XML = re.compile(rb"\s*<\?xml\b")
_TABLE_RULE = re.compile(r"\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?")
_LIST_MARK = re.compile(r"\s*(?:[-*•–]|\(?[0-9]{1,4}[.)])\s+(?=\S)")


def read_file(name: str, content: bytes, answers: Answers = NOBODY_ASKED) -> Table:
    """Return the table in a file, with every cell as text exactly as it was.

    `answers` are a person's answers to the questions of an earlier reading. Raises
    UnreadableFileError with one sentence and advice if the file as a whole cannot be read.
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
        if suffix in {*_TEXTS, *_JSON} and b"xl/workbook.xml" in content:
            raise UnreadableFileError(
                f"The file is named {suffix} but it is an Excel workbook.",
                advice="Rename it to .xlsx and upload it again.",
            )
        return _answered(read_workbook(content, answers=answers), answers)
    _refuse_other_files(suffix, content)
    text = text_of(content, encoding=answers.encoding)
    return _answered(_with_misread_noted(_text_file(suffix, text, answers)), answers)


def read_pasted(text: str, answers: Answers = NOBODY_ASKED) -> Table:
    """Return the table in pasted text: one prompt per line, or cells copied from a sheet.

    It is a table if its first line is a known header with a prompt column, or if it is drawn with
    pipes as in chats and READMEs. A list's "1." and "-" stay part of the prompts until somebody
    says that they are not.
    """
    return _answered(_pasted(text, answers), answers)


def _answered(table: Table, answers: Answers) -> Table:
    return replace(
        with_flags_asked(table, answers),
        equal_rows=answers.equal_rows,
        only_prompts=answers.only_prompts,
    )


def _pasted(text: str, answers: Answers) -> Table:
    if len(text) > LARGEST_FILE_BYTES:
        raise UnreadableFileError("The pasted text is too long.", advice="Upload it as a file.")
    lines = re.split("\r\n|\n|\r", text.removeprefix("\ufeff"))
    if not is_encodable(text):
        number = next(number for number, line in enumerate(lines, 1) if not is_encodable(line))
        raise UnreadableFileError(
            f"Line {number} holds half a character (a lone surrogate), which cannot be stored.",
            advice="Delete the character and paste again.",
        )
    if drawn := _drawn_table(lines):
        return drawn
    first = next((line for line in lines if line.strip()), "")
    for delimiter in ("\t", ",", ";", "|"):
        header = columns_of(first, delimiter)
        known = known_fields(header)
        certain = delimiter == "\t" or len(known) == len(header)
        if "prompt" in known and certain:
            return read_delimited(
                text.removeprefix("\ufeff").lstrip("\r\n"), alone="\t", answers=answers
            )
    rows = [TableRow(number, (line,)) for number, line in enumerate(lines, 1) if line.strip()]
    if not rows:
        raise UnreadableFileError("Nothing was pasted.", advice="Paste one prompt a line.")
    is_list = len(rows) > 1 and all(_LIST_MARK.match(row.cells[0]) for row in rows)
    if not is_list or answers.list_marks:
        return finished_table(["prompt"], rows)
    if answers.list_marks is False:
        bare = [TableRow(row.line, (_LIST_MARK.sub("", row.cells[0], 1),)) for row in rows]
        return finished_table(["prompt"], bare)
    mark = rows[0].cells[0].split()[0]
    question = Question(
        code="list_marks",
        message=f'Every line begins like a list ("{mark}"), and they would be part of the prompts.',
        label="Remove the marks",
        answers=Answers(list_marks=False),
    )
    return finished_table(["prompt"], rows, questions=[question])


def _drawn_table(lines: list[str]) -> Table | None:
    """Return the table drawn with pipes and a rule of dashes, or None if there is none."""
    filled = ((number, line.strip()) for number, line in enumerate(lines, 1) if line.strip())
    header, rule = (next(filled, (0, ""))[1] for _ in range(2))
    if "|" not in header or not _TABLE_RULE.fullmatch(rule):
        return None
    rows = [TableRow(number, _between_pipes(line)) for number, line in filled]
    return finished_table(list(_between_pipes(header)), rows) if rows else None


def _between_pipes(line: str) -> tuple[str, ...]:
    inner = line.removeprefix("|")
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    return tuple(cell.replace("\\|", "|").strip() for cell in re.split(r"(?<!\\)\|", inner))


def _refuse_other_files(suffix: str, content: bytes) -> None:
    if content.startswith(_OLE):
        locked = "EncryptedPackage".encode("utf-16-le") in content
        raise UnreadableFileError(
            "The workbook is encrypted." if locked else "This is a workbook of the old .xls kind.",
            advice="Save it without a password." if locked else "Save it as .xlsx or CSV UTF-8.",
        )
    for start, what in _OTHER_FILES.items():
        if content.startswith(start):
            advice = _ACCEPTED
            if "picture" in what:
                advice = "Drop it on Generate, at Start from a PNG, to use what it says of itself."
            raise UnreadableFileError(f"This is {what}, not a table.", advice=advice)
    if _WEB_PAGE.match(content[:4_000]):
        raise UnreadableFileError(
            "This is a web page, not a workbook."
            if suffix in {".xls", ".xlsx"}
            else "This is a web page, not a table.",
            advice="Open it in your spreadsheet program and save it as XLSX or CSV.",
        )
    if suffix in {".xls", ".xlsx"} and _XML.match(content[:200]):
        raise UnreadableFileError(
            "This is a workbook in XML of 2003.", advice="Save it as XLSX or CSV UTF-8."
        )
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


def _text_file(suffix: str, text: str, answers: Answers) -> Table:
    if not text.strip():
        raise UnreadableFileError("The file is empty.", advice="Add a header and rows.")
    begin = text.lstrip()[:1]
    if suffix in _JSON:
        return read_json_array(text) if begin == "[" else read_json_objects(text)
    if re.match(r'\s*(\[\s*)?\{\s*"', text):
        raise UnreadableFileError(
            f"The file is named {suffix} but it holds JSON.",
            advice="Rename it to .jsonl (one object a line) or .json (an array).",
        )
    if suffix == ".txt":
        return _pasted(text, answers)
    alone = "\t" if suffix in {".tsv", ".tab", ".xls"} else ","
    return read_delimited(text, alone=alone, answers=answers)


def _with_misread_noted(table: Table) -> Table:
    """Return the table with a notice if a program once read its UTF-8 as Windows-1252."""
    for row in table.rows:
        for column, cell in zip(table.header, row.cells, strict=False):
            if not cell.isascii() and (meant := once_misread(cell)):
                said = (
                    f'"{cell[:60]}" looks as if a program had read UTF-8 as Windows letters; '
                    f'it may have been "{meant[:60]}". Look before you pay.'
                )
                notice = IntakeProblem(
                    line=row.line,
                    column=column,
                    code="misread_letters",
                    message=said,
                    value=cell[:200],
                )
                return replace(table, notices=(*table.notices, notice))
    return table
