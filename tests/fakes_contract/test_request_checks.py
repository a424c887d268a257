"""The fake takes what Bria documents and refuses everything else, free of charge."""

from __future__ import annotations

import base64
import json
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.bria import FakeBria
from tests.fakes.bria_server.contract import CONTRACTS, RefusalError, checked_body
from tests.fakes_contract.visitor import Visitor

SCENE = json.dumps({"short_description": "a fox", "objects": []})
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n and more").decode()
ADDRESS = "https://example.com/fox.png"
GENERATE = "image/generate"
LITE = "image/generate/lite"
BRIDGE = "structured_prompt/generate"

LEGAL: list[tuple[str, dict[str, Any]]] = [
    (GENERATE, {"prompt": "a fox"}),
    (GENERATE, {"images": [ADDRESS]}),
    (GENERATE, {"images": [PNG], "prompt": "in snow"}),
    (GENERATE, {"structured_prompt": SCENE, "seed": 5}),
    (GENERATE, {"structured_prompt": SCENE, "prompt": "add sun", "seed": 0}),
    (GENERATE, {"prompt": "a fox", "aspect_ratio": "21:9", "resolution": "1MP"}),
    (GENERATE, {"prompt": "a fox", "style": "kodak_film", "output_type": "jpeg"}),
    (GENERATE, {"prompt": "a fox", "negative_prompt": "", "steps_num": 35, "ip_signal": True}),
    (GENERATE, {"prompt": "a fox", "model_version": "FIBO", "webhook_url": ADDRESS}),
    (LITE, {"prompt": "a fox", "aspect_ratio": "16:9", "model_version": "FIBO"}),
    (BRIDGE, {"prompt": "a fox"}),
    (BRIDGE, {"prompt": "add sun", "structured_prompt": SCENE}),
    (
        "structured_prompt/generate_from_diff",
        {"structured_prompt": SCENE, "user_adjusted_structured_prompt": SCENE},
    ),
    ("image/edit", {"images": [ADDRESS, ADDRESS], "instruction": "add sun", "guidance_scale": 5}),
]
ILLEGAL: list[tuple[str, dict[str, Any], str]] = [
    (GENERATE, {}, "combination"),
    (GENERATE, {"seed": 1}, "combination"),
    (GENERATE, {"images": [ADDRESS], "structured_prompt": SCENE}, "combination"),
    (GENERATE, {"prompt": "a fox", "num_results": 2}, "num_results"),
    (GENERATE, {"prompt": "a fox", "guidance_scale": 5}, "guidance_scale"),
    (GENERATE, {"prompt": "a fox", "camera_angle": "eye-level"}, "camera_angle"),
    (GENERATE, {"prompt": "a fox", "style": "cinematic"}, "style"),
    (GENERATE, {"structured_prompt": SCENE, "style": "kodak_film"}, "style"),
    (GENERATE, {"images": [PNG], "prompt": "x", "style": "kodak_film"}, "style"),
    (GENERATE, {"structured_prompt": {"short_description": "a fox"}}, "structured_prompt"),
    (GENERATE, {"structured_prompt": "a fox"}, "structured_prompt"),
    (GENERATE, {"structured_prompt": "[]"}, "structured_prompt"),
    (GENERATE, {"prompt": " "}, "prompt"),
    (GENERATE, {"prompt": None}, "prompt"),
    (GENERATE, {"prompt": "a fox", "seed": "1"}, "seed"),
    (GENERATE, {"prompt": "a fox", "seed": True}, "seed"),
    (GENERATE, {"prompt": "a fox", "seed": -1}, "seed"),
    (GENERATE, {"prompt": "a fox", "seed": 2**31}, "seed"),
    (GENERATE, {"prompt": "a fox", "aspect_ratio": "7:5"}, "aspect_ratio"),
    (GENERATE, {"prompt": "a fox", "aspect_ratio": "3:1", "resolution": "4MP"}, "aspect_ratio"),
    (GENERATE, {"images": [PNG], "aspect_ratio": "2:1"}, "aspect_ratio"),
    (
        GENERATE,
        {"prompt": "x", "structured_prompt": SCENE, "aspect_ratio": "2:1"},
        "aspect_ratio",
    ),
    (GENERATE, {"images": [PNG, PNG]}, "images"),
    (GENERATE, {"images": ["data:image/png;base64," + PNG]}, "images"),
    (GENERATE, {"images": ["bm90IGFuIGltYWdl"]}, "images"),
    (GENERATE, {"prompt": "a fox", "steps_num": 20}, "steps_num"),
    (GENERATE, {"prompt": "a fox", "sync": "false"}, "sync"),
    (GENERATE, {"prompt": "a fox", "sync": True, "webhook_url": ADDRESS}, "webhook_url"),
    (GENERATE, {"prompt": "a fox", "model_version": "FIBO_BBQ"}, "model_version"),
    (LITE, {"prompt": "a fox", "style": "kodak_film"}, "style"),
    (LITE, {"prompt": "a fox", "resolution": "4MP"}, "resolution"),
    (BRIDGE, {"structured_prompt": SCENE}, "combination"),
    (BRIDGE, {"prompt": "a fox", "aspect_ratio": "1:1"}, "aspect_ratio"),
    ("structured_prompt/generate_from_diff", {"structured_prompt": SCENE}, "combination"),
    ("image/edit", {"instruction": "add sun"}, "combination"),
]


