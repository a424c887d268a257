"""A SQLite file with pictures that lies in the data folder while another database is used."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from sqlmodel import select

from core.database import Database
from core.domain.notice import Notice
from core.tables.generation import GenerationRow


class SqliteBeside:
    """Tells of pictures in the folder's SQLite file that the database in use does not show."""

    def __init__(self, data_dir: Path, *, is_used: bool) -> None:
        self._pictures = 0 if is_used else pictures_in(data_dir / "fibo.sqlite")
        self.sentence = (
            f"{self._pictures:,} generations are in the SQLite file {data_dir / 'fibo.sqlite'}, "
            "and this studio uses another database, which does not show them."
        )
        self.advice = (
            "Leave FIBO_DATABASE_URL out to use that file, or move it out of the data folder if "
            "it is not wanted any more."
        )

    def is_there(self) -> bool:
        """Return whether there is such a file with rows."""
        return self._pictures > 0

    def notices(self, database: Database) -> Iterator[Notice]:
        """Yield the notice while the database in use has nothing to show itself."""
        if not self._pictures:
            return
        with database.reading() as session:
            has_own = session.exec(select(GenerationRow.id).limit(1)).first() is not None
        if not has_own:
            yield Notice("sqlite_beside", self.sentence, self.advice)


def pictures_in(file: Path) -> int:
    """Return how many generations a SQLite file of ours holds, without changing anything; or 0."""
    if not file.is_file():
        return 0
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as line:
            return int(line.execute("SELECT count(*) FROM generation").fetchone()[0])
    except (sqlite3.Error, OSError):
        return 0  # a file of something else, or one that cannot be read: nobody is missing it
