"""Readers under random and broken files: a table or a refusal in words, and never a change."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core.domain.spelling import simple_name
from core.intake import workbook
from core.intake.check import CheckResult, check
from core.intake.delimited import read_delimited
from core.intake.json_rows import read_json_array, read_json_lines
from core.intake.readers import read_file, read_pasted
from core.intake.table import Answers, Table, TableRow, UnreadableFileError
from core.intake.workbook_child import _answer
from core.intake.writing import write_csv
from tests.examples import ARE_MANY, examples
from tests.intake.tables import WRITERS, cells_of, table_of, write_jsonl
from tests.intake.workbooks import parts_of, zipped
from tests.intake.workbooks import workbook as workbook_by_hand

TEXT_WRITERS = {name: write for name, write in WRITERS.items() if name != "rows.xlsx"}
quick = settings(
    max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)

CHARACTERS = st.one_of(
    st.characters(exclude_categories=["Cs"]),
    st.sampled_from("\"',;\t|\r\n=+-@\0\ufeff\u2028\x85_x{}[]:\\ 0aé雪🦊"),
)
CELLS = st.text(CHARACTERS, max_size=12)
SYNTAX = st.text(st.sampled_from("\",;\t|\r\n'=x prompt{}[]:\\0\ud800\ufeff"), max_size=60)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Return a table as any file may hold it: named columns, rows that hold something."""
    header = draw(st.lists(CELLS.filter(str.strip), min_size=1, max_size=4, unique_by=simple_name))
    row = st.tuples(*[CELLS] * len(header)).filter(lambda cells: any(map(str.strip, cells)))
    return table_of(*draw(st.lists(row, min_size=1, max_size=5)), header=tuple(header))


@given(table=tables())
@quick
@pytest.mark.parametrize("name", TEXT_WRITERS)
def test_a_table_that_is_written_is_read_as_the_same(name: str, table: Table) -> None:
    again = read_file(name, TEXT_WRITERS[name](table))

    assert (again.header, cells_of(again)) == (table.header, cells_of(table))
    others = [notice for notice in again.notices if notice.code != "misread_letters"]
    assert (again.errors, others) == ((), [])


@given(some=st.lists(tables(), min_size=1, max_size=8))
@settings(max_examples=3 if ARE_MANY else 1, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_workbook_that_is_written_is_read_as_the_same(some: list[Table]) -> None:
    rows = [(f"{n}", *cells) for n, table in enumerate(some) for cells in cells_of(table)]
    width = max(map(len, rows))
    filled = [row + ("x",) * (width - len(row)) for row in rows]
    table = table_of(*filled, header=tuple(f"c{n}" for n in range(width)))

    assert cells_of(read_file("rows.xlsx", WRITERS["rows.xlsx"](table))) == filled


@given(table=tables())
@quick
def test_a_table_pasted_from_a_sheet_is_read_as_the_same(table: Table) -> None:
    header = ("prompt", *(f"c{n}" for n in range(1, len(table.header))))
    told = Table(header=header, rows=table.rows)
    text = TEXT_WRITERS["rows.tsv"](told).decode("utf-8-sig")

    again = read_pasted(text.replace('"', "", 2) if len(header) == 1 else text)

    assert (again.header, cells_of(again)) == (header, cells_of(table))


LINES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), max_size=20)


@given(lines=st.lists(LINES, min_size=1), end=st.sampled_from(["\n", "\r\n", "\r"]))
@quick
def test_pasted_lines_are_the_prompts_that_they_are(lines: list[str], end: str) -> None:
    prompts = [f"a fox {line}" for line in lines]

    assert cells_of(read_pasted(end.join(prompts))) == [(prompt,) for prompt in prompts]


def outcome_of(read: Callable[[], Table]) -> CheckResult | None:
    """Return what reading and checking says; every text of it can be stored and shown."""
    try:
        table = read()
    except UnreadableFileError as failure:
        refusal = failure
    else:
        return checked_outcome_of(table)
    assert refusal.message.encode()
    assert refusal.advice
    return None


def checked_outcome_of(table: Table) -> CheckResult:
    result = check(table)
    told = [
        table.header,
        [row.cells for row in table.rows],
        [problem.as_dict() for problem in (*result.errors, *result.notices)],
    ]
    assert json.dumps(told, ensure_ascii=False).encode()
    understood = "missing_column" not in {problem.code for problem in result.errors}
    assert len(result.rows) == (len(table.rows) if understood else 0)
    assert all(row.request is None or not row.problems for row in result.rows)
    lines = [row.line for row in table.rows]
    assert lines == sorted(set(lines))
    return result


