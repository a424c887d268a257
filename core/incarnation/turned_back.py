"""Whether the database was put back from an older copy while this process runs."""

from __future__ import annotations

from sqlalchemy.exc import SQLAlchemyError

from core.database import Database
from core.errors import NotReadyError
from core.incarnation.mark import Mark
from core.incarnation.opening import read_entry


class DatabaseCheck:
    """Looks whether the database still knows the start of this process."""

    def __init__(self, database: Database, mark: Mark) -> None:
        self._database = database
        self._mark = mark

    def check(self) -> None:
        """Return if it does, else raise NotReadyError; costs one look at one row."""
        try:
            with self._database.reading() as session:
                entry = read_entry(session)
        except SQLAlchemyError:
            return  # told as what it is, and the intent needs the same database
        ours = self._mark
        if entry is None or entry.mark.count < ours.count or entry.mark.studio != ours.studio:
            raise NotReadyError(
                "The database was put back from an older copy while the studio runs.",
                advice="Restart the studio; what may have been made already is held then, and "
                "paid orders wait for that.",
            )
