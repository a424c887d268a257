"""Lines in `orders.jsonl` and in the journal that nobody here has written."""

from __future__ import annotations

import pytest

from core.records import attempts
from tests.incarnation.conftest import Place, ask, work

ODD = {
    "a count beyond 64 bits": b"[1, 1, 99999999999999999999]",
    "the largest count of 64 bits": b"[1, 1, 9223372036854775807]",
    "a generation beyond 64 bits": b"[99999999999999999999, 1, 1]",
    "a try beyond 64 bits": b"[1, 99999999999999999999, 1]",
    "a start beyond 64 bits": b'{"start": 99999999999999999999}',
    "true for a number": b"[true, true, true]",
    "a number below one": b"[-1, 0, -5]",
    "words for a count": b'[1, 1, "two"]',
    "brackets without end": b"[" * 200_000,
    "bytes that are no text": b"\xff\xfe[1, 1, 1]",
}


@pytest.mark.parametrize("line", ODD.values(), ids=ODD.keys())
def test_an_odd_line_among_the_orders_keeps_nobody_from_working(place: Place, line: bytes) -> None:
    studio = place.open()
    ask(studio, 1)
    work(studio)
    place.close()
    add(place, "orders.jsonl", line)

    studio = place.open()
    second = ask(studio, 2)
    work(studio)

    assert len(place.provider.bills) == 2
    assert studio.service.see(second.id).image_sha256 is not None
    assert not studio.held.summary()


@pytest.mark.parametrize("name", ["orders.jsonl", "journal.jsonl"])
def test_a_line_of_millions_of_tries_is_listed_as_lost_and_adds_no_rows(
    place: Place, name: str
) -> None:
    studio = place.open()
    made = ask(studio, 1)
    work(studio)
    place.close()
    third = b', "r-5000000"]' if name == "journal.jsonl" else b", 7]"
    add(place, name, b"[%d, 5000000%b" % (made.id, third))

    studio = place.open()
    studio.decisions.adopt_from_journal()

    with studio.database.reading() as session:
        assert attempts.count_attempts(session, made.id) == 1
    assert '"try": 5000000' in (place.folder / "lost-orders.jsonl").read_text()


def add(place: Place, name: str, line: bytes) -> None:
    """Add a line behind the last one, where reserved room begins."""
    file = place.folder / name
    written = file.read_bytes().rstrip(b"\0")
    file.write_bytes(written + b"\n" + line + b"\n")
