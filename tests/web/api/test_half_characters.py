"""Half a character (a lone surrogate) anywhere in what is sent is refused and breaks nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.web.api.sending import GOOD, send

HALF = "\ud800"
BODIES: list[Any] = [
    {"prompt": "a boat", HALF: "x"},
    {"prompt": "a boat", f"seed{HALF}": 1},
    {"prompt": f"a {HALF} boat"},
    {"prompt": "a boat", "lighting": HALF},
    {"prompt": "a boat", "engine": HALF},
    {"prompt": "a boat", "structured_prompt": {HALF: HALF}},
    {"prompt": "a boat", "structured_prompt": json.dumps({"objects": [{HALF: HALF}]})},
    {"prompt": "a boat", "user_id": HALF},
    {"prompt": "a boat", "project_id": HALF},
    {"prompt": "a boat", "seed": HALF},
    {"refinement_prompt": HALF},
    {HALF: {HALF: [HALF]}},
]


def post(client: TestClient, path: str, body: Any) -> int:
    answer = client.post(path, content=json.dumps(body), headers={"Prefer": "respond-async"})
    assert answer.text.encode()
    return answer.status_code


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_half_a_character_in_any_field_is_the_senders_mistake(
    client: TestClient, body: dict[str, Any]
) -> None:
    made = client.post("/api/generate/", content=b'{"prompt": "a boat", "seed": 3}')
    at = made.json()["id"]

    for path, sent in (
        ("/api/generate/", body),
        (f"/api/generate/{at}/refine", body),
        ("/api/generate/batch", {"requests": [body]}),
    ):
        assert 400 <= post(client, path, sent) < 500, path
    # other fields beside the requests are nobody's
    beside = {"requests": [{"prompt": "a boat"}], HALF: body}
    assert post(client, "/api/generate/batch", beside) == 202


@pytest.mark.parametrize(
    "form",
    [
        {"mapping": json.dumps({HALF: "prompt"})},
        {"mapping": json.dumps({"prompt": HALF})},
        {"mapping": HALF.encode("utf-8", "surrogatepass").decode("latin-1")},
        {"engine": "\xed\xa0\x80"},
    ],
)
def test_half_a_character_beside_a_table_is_the_senders_mistake(
    client: TestClient, form: dict[str, str]
) -> None:
    for path in ("/api/batches/check", "/api/batches"):
        assert 400 <= send(client, path, GOOD, **form).status_code < 500


def test_half_a_character_in_an_address_or_a_header_breaks_nothing(client: TestClient) -> None:
    for path in ("?refinement_prompt=%ED%A0%80", "/%ED%A0%80", "?%ED%A0%80=1"):
        assert client.get(f"/api/generate/history{path}").status_code < 500
    headers = [(b"Idempotency-Key", b"\xed\xa0\x80"), (b"Authorization", b"Bearer \xed\xa0\x80")]
    assert client.get("/api/generate/history", headers=headers).status_code == 401
