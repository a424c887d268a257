"""Periods in words, such as `last-week` or `2026-11`, and the moments they mean."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo

from core.library.query.ast import DateRange

PERIODS = (
    *("today", "yesterday", "this-week", "last-week", "this-month", "last-month"),
    *("this-year", "last-year", "last-7-days", "last-30-days"),
)
"""The periods to offer; any `last-N-days` counts today as the last. Weeks begin on Monday."""

FIRST_YEAR, LAST_YEAR = 2000, 2999
_MOST_DAYS = 9999
_DAY = timedelta(days=1)


def is_period(word: str) -> bool:
    """Return whether the word names a period: one of PERIODS, `last-N-days`, or a date."""
    return word in PERIODS or _days_back(word) is not None or calendar_days(word) is not None


def resolve_dates(
    value: DateRange, *, now: datetime, zone: tzinfo
) -> tuple[datetime | None, datetime | None]:
    """Return the range as UTC moments: from the first on, and before the second; None is open.

    `now` is aware; days begin at midnight in `zone`, the zone of the viewer.
    """
    today = now.astimezone(zone).date()
    start = end = None
    if value.low is not None:
        start = _days_of(value.low, today)[0 if value.includes_ends else 1]
    if value.high is not None:
        end = _days_of(value.high, today)[1 if value.includes_ends else 0]
    low, high = (
        None if day is None else datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)
        for day in (start, end)
    )
    return low, high


def calendar_days(word: str) -> tuple[date, date] | None:
    """Return the first day and the day after of a year, month or day; None for other words."""
    parts = word.split("-")
    if [len(part) for part in parts] not in ([4], [4, 2], [4, 2, 2]):
        return None
    if not (word.isascii() and "".join(parts).isdigit()):
        return None
    year, month, day = (*map(int, parts), 0, 0)[:3]
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        start = date(year, month if len(parts) > 1 else 1, day if len(parts) > 2 else 1)
    except ValueError:
        return None
    months = {1: 12, 2: 1}.get(len(parts))
    return start, _months_later(start, months) if months else start + _DAY


def _days_of(word: str, today: date) -> tuple[date, date]:
    back = _days_back(word)
    if back is not None:
        return today - (back - 1) * _DAY, today + _DAY
    monday = today - today.weekday() * _DAY
    month, year = today.replace(day=1), today.replace(month=1, day=1)
    named = {
        "today": (today, today + _DAY),
        "yesterday": (today - _DAY, today),
        "this-week": (monday, monday + 7 * _DAY),
        "last-week": (monday - 7 * _DAY, monday),
        "this-month": (month, _months_later(month, 1)),
        "last-month": (_months_later(month, -1), month),
        "this-year": (year, _months_later(year, 12)),
        "last-year": (_months_later(year, -12), year),
    }
    days = named.get(word) or calendar_days(word)
    if days is None:
        raise ValueError(f"{word} is no period")
    return days


def _days_back(word: str) -> int | None:
    count = word.removeprefix("last-").removesuffix("-days")
    if word != f"last-{count}-days" or not (count.isascii() and count.isdigit()):
        return None
    return int(count) if len(count) <= 4 and 1 <= int(count) <= _MOST_DAYS else None


def _months_later(day: date, months: int) -> date:
    total = day.year * 12 + day.month - 1 + months
    return date(total // 12, total % 12 + 1, 1)
