"""The database and the data folder of an installation, opened together or not at all."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from tempfile import TemporaryFile

from core.database import Database
from core.figures import recount
from core.files import make_folder
from core.incarnation.mark import FolderCheck, MarkedFolder
from core.incarnation.opening import open_folder
from core.incarnation.order_log import OrderLog
from core.incarnation.turned_back import DatabaseCheck
from core.media import MediaStore
from core.records import workers
from core.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """What is stored, and where; `folder_mark` identifies the folder wherever it is mounted."""

    database: Database
    media: MediaStore
    order_log: OrderLog
    folder_mark: str
    folder_check: FolderCheck
    database_check: DatabaseCheck


def open_store(settings: Settings) -> Store:
    """Return the store with its folders and tables created, or raise WrongFolderError."""
    media_folder = settings.data_dir / "media"
    make_folder(media_folder)
    for folder in (settings.data_dir, media_folder):
        with TemporaryFile(dir=folder):
            pass  # so that a read-only folder fails now and not with the first picture
    database = Database(settings.database_url)
    try:
        database.migrate()
        marked, order_log = MarkedFolder(settings.data_dir), OrderLog(settings.data_dir)
        opened = open_folder(
            database,
            marked,
            order_log,
            adopt=settings.adopt,
            new_nonce=lambda: secrets.token_hex(8),
        )
        with database.writing() as session:
            key = workers.shared_key(session, "media", fresh=secrets.token_hex(32))
            recount.fill_if_empty(session)
    except BaseException:
        database.close()
        raise
    return Store(
        database=database,
        media=MediaStore(media_folder, key=bytes.fromhex(key), base_path=settings.base_path),
        order_log=order_log,
        folder_mark=opened.mark.folder,
        folder_check=FolderCheck(marked, opened.mark),
        database_check=DatabaseCheck(database, opened.mark, order_log),
    )
