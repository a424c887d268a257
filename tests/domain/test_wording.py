from __future__ import annotations

from core.domain.wording import count_of


def test_one_has_no_s_and_many_have_commas() -> None:
    assert [count_of(number, "row") for number in (0, 1, 1204)] == ["0 rows", "1 row", "1,204 rows"]
    assert count_of(2, "entry", "entries") == "2 entries"
