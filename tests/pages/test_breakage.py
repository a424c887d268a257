"""A page that breaks says one thing: what the database's failure is, or a number for the log."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft
from streamlit.testing.v1 import AppTest

from core.database_failure import BUSY, SCHEMA, DatabaseFailure
from core.wiring import Studio


def broken_page(failure: BaseException) -> None:
    from pages.parts.shared.frame import explain_breakage

    assert explain_breakage(failure)


def told_by(failure: BaseException) -> str:
    page = AppTest.from_function(broken_page, kwargs={"failure": failure}, default_timeout=60)
    page.run()
    assert not page.exception
    (error,) = page.error
    return str(error.value)


def missing_table(opened: Studio) -> SQLAlchemyError:
    with opened.database.reading() as session, pytest.raises(DBAPIError) as raised:
        session.connection().execute(text("SELECT 1 FROM missing"))
    return raised.value


def no_connection(_opened: Studio) -> SQLAlchemyError:
    return NoConnectionLeft("QueuePool limit reached")


@pytest.mark.parametrize(
    ("fail", "failure"), [(missing_table, SCHEMA), (no_connection, BUSY)], ids=["schema", "busy"]
)
def test_a_page_tells_what_is_wrong_with_the_database_and_the_log_has_it_once(
    opened: Studio,
    caplog: pytest.LogCaptureFixture,
    fail: Callable[[Studio], SQLAlchemyError],
    failure: DatabaseFailure,
) -> None:
    with caplog.at_level(logging.ERROR, logger="core"):
        told = {told_by(fail(opened)) for _ in range(3)}

    assert told == {f"{failure.message} {failure.advice}"}
    ours = [one for one in caplog.records if one.name.startswith(("core", "pages"))]
    assert [one.getMessage() for one in ours] == [f"{failure.message} {failure.advice}"]
    assert not [one for one in ours if one.exc_info]


def test_a_failure_that_was_recognised_before_is_told_in_its_words(opened: Studio) -> None:
    assert opened.database.failures.lasting() is None

    assert told_by(SCHEMA.as_error()) == f"{SCHEMA.message} {SCHEMA.advice}"


def test_what_nobody_knows_is_told_by_a_number_and_logged_whole(
    opened: Studio, caplog: pytest.LogCaptureFixture
) -> None:
    del opened
    told = told_by(KeyError("odd"))

    assert "give whoever runs the studio the number" in told
    (record,) = [one for one in caplog.records if one.exc_info and "a page broke" in one.msg]
    assert record.reference in told  # type: ignore[attr-defined]
