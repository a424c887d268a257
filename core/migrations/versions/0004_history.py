"""History: words of prompts, tags, saved views, what is starred or in the trash."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.tables.columns import UtcMoment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_NEWEST = ["created_at", "id"]


def upgrade() -> None:
    """Add the tables, the columns and the index of words that the database at hand offers."""
    op.add_column("generation", sa.Column("purged_at", UtcMoment))
    _create_tables()
    _create_indexes()
    if op.get_bind().dialect.name == "postgresql":
        _index_words_on_postgres()
    else:
        _index_words_on_sqlite()
    # without statistics Postgres walks the time index for a rare word: 16 s against 0.5 ms at a
    # million rows
    op.execute("ANALYZE")


def _create_tables() -> None:
    op.create_table(
        "generation_tag",
        sa.Column("tag", sa.String, primary_key=True),
        sa.Column("generation_id", sa.BigInteger, primary_key=True, autoincrement=False),
    )
    op.create_index("ix_generation_tag_generation", "generation_tag", ["generation_id", "tag"])
    op.create_table(
        "saved_view",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("user_id", sa.BigInteger, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("line", sa.Text, nullable=False),
        sa.Column("created_at", UtcMoment, nullable=False),
    )
    op.create_index("ix_saved_view_name", "saved_view", ["user_id", "name"], unique=True)


def _create_indexes() -> None:
    """Index the few rows that somebody judged or threw away, and who has which seed or file."""
    for name, columns, where in (
        ("rated", ["rating", *_NEWEST], "rating IS NOT NULL"),
        ("verdict", ["verdict", *_NEWEST], "verdict IS NOT NULL"),
        ("trashed", ["trashed_at", "id"], "trashed_at IS NOT NULL"),
        ("file", ["image_sha256"], "image_sha256 IS NOT NULL"),
    ):
        condition = sa.text(where)
        op.create_index(
            f"ix_generation_{name}",
            "generation",
            columns,
            sqlite_where=condition,
            postgresql_where=condition,
        )
    op.create_index("ix_generation_seed", "generation", ["seed", *_NEWEST])


def _index_words_on_sqlite() -> None:
    """Build FTS5 over the rows themselves; triggers keep it, whoever writes.

    Prompts change once at most, when a purge takes them away, so the update trigger is as rare.
    """
    op.execute(
        "CREATE VIRTUAL TABLE generation_words USING fts5(prompt, instruction, "
        "content='generation', content_rowid='id', prefix='2 3', "
        "tokenize='unicode61 remove_diacritics 2')"
    )
    op.execute("INSERT INTO generation_words(generation_words) VALUES ('rebuild')")
    add = (
        "INSERT INTO generation_words(rowid, prompt, instruction) "
        "VALUES (new.id, new.prompt, new.instruction);"
    )
    take = (
        "INSERT INTO generation_words(generation_words, rowid, prompt, instruction) "
        "VALUES ('delete', old.id, old.prompt, old.instruction);"
    )
    for name, event, work in (
        ("added", "AFTER INSERT", add),
        ("removed", "AFTER DELETE", take),
        ("changed", "AFTER UPDATE OF prompt, instruction", take + add),
    ):
        op.execute(f"CREATE TRIGGER generation_words_{name} {event} ON generation BEGIN {work} END")


def _index_words_on_postgres() -> None:
    """Build a GIN index of whole words, and one of trigrams where the extension may be made."""
    text = "prompt || ' ' || coalesce(instruction, '')"
    op.execute(
        "CREATE INDEX ix_generation_words ON generation "
        f"USING gin (to_tsvector('simple'::regconfig, {text}))"
    )
    bind = op.get_bind()
    offered = sa.text("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'")
    if bind.execute(offered).scalar() is None:
        return
    try:
        with bind.begin_nested():
            bind.execute(sa.text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
    except sa.exc.DBAPIError:
        return  # this user may not make extensions; parts of words are then found by reading on
    op.execute(
        f"CREATE INDEX ix_generation_trigrams ON generation USING gin (({text}) gin_trgm_ops)"
    )
