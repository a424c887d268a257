"""Which pictures answer a request with a seed, for as long as they exist."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, Executable, delete, insert
from sqlmodel import Session, col, select

from core.domain.request import form_digest, forms_of_picture
from core.tables.cache import OwnedFormRow
from core.tables.generation import GenerationRow, PayloadRow

File = tuple[str | None, str | None, int | None]
"""The file of a picture: SHA-256, type, and length in bytes or None if that is not known."""


def note(session: Session, generation_id: int, *, picture_bytes: int | None = None) -> None:
    """Store the forms that a finished picture answers; safe to repeat.

    Without `picture_bytes` the length is that of the generation it was reused from.
    """
    found = session.execute(
        select(GenerationRow, PayloadRow.canonical, PayloadRow.structured_prompt)
        .join(PayloadRow, col(PayloadRow.generation_id) == col(GenerationRow.id))
        .where(col(GenerationRow.id) == generation_id)
    ).one()
    row: GenerationRow = found[0]
    if picture_bytes is None and row.source_id is not None:
        picture_bytes = session.scalars(
            select(OwnedFormRow.picture_bytes)
            .where(col(OwnedFormRow.generation_id) == row.source_id)
            .limit(1)
        ).first()
    forget(session, [generation_id])
    rows = [
        {
            "user_id": row.user_id,
            "form": form_digest(form),
            "generation_id": generation_id,
            "picture_bytes": picture_bytes,
        }
        for form in forms_of_picture(found[1], seed=row.seed, scene=found[2])
    ]
    if rows:
        session.execute(insert(OwnedFormRow), rows)


def pictures(
    connection: Session | Connection, forms: Sequence[str], *, user_id: int
) -> Iterator[tuple[str, int, File]]:
    """Yield (form, generation id, file) for each picture outside the trash that answers a form.

    `forms` are SHA-256 digests. Generated pictures come before reused ones, newest first.
    """
    query: Executable = (
        select(  # type: ignore[call-overload]  # SQLModel's types end at four columns
            OwnedFormRow.form,
            GenerationRow.id,
            GenerationRow.image_sha256,
            GenerationRow.image_type,
            OwnedFormRow.picture_bytes,
        )
        .join(GenerationRow, col(GenerationRow.id) == col(OwnedFormRow.generation_id))
        .where(
            col(OwnedFormRow.user_id) == user_id,
            col(OwnedFormRow.form).in_(forms),
            col(GenerationRow.trashed_at).is_(None),
        )
        .order_by(col(GenerationRow.cached), col(GenerationRow.id).desc())
    )
    for form, generation_id, *file in connection.execute(query):
        yield form, generation_id, tuple(file)


def forget_all(session: Session) -> None:
    """Delete every form: no picture answers a request by its seed any more."""
    session.execute(delete(OwnedFormRow))


def forget_answer(session: Session, generation_id: int) -> None:
    """Delete what a picture answers, also where another row shows the same picture."""
    its = select(OwnedFormRow.form).where(col(OwnedFormRow.generation_id) == generation_id)
    session.execute(
        delete(OwnedFormRow)
        .where(col(OwnedFormRow.form).in_(its))
        .execution_options(synchronize_session=False)
    )


def forget(session: Session, generation_ids: Sequence[int]) -> None:
    """Delete the forms of some pictures; at most as many as one statement can name."""
    session.execute(
        delete(OwnedFormRow)
        .where(col(OwnedFormRow.generation_id).in_(generation_ids))
        .execution_options(synchronize_session=False)
    )