@pytest.mark.parametrize(("endpoint", "body"), LEGAL)
def test_a_legal_request_is_accepted_and_charged_once(
    fake: FakeBria, visitor: Visitor, endpoint: str, body: dict[str, Any]
) -> None:
    assert visitor.submit(endpoint, **body).startswith("202 request_id status_url")
    assert [charge.endpoint for charge in fake.charges()] == [endpoint]


@pytest.mark.parametrize(("endpoint", "body", "named"), ILLEGAL)
def test_an_illegal_request_is_refused_with_the_field_named(
    endpoint: str, body: dict[str, Any], named: str
) -> None:
    with pytest.raises(RefusalError, match=named) as refused:
        checked_body(endpoint, json.dumps(body).encode(), "application/json")

    assert refused.value.status == 400


def test_a_refusal_arrives_as_400_and_costs_nothing(fake: FakeBria, visitor: Visitor) -> None:
    seen = visitor.submit(prompt="a fox", camera_angle="eye-level")

    assert seen.startswith("400 400 Bad Request camera_angle")
    assert fake.charges() == []


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"prompt=a", "application/x-www-form-urlencoded", 415),
        (b" " * 12_000_001, "application/json", 413),
    ],
)
def test_a_body_that_is_no_json_object_of_decent_size_is_refused(
    fake: FakeBria, content: bytes, content_type: str, status: int
) -> None:
    headers = {"api_token": fake.token, "content-type": content_type}
    url = f"{fake.v2_url}/image/generate"

    response = httpx.post(url, content=content, headers=headers, trust_env=False, timeout=20)

    assert response.status_code == status
    assert fake.charges() == []


@pytest.mark.parametrize("headers", [{}, {"api_token": "no"}, {"authorization": "Bearer x"}])
def test_a_request_without_the_right_token_is_refused(
    fake: FakeBria, headers: dict[str, str]
) -> None:
    with httpx.Client(trust_env=False, headers=headers, timeout=10) as client:
        submitted = client.post(f"{fake.v2_url}/image/generate", json={"prompt": "a fox"})
        polled = client.get(f"{fake.v2_url}/status/{'0' * 32}")

    assert (submitted.status_code, polled.status_code) == (401, 401)
    assert fake.charges() == []


def test_paths_and_methods_bria_does_not_have_are_errors_in_brias_shape(
    fake: FakeBria, visitor: Visitor
) -> None:
    assert visitor.submit("image/generate/refine").startswith("404 404 Not Found")
    assert visitor.meet("GET", f"{fake.v2_url}/image/generate").startswith("405 405")


@given(name=st.text(min_size=1), value=st.none() | st.booleans() | st.integers() | st.text())
def test_a_field_nobody_documented_is_never_accepted(name: str, value: object) -> None:
    for endpoint, contract in CONTRACTS.items():
        if name not in contract.fields:
            raw = json.dumps({"prompt": "a fox", name: value}).encode()
            with pytest.raises(RefusalError):
                checked_body(endpoint, raw, "application/json")
