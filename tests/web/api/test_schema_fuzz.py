"""Requests nobody thought of: every answer is one that the description of the API promises."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import BaseSchema, Case, GenerationMode
from schemathesis.openapi import from_asgi
from schemathesis.specs.openapi import stateful
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance
from starlette.applications import Starlette
from starlette.routing import Mount

from core.keys.from_settings import Scope
from core.settings import Settings
from core.web import server
from core.wiring import build_studio
from tests.examples import examples
from tests.fakes.engine import PaintedEngine
from tests.web.api.sending import GOOD, WRONG

# schemathesis's own doing
pytestmark = pytest.mark.filterwarnings("ignore:Do not use the `random` module")

SEEDED = settings(
    max_examples=examples(12),
    stateful_step_count=8,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
CHAINS, MOST_CHAINS = examples(24), 400
LAST = {"GET /generate/{generation_id}", "POST /batches/{batch_id}/pause"}
"""Where chains must lead; any change of the description leads them elsewhere."""

AT_ONCE = {"Prefer": "respond-async"}
LEFT_OUT: list[Any] = [
    ignored_auth,  # puts keys of its own into our header; who may do what has its own tests
    positive_data_acceptance,  # no schema says which bytes are a table
]
TABLES = (GOOD, WRONG, b"", b"prompt\n", b"\xff\xfe\x00", b"prompt,seed\na boat,-1\n\x00,5\n")


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BaseSchema]:
    """The API as another machine sees it, with a key; its pictures are made at once."""
    studio = build_studio(
        Settings(FIBO_DATA_DIR=tmp_path_factory.mktemp("fuzz")), engines=[PaintedEngine()]
    )
    studio.worker.start()
    key = studio.key_store.make("fuzz", Scope.ADMIN, per_minute=100_000)
    schemathesis.openapi.format("binary", st.one_of(st.sampled_from(TABLES), st.binary()))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server, "studio", lambda: studio)
        # it would begin with ids of its own, because nothing tells the ids of projects
        patch.setattr(stateful, "is_likely_root_transition", _begins_a_chain)
        app = Starlette(routes=[Mount("/api", app=server.RestApp())])
        described = from_asgi("/api/openapi.json", app)
        described.config.update(headers={"Authorization": f"Bearer {key}"})
        yield described
    studio.close()


def _begins_a_chain(operation: Any, *_: object) -> bool:
    return operation.method in {"get", "post"} and not operation.path_parameters


def operations(api: BaseSchema, mode: GenerationMode) -> list[Any]:
    """Return the operations of which there can be such requests; some have nothing to get wrong."""
    described: Iterator[Any] = api.get_all_operations()
    found = [one.ok() for one in described]
    return [
        one for one in found if mode.is_positive or one.body or one.query or one.path_parameters
    ]


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_answer_is_promised_by_the_description(api: BaseSchema, mode: GenerationMode) -> None:
    asked: set[str] = set()
    for operation in operations(api, mode):

        @SEEDED
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case: Case[Any]) -> None:
            case.call_and_validate(headers=AT_ONCE, excluded_checks=LEFT_OUT)
            asked.add(case.operation.label)

        ask()

    assert len(asked) >= 20


@pytest.mark.long
def test_every_answer_is_promised_in_chains_of_requests(api: BaseSchema) -> None:
    answers: dict[str, set[int]] = {}

    followed = api.exclude(path="/metrics")  # from the figures nothing leads on

    class Chain(followed.as_state_machine()):  # type: ignore[misc]
        def call(self, case: Case[Any], **how: Any) -> Any:
            how["headers"] = {**(how.get("headers") or {}), **AT_ONCE}
            answer = case.call(**how)
            answers.setdefault(case.operation.label, set()).add(answer.status_code)
            return answer

        def validate_response(self, response: Any, case: Case[Any], **_: Any) -> None:
            case.validate_response(response, excluded_checks=LEFT_OUT)

    # one at a time: what a chain meets depends on those before it, which Hypothesis calls flaky
    alone = settings(SEEDED, max_examples=1, derandomize=False, phases=[Phase.generate])
    for number in range(MOST_CHAINS):
        seed(number)(Chain).run(settings=alone)
        if number >= CHAINS and all(200 in answers.get(one, ()) for one in LAST):
            break

    assert 202 in answers["POST /batches"]
    assert 200 in answers["GET /generate/{generation_id}"], "ids were followed"
    assert 200 in answers["POST /batches/{batch_id}/pause"]
