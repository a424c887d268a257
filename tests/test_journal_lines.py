"""Lines of the side journal are read alike, many at once or singly, and odd ones say nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.journal import Journal


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


def open_journal(path: Path) -> Journal:
    journal = Journal(path, reserved_bytes=64 * 1024)
    journal.prepare()
    return journal


@pytest.mark.parametrize(
    "odd",
    [
        b'[2, 1, "a"], [3, 1, "b"]',
        b'[2, 1]\n["a", 3, 1, "b"]',
        b'[2, 1, "a]\n[b"]',
        b'[2, 1, "a", null]\n[3, 1, "b"',
        b'[2, 1, "a", null, 3, 1, "b"]',
        b"[2, 1,\n1, 3]",
        b'[2, 1, "a",\nnull, 3, 1, "b"]',
        b'[2, 1, "a", 5]\n[1, "b"]',
        b'[true, 1, "a"]',
        b'[2, 1.0, "a"]',
        b'[2, 0, "a"]',
        b'[2, 2147483648, "a"]',
        b'[9223372036854775808, 1, "a"]',
        b'[2, 1, "\\ud800"]',
        b'[2, 1, "a\\nb"]',
        b'[2, 1, "a\x7f"]',
        b'[2, 1, "a\tb"]',
        '[2, 1, "a\u2028b"]'.encode(),
        b"[2, 1, null]",
        b'[[2], 1, "a"]',
        b'{"2": 1}',
        b"[" * 200_000,
        b"9" * 10_000,
        b'"a"',
    ],
)
def test_what_is_no_line_among_lines_says_nothing_and_leaves_those_around_it(
    path: Path, odd: bytes
) -> None:
    path.write_bytes(b'[1, 1, "one"]\n' + odd + b'\n\n\n[7, 2, "two"]\n' + bytes(1000))

    assert open_journal(path).entries() == [(1, 1, "one"), (7, 2, "two")]


def test_lines_are_read_alike_however_they_are_written(path: Path) -> None:
    path.write_bytes(
        '\n\n[1,1,"one"]\n\n[ 2, 1 , "\\u00dc, null, \\"]["]\n[3, 1, "Ünusual"]\n'.encode()
    )

    assert open_journal(path).entries() == [
        (1, 1, "one"),
        (2, 1, 'Ü, null, "]['),
        (3, 1, "Ünusual"),
    ]