NAMES = st.sampled_from([*WRITERS, "rows.txt", "rows.tab", "rows.ndjson", "rows", "rows.exe"])


@given(content=st.binary(max_size=200), name=NAMES)
@settings(max_examples=examples(400), deadline=None)
def test_any_bytes_are_read_or_refused_in_words(content: bytes, name: str) -> None:
    outcome_of(lambda: read_file(name, content))
    for encoding in ("cp1252", "utf-16-le", "shift_jis"):
        outcome_of(partial(read_file, name, content, Answers(encoding=encoding)))


@given(text=SYNTAX)
@settings(max_examples=examples(400), deadline=None)
@example(text='prompt,x\n"a"b,"many\nlines",9\n')
@example(text=r'[{"\ud800": {"\udfff": ["\ud800"]}, "prompt": "\ud800"}]')
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    outcome_of(lambda: read_pasted(text))
    storable = text.encode(errors="replace").decode()
    for read in (read_delimited, read_json_lines):
        outcome_of(partial(read, storable))
    outcome_of(lambda: read_json_array(f"[{storable}"))


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


@given(
    rows=st.lists(st.dictionaries(st.sampled_from(["prompt", "seed", "tag", "ab"]), JSON_VALUES))
)
@quick
def test_any_json_is_read_or_refused_in_words(rows: list[dict[str, object]]) -> None:
    outcome_of(lambda: read_file("a.json", json.dumps(rows).encode()))
    lines = "\n".join(json.dumps(row) for row in rows)
    outcome_of(lambda: read_file("a.jsonl", lines.encode()))


@st.composite
def mutated(draw: st.DrawFn, content: bytes) -> bytes:
    """Return a valid file with some bytes changed, cut out or doubled."""
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(content)))
        length = draw(st.integers(0, 8))
        new = draw(st.binary(max_size=8) | st.just(content[place : place + 40]))
        content = content[:place] + new + content[place + length :]
    return content


VALID = table_of(("a red fox", 'in "snow"'), ("a dog,\nsleeping", "'=x"), ("=1+1 boats", "é雪"))


@given(data=st.data(), name=st.sampled_from(sorted(TEXT_WRITERS)))
@settings(max_examples=examples(400), deadline=None)
def test_a_valid_text_with_broken_bytes_is_read_or_refused(data: st.DataObject, name: str) -> None:
    content = data.draw(mutated(TEXT_WRITERS[name](VALID)))

    outcome_of(lambda: read_file(name, content))


def read_here(content: bytes) -> Table:
    """Return the table of a workbook, read in this process so that thousands can be tried."""
    workbook._check_archive(content)
    try:
        answer = json.loads(json.dumps(_answer(content)))
    except Exception as failure:  # the child ends with an error, and that is a refusal
        raise workbook._unreadable("because it is damaged") from failure
    return workbook._table_of(answer, Answers())


@given(data=st.data())
@settings(max_examples=examples(150), deadline=None, suppress_health_check=list(HealthCheck))
@pytest.mark.filterwarnings("ignore")
def test_a_workbook_with_broken_bytes_is_read_or_refused(data: st.DataObject) -> None:
    content = data.draw(mutated(workbook_by_hand()))

    outcome_of(lambda: read_here(content))


@given(data=st.data())
@settings(max_examples=examples(250), deadline=None, suppress_health_check=list(HealthCheck))
@pytest.mark.filterwarnings("ignore")
def test_a_workbook_with_a_broken_part_is_read_or_refused(data: st.DataObject) -> None:
    with zipfile.ZipFile(io.BytesIO(workbook_by_hand())) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = data.draw(st.sampled_from(sorted(parts)))
    parts[name] = data.draw(mutated(parts[name]))

    outcome_of(lambda: read_here(zipped(parts)))


@given(content=st.binary(max_size=120))
@settings(max_examples=4 if ARE_MANY else 1, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_broken_sheet_ends_the_child_with_a_sentence(content: bytes) -> None:
    parts = {name: text.encode() for name, text in parts_of(strings=("prompt", "a fox")).items()}
    parts["xl/worksheets/sheet1.xml"] = content

    assert outcome_of(lambda: read_file("rows.xlsx", zipped(parts))) is None


def test_what_was_read_from_one_format_is_the_same_in_another() -> None:
    table = read_file("rows.csv", write_csv(VALID))

    assert cells_of(read_file("rows.jsonl", write_jsonl(table))) == cells_of(VALID)
    assert table.rows[0] == TableRow(2, VALID.rows[0].cells)
