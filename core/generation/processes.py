"""Notices about the processes of a studio: what they lack, and where they differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from core.clock import LARGEST_SKEW_SECONDS
from core.database import Database
from core.domain.notice import Notice
from core.records import backlog, batch_rows, batches, workers
from core.records.workers import WORKER, Life, Living


class Processes:
    """Reads what the living processes report about themselves."""

    def __init__(
        self,
        database: Database,
        labels: Mapping[str, str],
        *,
        seen_within_seconds: float,
        is_own: Callable[[Life], bool] = lambda _life: False,
    ) -> None:
        """`labels` maps engine names to what people read.

        Problems of processes for which `is_own` is True are left out; they have their own notice.
        """
        self._database = database
        self._labels = dict(labels)
        self._seen_within_seconds = seen_within_seconds
        self._is_own = is_own

    def notices(self) -> list[Notice]:
        """Return what is wrong with the processes that are alive now."""
        with self._database.reading() as session:
            living = workers.living(session, seen_within_seconds=self._seen_within_seconds)
            made = {
                name for one in living if one.setup.role == WORKER for name in one.setup.engines
            }
            waiting = {
                engine: count
                for engine, count in backlog.waiting_by_engine(session).items()
                if engine not in made
            }
            for batch in batches.running(session):
                for engine, left in batch_rows.waiting_by_engine(session, batch.id).items():
                    if engine not in made:
                        waiting[engine] = waiting.get(engine, 0) + left
        has_worker = any(one.setup.role == WORKER for one in living)
        return [
            *(self._nobody_makes(waiting) if has_worker else ()),
            *self._problems_elsewhere(living),
            *_differences(living),
            *_wrong_clocks(living),
        ]

    def _nobody_makes(self, waiting: Mapping[str, int]) -> Iterator[Notice]:
        for engine, count in sorted(waiting.items()):
            orders = "1 order waits" if count == 1 else f"{count} orders wait"
            label = self._labels.get(engine, engine)
            yield Notice(
                "engine_missing",
                f"{orders} for {label}: no worker has its key.",
                "Set the key of a worker and start it again, or cancel them.",
            )

    def _problems_elsewhere(self, living: Sequence[Living]) -> Iterator[Notice]:
        """Yield what stops the workers of other processes from ordering anything."""
        one_is_well = any(one.setup.role == WORKER and one.problem is None for one in living)
        for one in living:
            if one.problem is not None and not self._is_own(one.life):
                yield Notice(
                    "worker_orders_nothing",
                    f"The worker on {one.setup.host} orders nothing: {one.problem.message}",
                    one.problem.advice,
                    stops=not one_is_well,
                )


def _differences(living: Sequence[Living]) -> Iterator[Notice]:
    """Yield a notice for every setting that processes should share and do not."""
    places: dict[str, dict[str, list[str]]] = {}
    for one in living:
        where = f"{one.setup.role} on {one.setup.host}"
        for name, value in one.setup.settings.items():
            places.setdefault(name, {}).setdefault(value, []).append(where)
    for name, by_value in sorted(places.items()):
        if len(by_value) < 2:
            continue
        (first, here), (second, there) = list(by_value.items())[:2]
        values = f"{first} for the {here[0]}, {second} for the {there[0]}"
        yield Notice(
            "settings_differ",
            f"{name} differs between processes: {values}.",
            "Give all processes of this studio the same value and restart them.",
        )


def _wrong_clocks(living: Sequence[Living]) -> Iterator[Notice]:
    """Yield one notice for each machine whose clock is off, however many processes it runs."""
    furthest: dict[str | None, float] = {}
    for one in living:
        host, seconds = one.setup.host, one.clock_ahead_seconds
        furthest[host] = max(furthest.get(host, 0.0), seconds, key=abs)
    for host, seconds in furthest.items():
        if abs(seconds) > LARGEST_SKEW_SECONDS:
            side = "ahead of" if seconds > 0 else "behind"
            yield Notice(
                "clock",
                f"The clock of {host} is {abs(seconds):.0f} s {side} the database's.",
                "Set it by NTP: waits and days are counted by it.",
            )
