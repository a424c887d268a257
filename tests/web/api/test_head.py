"""HEAD is answered wherever GET is, without the body, and the description keeps silent about it."""

from __future__ import annotations

from starlette.testclient import TestClient

from core.wiring import Studio


def test_head_tells_of_everything_what_get_would(client: TestClient, running: Studio) -> None:
    made = client.post("/api/generate/", json={"prompt": "a boat", "resolution": "draft"}).json()
    rows = {"file": ("boats.csv", b"prompt,resolution\na red boat,draft\n")}
    batch = client.post("/api/batches", files=rows).json()
    described = client.get("/api/openapi.json").json()["paths"]
    readable = [path for path, methods in described.items() if "get" in methods]
    places = [
        f"/api{path}".replace("{generation_id}", made["id"]).replace("{batch_id}", batch["id"])
        for path in readable
    ]

    assert "/generate/{generation_id}/image" in readable
    assert not [path for path, methods in described.items() if "head" in methods]
    assert running.archives.open(running.archives.url(int(batch["id"])).rpartition("/")[2])
    for place in (*places, "/api/docs", "/api/docs/described.json", "/api/openapi.json"):
        head, got = client.head(place), client.get(place)
        assert (place, head.status_code) == (place, got.status_code)
        assert head.headers["content-type"] == got.headers["content-type"]
    assert client.head("/api/generate/1/image").status_code == 404
    assert client.head("/api/batches/check").status_code == 405
