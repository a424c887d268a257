"""JSON lines and JSON arrays as a table of strings; numbers keep their spelling."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Iterator

from core.domain.spelling import simple_name
from core.intake.cells import is_encodable
from core.intake.table import (
    MOST_COLUMNS,
    MOST_ROWS,
    IntakeProblem,
    Table,
    TableRow,
    UnreadableFileError,
    finished_table,
    too_many_columns,
    too_many_rows,
)

_SPACE = re.compile("[ \t\n\r]*")
_JOINS = re.compile("[;,]").search
_TOO_DEEP = "The value is nested too deeply; write one flat object for each picture."


class _Number(str):
    """A number as it was written: 1e3 stays 1e3, and no digit is lost."""

    __slots__ = ()


class _RowError(ValueError):
    """An object that cannot be one row."""


def read_json_array(text: str) -> Table:
    """Return the table of an array of objects; `line` is an object's position in it.

    Raises UnreadableFileError if the array itself is malformed, since what follows is not certain.
    """
    return _table(_elements(text))


def read_json_objects(text: str) -> Table:
    """Return the table of one object per line, or of a list of objects inside one object.

    The list may be under any one key, such as `{"items": [...]}`.
    """
    wrapped = _loaded(text)
    if isinstance(wrapped, dict):
        lists = [
            value
            for value in wrapped.values()
            if isinstance(value, list) and value and all(isinstance(one, dict) for one in value)
        ]
        if len(lists) == 1:
            return _table(enumerate(lists[0], start=1))
    return read_json_lines(text)


def read_json_lines(text: str) -> Table:
    """Return the table of one object per line; lines end only with LF, as the format says."""
    lines = enumerate(io.StringIO(text, newline="\n"), start=1)
    return _table(
        (number, _loaded(line.removesuffix("\n")))
        for number, line in lines
        if line.strip(" \t\r\n")
    )


def _elements(text: str) -> Iterator[tuple[int, object]]:
    decoder = _decoder()
    position = _skip(text, _skip(text, 0) + 1)
    number = 0
    while text[position : position + 1] != "]":
        number, begin = number + 1, position
        try:
            value, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError) as failure:
            why, line = _said(failure), text.count("\n", 0, begin) + 1
            raise UnreadableFileError(
                f"The JSON array breaks in the object that begins at line {line}: {why}",
                advice="Correct it there; with one object a line (JSONL) the others could be read.",
            ) from failure
        yield number, value
        position = _skip(text, position)
        if text[position : position + 1] == ",":
            position = _skip(text, position + 1)
        elif text[position : position + 1] != "]":
            raise UnreadableFileError(
                f"The JSON array is not closed after object {number}.",
                advice="Put a comma between objects and ] at the end.",
            )
    if text[position + 1 :].strip():
        raise UnreadableFileError(
            "Something follows the end of the JSON array.", advice="Delete what follows the ]."
        )


def _loaded(line: str) -> object:
    try:
        value, end = _decoder().raw_decode(line, _skip(line, 0))
    except (ValueError, RecursionError) as failure:
        return _RowError(_said(failure))
    return _RowError("Something follows the object.") if line[end:].strip() else value


def _said(failure: Exception) -> str:
    if isinstance(failure, RecursionError):
        return _TOO_DEEP
    if isinstance(failure, json.JSONDecodeError):
        return f"not JSON at character {failure.colno} ({failure.msg})."
    return str(failure)


def _decoder() -> json.JSONDecoder:
    return json.JSONDecoder(
        object_pairs_hook=_pairs,
        parse_int=_Number,
        parse_float=_Number,
        parse_constant=_no_constant,
    )


def _no_constant(name: str) -> object:
    raise _RowError(f"{name} is not a JSON value; write null or leave it out.")


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    names = dict(pairs)
    if len(names) < len(pairs):
        twice, _ = Counter(name for name, _ in pairs).most_common(1)[0]
        raise _RowError(f"{json.dumps(twice)} occurs twice in one object; keep one.")
    return names


def _skip(text: str, position: int) -> int:
    found = _SPACE.match(text, position)
    return found.end() if found else position


def _table(values: Iterator[tuple[int, object]]) -> Table:
    errors: list[IntakeProblem] = []
    objects: list[tuple[int, dict[str, str]]] = []
    header: dict[str, None] = {}
    for line, value in values:
        if isinstance(value, dict):
            asked = _of_a_batch_line(value)
            cells = {_kept(name): _cell(line, name, inner, errors) for name, inner in asked.items()}
            header.update(dict.fromkeys(cells))
            objects.append((line, cells))
        else:
            said = (
                str(value) if isinstance(value, _RowError) else f"{_kind(value)} is not an object."
            )
            message = f"{said[:1].upper()}{said[1:]} Write the row as one JSON object."
            errors.append(IntakeProblem(line=line, column="", code="broken_json", message=message))
        if len(header) > MOST_COLUMNS:
            raise too_many_columns()
        if len(objects) + len(errors) > MOST_ROWS * 2 or len(objects) > MOST_ROWS:
            raise too_many_rows()
    if not objects and not errors:
        raise UnreadableFileError(
            "The file holds no objects.", advice="Write one JSON object for each picture."
        )
    if not objects:
        raise UnreadableFileError(
            f"No line could be read; line {errors[0].line}: {errors[0].message}",
            advice="Write one JSON object for each picture, with at least a prompt.",
        )
    names = list(header)
    rows = [TableRow(line, tuple(cells.get(n, "") for n in names)) for line, cells in objects]
    return finished_table(names, rows, errors=errors)


def _of_a_batch_line(value: dict[str, object]) -> dict[str, object]:
    """Return the request in a line of OpenAI's Batch API, flattened; any other object unchanged.

    https://platform.openai.com/docs/guides/batch: custom_id, method, url, and the request's body;
    in a chat, the user's last message is the prompt.
    """
    body = value.get("body")
    if "custom_id" not in value or not isinstance(body, dict):
        return value
    asked = {name: inner for name, inner in body.items() if name != "messages"}
    messages = body.get("messages")
    said = [
        message.get("content")
        for message in (messages if isinstance(messages, list) else ())
        if isinstance(message, dict) and message.get("role") == "user"
    ]
    if "prompt" not in asked and said:
        asked["prompt"] = said[-1]
    return {"custom_id": value["custom_id"], **asked}


def _cell(line: int, name: str, value: object, errors: list[IntakeProblem]) -> str:
    """Return a value as the text of a cell; what no cell can hold is an error and stays visible."""
    text, wrong = _as_text(value), ""
    if isinstance(value, dict) or (isinstance(value, list) and not _words(value)):
        wrong = f"{name} cannot hold {_kind(value)}; write it as text in quotes."
    elif simple_name(name) == "prompt" and value is not None and type(value) is not str:
        wrong = f"prompt must be text, not {_kind(value)}; put it in quotes."
    elif not is_encodable(text) or not is_encodable(name):
        wrong = "The text holds half a character (a lone surrogate), which cannot be stored."
    text = _kept(text)
    if wrong:
        problem = IntakeProblem(
            line=line, column=_kept(name), code="wrong_kind", message=_kept(wrong), value=text[:200]
        )
        errors.append(problem)
    return text


def _kept(text: str) -> str:
    """Return a text that can be stored and shown: a lone surrogate becomes its escape, \\ud800."""
    return text if is_encodable(text) else text.encode(errors="backslashreplace").decode()


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list) and _words(value):
        return ";".join(str(word) for word in value)
    if isinstance(value, str):
        return str(value)
    try:
        return json.dumps(value, ensure_ascii=False)
    except RecursionError:  # a value that could just be parsed may be just too deep to be written
        return "…"


def _words(value: list[object]) -> bool:
    """Return whether a list fits into one cell and can be split into tags again."""
    return all(type(word) is str and word.strip() == word and not _JOINS(word) for word in value)


def _kind(value: object) -> str:
    kinds = {dict: "an object", list: "a list", _Number: "a number", bool: "true or false"}
    return kinds.get(type(value), "null" if value is None else "a text")
