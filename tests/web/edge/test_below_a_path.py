"""Two processes below a path, behind the nginx and the Caddy of docs/network.md."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from PIL import Image
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from core.errors import SettingsError
from core.settings import OWN_NAMES, Settings, read_settings
from core.web.edge.startup_checks import check_base_path
from core.web.server import routes
from tests.running import wait_until
from tests.serving import Server
from tests.web.edge.proxies import (
    ANNA,
    BASE_PATH,
    SHOWN_WAYS,
    WAYS,
    WITH_KEY,
    Way,
    proxied,
    start_pair,
)

XSRF = "_streamlit_xsrf"
TWICE = range(2)
"""Whoever is not bound to one process comes to both."""


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Server]]:
    started = start_pair(tmp_path_factory.mktemp("below"))
    yield started
    for server in started:
        server.kill()


@pytest.fixture(scope="module", params=SHOWN_WAYS)
def address(
    request: pytest.FixtureRequest,
    servers: list[Server],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    with proxied(request.param, servers, tmp_path_factory.mktemp("proxy")) as running:
        yield running


@pytest.fixture
def scripts(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(headers=WITH_KEY, timeout=120, base_url=address) as client:
        yield client


@pytest.fixture
def anna(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(headers=ANNA, timeout=120, base_url=address) as client:
        yield client


def test_pages_and_what_they_load_come_from_below_the_path(anna: httpx.Client) -> None:
    bare = anna.get(anna.base_url.copy_with(path=BASE_PATH), follow_redirects=True)
    assert bare.url.path == f"{BASE_PATH}/"

    for path in ("/", "/history", "/batch", "/statistics"):
        for _ in TWICE:
            page = anna.get(path)
            assert page.headers["content-type"].startswith("text/html")
            assert "<title>Streamlit</title>" in page.text
    script = re.search(r'src="\./(static/js/[^"]+)"', anna.get("/").text)
    assert script
    assert "javascript" in anna.get(f"/{script[1]}").headers["content-type"]
    assert "javascript" in anna.get("/app/static/notification.js").headers["content-type"]
    for path in ("/_stcore/health", "/history/_stcore/health"):
        assert anna.get(path).status_code == 200
    assert httpx.get(anna.base_url.join("history")).status_code == 401


def test_rest_its_description_and_its_links_are_below_the_path(
    scripts: httpx.Client, address: str
) -> None:
    for _ in TWICE:
        assert scripts.get("/api/health").json()["database"] == "ok"
        assert "wrong" not in scripts.get("/api/docs").text
        described = scripts.get("/api/openapi.json").json()
        assert [one["url"] for one in described["servers"]] == [f"{BASE_PATH}/api"]
    assert httpx.get(f"{address}/api/generate/history").status_code == 401
    asked = {"prompt": "a boat", "resolution": "draft"}
    answer = scripts.post("/api/generate/", json=asked)
    made = answer.json()
    assert answer.headers["location"] == f"{BASE_PATH}/api/generate/{made['id']}"
    assert made["image_url"].startswith(f"{address}/app/static/media/")

    for method in ("HEAD", "GET"):
        for _ in TWICE:
            seen = httpx.request(method, made["image_url"], headers=ANNA)
            assert (seen.status_code, seen.headers["content-type"]) == (200, "image/png")
            assert bool(seen.content) is (method == "GET")


def test_a_file_becomes_a_batch_and_a_zip(scripts: httpx.Client, address: str) -> None:
    rows = b"prompt,resolution\na red boat,draft\n" + b"a long remark, draft\n" * 3
    answer = scripts.post("/api/batches", files={"file": ("boats.csv", rows)})
    batch = answer.json()
    place = answer.headers["location"].removeprefix(BASE_PATH)

    assert batch["zip_url"] == f"{address}/api/batches/{batch['id']}/zip"
    wait_until(lambda: scripts.get(place).json()["status"] == "done", what="the batch")
    for _ in TWICE:
        assert zipfile.ZipFile(io.BytesIO(scripts.get(batch["zip_url"]).content)).testzip() is None
        head = scripts.head(batch["zip_url"])
        assert (head.status_code, head.content) == (200, b"")
        assert "boats" in head.headers["content-disposition"]


@contextmanager
def visit(address: str, query: str = "") -> Iterator[tuple[ClientConnection, str, bytes]]:
    """Open a page as a browser does; gives its line, its id, and all that was drawn first."""
    way = httpx.URL(address)
    with connect(
        f"ws://{way.host}:{way.port}{way.path}/_stcore/stream",
        additional_headers=ANNA,
        origin=Origin(f"http://{way.host}:{way.port}"),
        max_size=None,
        close_timeout=0.1,
    ) as line:
        ask_to_run(line, query)
        name, drawn = "", b""
        while True:
            content = line.recv(timeout=60, decode=False)
            told = ForwardMsg.FromString(content)
            drawn += content
            if told.WhichOneof("type") == "new_session":
                name = told.new_session.initialize.session_id
            if told.WhichOneof("type") == "script_finished":
                break
        yield line, name, drawn


def ask_to_run(line: ClientConnection, query: str) -> None:
    asking = BackMsg()
    asking.rerun_script.query_string = query
    line.send(asking.SerializeToString())


def test_a_live_draft_is_drawn_by_whichever_process_is_asked(
    anna: httpx.Client, address: str
) -> None:
    with visit(address) as (_, _, drawn):
        found = re.findall(rb'src="(/[^"]+/draft/[^"]+)"', drawn)

    assert found
    for _ in TWICE:
        draft = anna.get(anna.base_url.copy_with(path=found[0].decode()))
        assert Image.open(io.BytesIO(draft.content)).format == "WEBP"


def test_an_upload_reaches_the_page_from_whichever_process_it_came_to(
    anna: httpx.Client, address: str, servers: list[Server]
) -> None:
    waiting = servers[0].data_dir / "passing" / "uploads"
    with visit(address) as (line, name, _):
        token = anna.get("/_stcore/health").cookies[XSRF]
        for number in range(4):
            place = f"/_stcore/upload_file/{name}/f{number}"
            files = {"file": ("boats.csv", b"prompt\na boat\n")}
            assert anna.put(place, files=files).status_code == 403
            told = {"X-Xsrftoken": token, "Cookie": f"{XSRF}={token}"}
            assert anna.put(place, files=files, headers=told).status_code == 204
        ask_to_run(line, "")
        wait_until(lambda: not any(waiting.glob("*")), what="the files to be taken over")


def test_the_log_tells_the_address_with_its_path(servers: list[Server]) -> None:
    for server in servers:
        assert f"open {server.url}{BASE_PATH}" in server.log.read_text()


@pytest.mark.parametrize(
    ("given", "meant"),
    [("", ""), ("/", ""), ("studio", "/studio"), ("/studio/", "/studio"), (" /a/b.c ", "/a/b.c")],
)
def test_a_base_path_may_be_written_in_several_ways(given: str, meant: str) -> None:
    assert Settings(FIBO_BASE_PATH=given).base_path == meant


@pytest.mark.parametrize(
    "given", ["https://studio.example/studio", "/a b", "/a//b", "/..", "/a/../b", "/é", "/a?b"]
)
def test_what_is_no_path_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("FIBO_BASE_PATH", given)

    with pytest.raises(SettingsError, match=r"FIBO_BASE_PATH.*a path such as /studio"):
        read_settings()


def test_a_path_of_the_studio_itself_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = [path.stem for path in Path("pages").glob("*.py")]
    own = {getattr(route, "path", "/").split("/")[1] for route in routes(pages=pages)}

    assert {*own, *pages} <= OWN_NAMES
    monkeypatch.setenv("FIBO_BASE_PATH", "/api/studio")
    with pytest.raises(SettingsError, match="/api is a path of the studio itself"):
        read_settings()


def test_a_base_path_that_only_streamlit_knows_is_refused() -> None:
    check_base_path("/studio", wanted="/studio")

    for wanted in ("", "/other"):
        with pytest.raises(SettingsError) as refused:
            check_base_path("/studio", wanted=wanted)
        assert "Set FIBO_BASE_PATH=/studio alone" in refused.value.advice


def test_all_ways_are_tried() -> None:
    assert len(WAYS) == 8
    assert Way("caddy", takes_path_out=True, is_sticky=False) in WAYS
