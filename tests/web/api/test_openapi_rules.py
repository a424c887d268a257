"""The description keeps the rules of Redocly and Spectral that are errors there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from starlette.testclient import TestClient


@pytest.fixture(scope="module")
def described(client: TestClient) -> dict[str, Any]:
    told: dict[str, Any] = client.get("/api/openapi.json").json()
    return told


def operations(described: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


def nodes(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        yield part
        part = list(part.values())
    if isinstance(part, list):
        for one in part:
            yield from nodes(one)


def test_every_array_says_what_it_holds(described: dict[str, Any]) -> None:
    arrays = [one for one in nodes(described) if one.get("type") == "array"]

    assert arrays
    assert [one for one in arrays if not one.get("items")] == []


def test_no_path_ends_with_a_slash_and_the_old_one_is_still_answered(
    described: dict[str, Any], client: TestClient
) -> None:
    assert [path for path in described["paths"] if path.endswith("/")] == []
    for path in ("/api/generate", "/api/generate/"):
        asked = {"prompt": "a boat", "resolution": "draft"}
        assert client.post(path, json=asked).status_code == 200


def test_every_operation_says_whether_it_needs_a_key(described: dict[str, Any]) -> None:
    schemes = described["components"]["securitySchemes"]
    needs = {name: one.get("security") for name, one in operations(described)}

    assert needs.pop("get /health") == [{}, {"key": []}]
    assert set(schemes) == {"key"}
    assert {str(one) for one in needs.values()} == {"[{'key': []}]"}


def test_every_example_is_of_its_schema(described: dict[str, Any]) -> None:
    wrong = []
    for name, operation in operations(described):
        for media in operation.get("requestBody", {}).get("content", {}).values():
            schema = {**media["schema"], "components": described["components"]}
            check = Draft202012Validator(schema)
            wrong += [
                f"{name}: {problem.message}"
                for one in media.get("examples", {}).values()
                for problem in check.iter_errors(one["value"])
            ]

    assert wrong == []


def test_every_operation_has_a_name_a_title_and_a_refusal(described: dict[str, Any]) -> None:
    found = dict(operations(described))

    names = [one["operationId"] for one in found.values()]
    assert len(names) == len(set(names))
    assert all(one["summary"] and one["tags"] for one in found.values())
    assert all(any(code[0] == "4" for code in one["responses"]) for one in found.values())
    for name, one in found.items():
        in_path = {part["name"] for part in one.get("parameters", ()) if part["in"] == "path"}
        assert in_path == {piece.strip("{}") for piece in name.split("/") if piece[:1] == "{"}
