"""XLSX as a table of strings: the zip is checked first, then a limited child process reads it.

A workbook of 4.6 kB can make a careless reader use more than 4 GB.
"""

from __future__ import annotations

import io
import json
import re
import struct
import subprocess
import sys
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from core.intake.sheet_facts import SheetTable, with_sheet_facts
from core.intake.table import (
    NOBODY_ASKED,
    Answers,
    IntakeProblem,
    Question,
    Table,
    TableRow,
    UnreadableFileError,
    finished_table,
    header_and_rows,
    too_many_columns,
    too_many_rows,
)
from core.intake.workbook_child import OUT_OF_MEMORY

MOST_MEMBERS, LARGEST_CONTENT_BYTES = 1_000, 200_000_000
_CHUNK_BYTES = 65_536
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_NOT_UNPACKED = (
    *(zipfile.BadZipFile, zlib.error, struct.error),
    *(RuntimeError, EOFError, OSError, ValueError),
)
_SYMLINK, _KIND = 0o120000, 0o170000
_ROOT = Path(__file__).parents[2]
_CHILD = (sys.executable, "-m", "core.intake.workbook_child")
_OUT_OF_TIME = -24
"""The exit status of a process that SIGXCPU has ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingLimits:
    """The limits of the process that reads a workbook."""

    memory_bytes: int = 1_000_000_000
    seconds: int = 60


DEFAULT_LIMITS = ReadingLimits()


def read_workbook(
    content: bytes, limits: ReadingLimits = DEFAULT_LIMITS, *, answers: Answers = NOBODY_ASKED
) -> Table:
    """Return the table of a workbook's first visible sheet, with its cells as text.

    Dates, formulas and error values are errors of their cells. Raises UnreadableFileError with one
    sentence for archives that are not workbooks, too large, encrypted or dangerous.
    """
    _check_archive(content)
    in_time = f"in {limits.seconds} seconds"
    # JSON makes any text a legal argument
    title = [json.dumps(answers.sheet)] if answers.sheet else []
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            [*_CHILD, str(limits.memory_bytes), str(limits.seconds), *title],
            input=content,
            capture_output=True,
            timeout=limits.seconds,
            cwd=_ROOT,
            check=False,
        )
    except subprocess.TimeoutExpired as failure:
        raise _unreadable(in_time) from failure
    if done.returncode != 0:
        in_memory = f"within {limits.memory_bytes // 1_000_000:,} MB of memory"
        bounds = {_OUT_OF_TIME: in_time, OUT_OF_MEMORY: in_memory}
        raise _unreadable(bounds.get(done.returncode, "because it is damaged"))
    answer: dict[str, object] = json.loads(done.stdout)
    return _table_of(answer, answers)


def _check_archive(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _refuse_wrong_members(archive)
            # decompressed to be counted, since an archive may declare wrong sizes
            total = 0
            for member in archive.infolist():
                with archive.open(member) as stream:
                    while chunk := stream.read(_CHUNK_BYTES):
                        total += len(chunk)
                        if total > LARGEST_CONTENT_BYTES:
                            raise UnreadableFileError(
                                _too_large(), advice="Split it into smaller files."
                            )
    except _NOT_UNPACKED as failure:
        raise UnreadableFileError(
            "The workbook is damaged: it cannot be unpacked.",
            advice="Open it in your spreadsheet program and save it again as .xlsx.",
        ) from failure


def _refuse_wrong_members(archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    names = {member.filename for member in members}
    kinds = [member.external_attr >> 16 & _KIND for member in members]
    outside = [n for n in names if ".." in re.split(r"[/\\]", n) or n.startswith(("/", "\\"))]
    refusals = (
        (_SYMLINK in kinds, "The archive holds a symbolic link, which is never followed."),
        (bool(outside), "The archive holds a path that leads outside of it."),
        ("content.xml" in names, "This is an OpenDocument spreadsheet (.ods)."),
        ("xl/workbook.bin" in names, "This is a binary workbook (.xlsb)."),
        ("xl/vbaProject.bin" in names, "This workbook holds macros (.xlsm)."),
        (any(member.flag_bits & 1 for member in members), "The archive is encrypted."),
        ("xl/workbook.xml" not in names, "This is a zip archive; a batch is one table."),
        (any(m.compress_type not in _METHODS for m in members), "The archive is packed strangely."),
        (len(members) > MOST_MEMBERS, f"The workbook has more than {MOST_MEMBERS:,} parts."),
        (sum(member.file_size for member in members) > LARGEST_CONTENT_BYTES, _too_large()),
    )
    refusal = next((sentence for wrong, sentence in refusals if wrong), "")
    if refusal:
        raise UnreadableFileError(refusal, advice="Upload the table as .xlsx, .csv or .tsv.")


def _too_large() -> str:
    return f"The workbook unpacks to more than {LARGEST_CONTENT_BYTES // 1_000_000} MB."


def _unreadable(why: str) -> UnreadableFileError:
    return UnreadableFileError(
        f"The workbook could not be read {why}.",
        advice="Copy the cells to a new workbook, or save the sheet as CSV UTF-8.",
    )


def _table_of(answer: dict[str, object], answers: Answers) -> Table:
    refusals = {"rows": too_many_rows, "columns": too_many_columns}
    if refused := answer.get("refused"):
        if refusal := refusals.get(str(refused)):
            raise refusal()
        raise UnreadableFileError(str(refused), advice="Save it again as .xlsx and upload that.")
    lines = answer["rows"]
    found = answer["problems"]
    others = answer.get("with_prompts")
    if not isinstance(lines, list) or not isinstance(found, list) or not lines:
        raise UnreadableFileError("The first sheet is empty.", advice="Add a header and rows.")
    filled = [TableRow(line, tuple(cells)) for line, cells in lines]
    header, rows, questions = header_and_rows(filled, answers.header_line)
    kept_lines = {1, *(row.line for row in rows)}
    problems = [_problem(header, **problem) for problem in found if problem["line"] in kept_lines]
    above = [row.line for row in filled if not rows or row.line < rows[0].line]
    table = SheetTable(
        header=header,
        rows=rows,
        header_line=max(above, default=0) if answers.header_line != 0 else 0,
        errors=[problem for problem in problems if problem.code != "other_sheets"],
        notices=[problem for problem in problems if problem.code == "other_sheets"],
        questions=[*_questions_about_sheets(others, answers), *questions],
    )
    table = with_sheet_facts(table, answer, answers)
    return finished_table(
        table.header,
        table.rows,
        errors=table.errors,
        notices=table.notices,
        questions=table.questions,
        has_names=answers.header_line != 0,
    )


def _questions_about_sheets(others: object, answers: Answers) -> list[Question]:
    """Return a question for each further sheet with prompts, unless somebody has chosen one."""
    if answers.sheet is not None or not isinstance(others, list):
        return []
    return [
        Question(
            code=f"sheet_{number}",
            message=f'The sheet "{title}" holds prompts too.',
            label=f'Read "{title}" instead',
            answers=Answers(sheet=str(title)),
        )
        for number, title in enumerate(others, start=1)
    ]


def _problem(
    header: list[str], *, line: int, column: int, code: str, message: str, value: str
) -> IntakeProblem:
    name = header[column] if 0 <= column < len(header) else ""
    return IntakeProblem(line=line, column=name, code=code, message=message, value=value)
