"""Columns and flags of other picture tools, which mean nothing here: reported before Start.

These are columns such as `negative_prompt` and `steps`, and the flags that Midjourney reads in a
prompt (`--ar 16:9`; https://docs.midjourney.com, Parameter List), which FIBO would read as words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from core.domain.spelling import simple_name
from core.intake.columns import known_fields
from core.intake.table import Answers, IntakeProblem, Question, Table, TableRow
from core.intake.values import meant_ratio

FLAGS_COLUMN = "flags"
"""Holds the flags that were removed from the prompts."""

_UNUSED = {
    "negative prompt": "describe in the prompt what to show instead.",
    "negative": "describe in the prompt what to show instead.",
    **dict.fromkeys(("width", "height", "size"), "write an aspect_ratio, such as 4:3."),
    "model": "the column engine chooses who makes the picture.",
}
_UNUSED_SETTINGS = frozenset(
    (
        *("steps", "num inference steps", "sampler", "scheduler", "cfg", "cfg scale"),
        *("guidance", "guidance scale", "clip skip", "lora", "loras", "checkpoint", "vae"),
        *("denoise", "denoising strength", "strength", "quality", "stylize", "chaos"),
    )
)
_FLAG = re.compile(
    r"(?<!\S)(?:--|—|–)"
    r"(?P<name>ar|aspect|seed|no|v|version|s|stylize|stylise|c|chaos|q|quality|style|niji|raw|tile"
    r"|w|weird|iw|sref|cref|cw|sw|stop|repeat|r|turbo|fast|relax|hd|uplight|video)"
    r"(?P<value>(?:\s+(?!--|—|–)\S+)*)",
    re.IGNORECASE,
)
_WITHOUT_VALUE = frozenset({"raw", "tile", "turbo", "fast", "relax", "hd", "uplight", "video"})


def unused_columns(table: Table, ours: Sequence[str]) -> Iterator[IntakeProblem]:
    """Yield a notice for each column of another tool that has no effect here.

    `ours` are the columns that hold one of our fields.
    """
    for column in table.header:
        simple = simple_name(column)
        if column in ours or not (simple in _UNUSED or simple in _UNUSED_SETTINGS):
            continue
        advice = _UNUSED.get(simple, "it is carried along and comes back in the manifest.")
        yield IntakeProblem(
            line=1,
            column=column,
            code="not_used",
            message=f'The column "{column}" is not used: {advice}',
            value=column,
        )


def with_flags_asked(table: Table, answers: Answers) -> Table:
    """Return the table without flags in its prompts, or with the question whether to remove them.

    Removed `--ar` and `--seed` fill our own columns where these were empty. All flags are kept in a
    column of their own, which comes back in the manifest.
    """
    column = known_fields(table.header).get("prompt")
    if column is None or answers.prompt_flags:
        return table
    place = table.header.index(column)
    flagged = [row for row in table.rows if _FLAG.search(row.cells[place])]
    if not flagged:
        return table
    if answers.prompt_flags is False:
        return _without_flags(table, place)
    found = _FLAG.search(flagged[0].cells[place])
    shown = found[0].strip() if found else ""
    rows = f"{len(flagged):,} row{'s' * (len(flagged) != 1)}"
    question = Question(
        code="prompt_flags",
        message=f'{rows} hold flags of another tool, such as "{shown}" in line '
        f"{flagged[0].line}, which would be read as words.",
        label="Remove the flags, and use --ar and --seed",
        answers=Answers(prompt_flags=False),
    )
    return replace(table, questions=(*table.questions, question))


def _without_flags(table: Table, prompt: int) -> Table:
    known = known_fields(table.header)
    added = [name for name in ("aspect_ratio", "seed") if name not in known]
    taken = {simple_name(column) for column in table.header}
    flags_column = FLAGS_COLUMN if FLAGS_COLUMN not in taken else f"{FLAGS_COLUMN} (2)"
    header = [*table.header, *added, flags_column]
    places = {name: header.index(known.get(name, name)) for name in ("aspect_ratio", "seed")}
    rows = []
    for row in table.rows:
        own, surplus = row.cells[: len(table.header)], row.cells[len(table.header) :]
        cells = [*own, *[""] * (len(header) - len(own))]
        flags = list(_flags_in(cells[prompt]))
        cells[prompt] = _FLAG.sub(_keep_words, cells[prompt]).strip()
        for name, value in flags:
            field = {"ar": "aspect_ratio", "aspect": "aspect_ratio", "seed": "seed"}.get(name)
            if field and not cells[places[field]].strip():
                cells[places[field]] = value
        cells[-1] = " ".join(f"--{name} {value}".strip() for name, value in flags)
        rows.append(TableRow(row.line, (*cells, *surplus)))
    return replace(table, header=tuple(header), rows=tuple(rows))


def _flags_in(prompt: str) -> Iterator[tuple[str, str]]:
    for found in _FLAG.finditer(prompt):
        name = found["name"].lower()
        words = found["value"].split()
        if name in _WITHOUT_VALUE:
            yield name, ""
        elif name == "no":
            yield name, " ".join(words)
        else:
            value = words[0] if words else ""
            yield name, meant_ratio(value) if name in {"ar", "aspect"} else value


def _keep_words(found: re.Match[str]) -> str:
    """Return what follows a flag and its value, which is part of the prompt again."""
    name, words = found["name"].lower(), found["value"].split()
    if name == "no":
        return ""
    return " ".join(words[0 if name in _WITHOUT_VALUE else 1 :])
