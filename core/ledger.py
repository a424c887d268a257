"""The money: reserved before anything is sent, settled when known, never over a limit.

At every moment and for every scope: committed = what unfinished generations have reserved + the
prices of all attempts whose charge is `maybe` or `yes`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from core.database import insert_into
from core.domain.failure import Charge
from core.domain.money import Account, Budgets, dollars
from core.errors import BudgetExceededError
from core.tables.batch import BatchRow
from core.tables.generation import AttemptRow, GenerationRow
from core.tables.studio import ProjectRow, SpendRow

_BUDGETS = {
    "day": "today's budget",
    "project": "the project's budget",
    "batch": "the budget of this batch",
}


def reserve(session: Session, account: Account, amount_microusd: int, budgets: Budgets) -> None:
    """Reserve an amount in all scopes, or raise BudgetExceededError and change nothing.

    The limit is part of the UPDATE's condition, so any number of concurrent writers stay within it.
    A project's own budget is in its row.
    """
    if amount_microusd == 0:
        return
    for scope, limit in zip(account.scopes, _limits(session, account, budgets), strict=True):
        _make_scope(session, scope)
        grown = col(SpendRow.committed_microusd) + amount_microusd
        taking = update(SpendRow).where(col(SpendRow.scope) == scope)
        if limit is not None:
            taking = taking.where(grown <= limit)
        taken = taking.values(committed_microusd=grown).returning(col(SpendRow.scope))
        if session.scalars(taken).first() is None:
            assert limit is not None  # noqa: S101 - without a limit the row is always found
            left = max(limit - committed(session, scope), 0)
            raise BudgetExceededError(
                f"This costs {dollars(amount_microusd)}, and {dollars(left)} is left of "
                f"{_BUDGETS[scope.partition(':')[0]]}.",
                price_microusd=amount_microusd,
                advice="Wait until tomorrow, raise the budget, or use the free preview.",
            )


def count_spent(session: Session, account: Account, amount_microusd: int) -> None:
    """Count an amount that was spent before any budget could refuse it."""
    for scope in account.scopes:
        _make_scope(session, scope)
        _add(session, scope, amount_microusd)


def release(session: Session, account: Account, amount_microusd: int) -> None:
    """Release an amount that was reserved and is now known not to be charged."""
    if amount_microusd == 0:
        return
    for scope in account.scopes:
        _add(session, scope, -amount_microusd)


def charged_by_project(session: Session, ids: Sequence[int]) -> dict[int, int]:
    """Return what generations have reserved and certainly or possibly cost, by project."""
    ours = col(GenerationRow.id).in_(ids)
    reserved = select(GenerationRow.project_id, func.sum(GenerationRow.reserved_microusd))
    charged = select(GenerationRow.project_id, func.sum(AttemptRow.price_microusd)).join(
        AttemptRow, col(AttemptRow.generation_id) == col(GenerationRow.id)
    )
    charged = charged.where(col(AttemptRow.charge).in_((Charge.MAYBE, Charge.YES)))
    sums: dict[int, int] = {}
    for query in (reserved, charged):
        found = session.exec(query.where(ours).group_by(col(GenerationRow.project_id)))
        for project_id, amount in found:
            sums[project_id] = sums.get(project_id, 0) + int(amount or 0)
    return {project_id: amount for project_id, amount in sums.items() if amount}


def transfer(session: Session, amounts_microusd: Mapping[int, int], *, to_project: int) -> None:
    """Count what was spent on pictures of other projects as spent on this one from now on.

    No budget refuses it, since nothing is spent; a project over its budget cannot spend more.
    """
    moves = {f"project:{one}": -amount for one, amount in amounts_microusd.items()}
    target = f"project:{to_project}"
    moves[target] = moves.get(target, 0) + sum(amounts_microusd.values())
    for scope in sorted(moves):
        _make_scope(session, scope)
        _add(session, scope, moves[scope])


def committed(session: Session, scope: str) -> int:
    """Return what is reserved, possibly charged or charged within a scope."""
    query = select(SpendRow.committed_microusd).where(col(SpendRow.scope) == scope)
    return session.exec(query).first() or 0


def is_covered(session: Session, account: Account, amount_microusd: int, budgets: Budgets) -> bool:
    """Whether `reserve` would find an amount in all scopes now."""
    return amount_microusd == 0 or all(
        limit is None or committed(session, scope) + amount_microusd <= limit
        for scope, limit in zip(account.scopes, _limits(session, account, budgets), strict=True)
    )


def _limits(session: Session, account: Account, budgets: Budgets) -> list[int | None]:
    """Return what may be committed in each scope of an account; None has no limit."""
    of_project = select(ProjectRow.budget_microusd).where(col(ProjectRow.id) == account.project_id)
    limits = [budgets.daily_microusd, session.exec(of_project).first()]
    if account.batch_id is not None:
        batch = session.get(BatchRow, account.batch_id)
        limits.append(batch.budget_microusd if batch else None)
    return limits


def _make_scope(session: Session, scope: str) -> None:
    values = {"scope": scope, "committed_microusd": 0}
    session.execute(insert_into(session, SpendRow).values(**values).on_conflict_do_nothing())


def _add(session: Session, scope: str, amount_microusd: int) -> None:
    """Add to the committed amount of a scope that has a row; no budget refuses it."""
    grown = col(SpendRow.committed_microusd) + amount_microusd
    session.execute(
        update(SpendRow).where(col(SpendRow.scope) == scope).values(committed_microusd=grown)
    )
