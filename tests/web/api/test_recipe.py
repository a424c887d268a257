"""How a picture was made, by REST: from its bytes, or from what the file says."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from core.wiring import Studio
from tests.fakes.engine import painted_square
from tests.records.little_history import add_pictures
from tests.shared import needs_shared, shared
from tests.web.api.sending import send

PICTURE = {"name": "picture.png"}


@needs_shared
def test_what_another_tool_wrote_can_be_posted_as_a_request(client: TestClient) -> None:
    content = shared("data/reports/f1_a1111.png").read_bytes()

    answer = send(client, "/api/recipe", content, **PICTURE).json()

    assert answer["request"] == {
        "prompt": "a copper kettle on a stove",
        "seed": 42,
        "aspect_ratio": "2:3",
    }
    assert (answer["tool"], answer["generation_id"]) == ("AUTOMATIC1111", None)
    assert "negative prompt (blurry)" in answer["notices"][0]
    small = {**answer["request"], "resolution": "draft"}
    assert client.post("/api/generate/?wait=0", json=small).status_code in {200, 202}


@pytest.mark.parametrize("name", ["zip_bria.png", ""])
def test_the_very_file_of_a_picture_here_is_known(
    client: TestClient, running: Studio, name: str
) -> None:
    content = painted_square(77) if not name else b""
    if name:
        path = shared(f"data/reports/{name}")
        if not path.exists():
            pytest.skip("the shared folder is not here")
        content = path.read_bytes()
    digest = running.media.keep(content, "image/png")
    (number,) = add_pictures(
        running, {"image_sha256": digest, "image_type": "image/png", "prompt": "a boat", "seed": 9}
    )

    answer = send(client, "/api/recipe", content, **PICTURE).json()

    assert answer["generation_id"] == str(number)
    assert answer["request"] == {"prompt": "a boat", "seed": 9}
    assert (answer["tool"], answer["notices"]) == (None, [])


def test_what_is_no_picture_with_a_recipe_is_refused_in_a_sentence(client: TestClient) -> None:
    bare = send(client, "/api/recipe", painted_square(78), **PICTURE)
    table = send(client, "/api/recipe")
    more = send(client, "/api/recipe", painted_square(78), parallel="3", **PICTURE)

    assert [one.status_code for one in (bare, table, more)] == [422, 422, 422]
    assert "holds no recipe" in bare.json()["error"]["message"]
    assert "drop a PNG" in table.json()["error"]["message"]
    assert "one picture" in more.json()["error"]["message"]
