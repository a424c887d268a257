"""Workbooks that lie, swell or hang: each is refused in one sentence, and the server lives on."""

from __future__ import annotations

import io
import subprocess
import sys
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from core.intake.readers import read_file
from core.intake.table import UnreadableFileError
from core.intake.workbook import ReadingLimits, read_workbook
from tests.intake.tables import cells_of
from tests.intake.workbooks import (
    GOOD_ROWS,
    compound_file,
    encrypted_member,
    inline,
    lying,
    workbook,
    zipped,
)

SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
TYPES = "[Content_Types].xml"


def refusal_of(content: bytes, name: str = "rows.xlsx") -> str:
    """Return the one sentence that a file is refused with; it has advice too."""
    with pytest.raises(UnreadableFileError) as refused:
        read_file(name, content)
    assert refused.value.advice
    return refused.value.message


def test_a_workbook_made_by_hand_is_read() -> None:
    assert cells_of(read_file("rows.xlsx", workbook())) == [("a red fox",)]


def test_a_bomb_that_says_its_size_is_refused_before_it_is_unpacked() -> None:
    content = workbook(more={"xl/media/image1.png": bytes(201_000_000)})

    assert len(content) < 2_000_000
    assert refusal_of(content) == "The workbook unpacks to more than 200 MB."


@pytest.mark.parametrize("name", [SHEET, STRINGS, TYPES])
def test_a_bomb_that_lies_about_its_size_ends_in_a_sentence(name: str) -> None:
    whole = workbook()
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    parts[name] = parts[name] + b" " * 150_000_000
    content = lying(zipped(parts), name, declared=len(parts[name]) - 150_000_000)
    limits = ReadingLimits(memory_bytes=120_000_000, seconds=300)

    tracemalloc.start()
    with pytest.raises(UnreadableFileError, match="could not be read within 120 MB of memory"):
        read_workbook(content, limits)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 20_000_000


def test_a_sheet_that_swells_ends_at_the_limit_of_memory() -> None:
    content = workbook(inline(("prompt",), ("x" * 60_000_000,)), strings=())

    with pytest.raises(UnreadableFileError, match="within 150 MB of memory"):
        read_workbook(content, ReadingLimits(memory_bytes=150_000_000, seconds=300))


def test_a_sheet_that_takes_too_long_ends_at_the_limit_of_time() -> None:
    content = workbook(inline(("prompt",), *([("a red fox",)] * 90_000)), strings=())

    with pytest.raises(UnreadableFileError, match="could not be read in 1 seconds"):
        read_workbook(content, ReadingLimits(seconds=1))


def test_the_child_ends_itself_when_nobody_waits_for_it() -> None:
    content = workbook(inline(("prompt",), *([("a red fox",)] * 90_000)), strings=())
    root = Path(__file__).parents[2]

    done = subprocess.run(
        [sys.executable, "-m", "core.intake.workbook_child", "1000000000", "1"],
        input=content,
        capture_output=True,
        cwd=root,
        check=False,
    )

    assert (done.returncode, done.stdout) == (-24, b"")


@pytest.mark.parametrize("entity", ['"lol"', 'SYSTEM "file:///etc/passwd"'])
def test_entities_of_xml_are_never_followed(entity: str) -> None:
    rows = inline(("prompt",), ("a fox and &a;",))
    content = workbook(rows, prolog=f"<!DOCTYPE x [<!ENTITY a {entity}>]>")

    assert refusal_of(content) == "The workbook could not be read because it is damaged."


@pytest.mark.parametrize("dimension", ["A1:XFD1048576", "A1", "A1:A1", "Z9:B2"])
def test_what_a_sheet_says_of_its_own_size_is_not_believed(dimension: str) -> None:
    rows = inline(("prompt", "note"), ("a red fox", "x"), ("a dog", "y"))
    table = read_file("rows.xlsx", workbook(rows, strings=(), dimension=dimension))

    assert cells_of(table) == [("a red fox", "x"), ("a dog", "y")]


