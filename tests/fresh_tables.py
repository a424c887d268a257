"""Fresh tables in milliseconds: what Alembic told an empty database once is told to the next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, event

from core import migrations

ASKING = ("SELECT", "PRAGMA")

migrate_by_alembic = migrations._upgrade


@contextmanager
def remembered_steps() -> Iterator[None]:
    """Let Alembic make the tables once per dialect, and repeat its statements after that.

    A database that holds any step already is brought on by Alembic itself. What the steps do, and
    in which order, has tests of its own, which undo this.
    """
    told: dict[str, list[tuple[str, Any]]] = {}

    def upgrade(connection: Connection) -> None:
        steps = told.get(connection.dialect.name)
        if steps is None or migrations.version_of(connection) is not None:
            steps = _listen_to_alembic(connection)
            if migrations.version_of(connection) == migrations.LATEST:
                told.setdefault(connection.dialect.name, steps)
            return
        for statement, values in steps:
            connection.exec_driver_sql(statement, values)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrations, "_upgrade", upgrade)
        yield


def _listen_to_alembic(connection: Connection) -> list[tuple[str, Any]]:
    heard: list[tuple[str, Any]] = []

    def hear(_c: object, _k: object, statement: str, values: Any, *_more: object) -> None:
        if not statement.lstrip().upper().startswith(ASKING):
            heard.append((statement, values))

    event.listen(connection, "before_cursor_execute", hear)
    try:
        migrate_by_alembic(connection)
    finally:
        event.remove(connection, "before_cursor_execute", hear)
    return heard