def test_a_dimension_that_is_no_place_is_refused() -> None:
    assert "damaged" in refusal_of(workbook(dimension="everything"))


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (f'{GOOD_ROWS}<row r="99999999999"><c><v>1</v></c></row>', "row 99999999999 is not in"),
        (f'{GOOD_ROWS}<row r="2"><c r="A2"><v>1</v></c></row>', "row 2 is not in order"),
        (f'{GOOD_ROWS}<row r="0"><c r="A2"><v>1</v></c></row>', "row 0 is not in order"),
        (f'{GOOD_ROWS}<row r="3"><c r="B3"><v>1</v></c><c r="A3"><v>2</v></c></row>', "row 3 is"),
        (f'{GOOD_ROWS}<row r="3"><c r="A3"><v>1</v></c><c r="A3"><v>2</v></c></row>', "row 3 is"),
        (f'{GOOD_ROWS}<row r="4"><row r="5"><c r="A5"><v>1</v></c></row></row>', "row 4 is not in"),
        (
            f'{GOOD_ROWS}<row r="5"/><row r="4"><c r="A4"><v>1</v></c></row>',
            "row 4 is not in order",
        ),
        (f'{GOOD_ROWS}<row r="3"><c r="B3"><v>1</v></c><c r="A9"><v>2</v></c></row>', "row 3 is"),
        (f'{GOOD_ROWS}<row r="3"><c r="XFD3"><v>1</v></c></row>', "more than 100 columns"),
        (f'{GOOD_ROWS}<row r="3"><c r="CW3"><v>1</v></c></row>', "more than 100 columns"),
        (f'{GOOD_ROWS}<row r="3"><c r="A3" t="s"><v>77</v></c></row>', "it is damaged"),
        (f'{GOOD_ROWS}<row r="3"><c r="A3"><v>{"9" * 5000}</v></c></row>', "it is damaged"),
        (GOOD_ROWS[:-7], "it is damaged"),
        ("", "first sheet is empty"),
        ('<row r="1"><c r="A1" t="s"><v>0</v></c></row>', "a header but no rows"),
    ],
    ids=range(15),
)
def test_rows_that_would_be_lost_or_change_places_are_refused(rows: str, said: str) -> None:
    assert said in refusal_of(workbook(rows))


def test_a_sheet_that_is_named_but_missing_is_refused_and_no_other_is_taken_for_it() -> None:
    with zipfile.ZipFile(io.BytesIO(workbook())) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    del parts[SHEET]

    assert refusal_of(zipped(parts)) == 'The workbook is damaged: its sheet "Rows" is missing.'


def test_a_sheet_out_of_order_far_down_is_refused_too() -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(3, 5_000))

    assert "row 7 is not in order" in refusal_of(
        workbook(f'{GOOD_ROWS}{rows}<row r="7"><c r="A7"><v>1</v></c></row>')
    )


def test_far_and_empty_rows_cost_nothing_and_many_rows_are_too_many() -> None:
    far = f'{GOOD_ROWS}<row r="1048576"><c r="A1048576" t="s"><v>1</v></c></row>'
    many = inline(("prompt",), *([("a red fox",)] * 100_001))

    assert [row.line for row in read_file("far.xlsx", workbook(far)).rows] == [2, 1_048_576]
    with pytest.raises(UnreadableFileError, match="more than 100,000 rows"):
        read_workbook(workbook(many, strings=()), ReadingLimits(seconds=300))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (compound_file("EncryptedPackage"), "The workbook is encrypted."),
        (compound_file("Workbook"), "This is a workbook of the old .xls kind."),
        (encrypted_member(workbook()), "The archive is encrypted."),
        (zipped({"mimetype": b"x", "content.xml": b"<x/>"}), "OpenDocument spreadsheet (.ods)"),
        (zipped({"xl/workbook.bin": b"x"}), "This is a binary workbook (.xlsb)."),
        (workbook(more={"xl/vbaProject.bin": b"x"}), "This workbook holds macros (.xlsm)."),
        (zipped({"rows.xlsx": workbook()}), "This is a zip archive; a batch is one table."),
        (zipped({f"{n}.csv": b"prompt" for n in range(1_001)}), "This is a zip archive"),
        (workbook(more={f"x/{n}": b"" for n in range(1_000)}), "more than 1,000 parts"),
        (workbook(more={"../../etc/cron.d/x": b"x"}), "a path that leads outside"),
        (workbook(more={"..\\..\\x.dll": b"x"}), "a path that leads outside"),
        (workbook(more={"/etc/passwd": b"x"}), "a path that leads outside"),
        (workbook()[:-30], "damaged: it cannot be unpacked"),
        (workbook()[:400], "damaged: it cannot be unpacked"),
        (b"PK\x03\x04" + bytes(100), "damaged: it cannot be unpacked"),
    ],
    ids=range(15),
)
def test_archives_that_are_no_workbook_of_ours_say_what_they_are(content: bytes, said: str) -> None:
    assert said in refusal_of(content)


def test_a_workbook_inside_a_workbook_is_never_opened() -> None:
    bomb = zipped({"inner.xml": bytes(150_000_000)})
    content = workbook(more={"xl/embeddings/inner.zip": bomb})

    assert cells_of(read_file("rows.xlsx", content)) == [("a red fox",)]
