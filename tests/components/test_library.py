"""The scripts of the wall and the viewer: their pure parts, and how a browser gets them."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.errors import NotFoundError
from core.web.server import routes
from pages.components import scripts

HERE = Path(__file__).parent
MODULES = sorted((HERE.parents[1] / "pages/components/library").glob("*.js"))
FORBIDDEN = ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "srcdoc")


def test_layout_keys_selection_queue_and_zoom_do_what_their_tests_say() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")

    run = subprocess.run(
        [node, "--test", str(HERE / "library.test.mjs")],
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stdout + run.stderr
    assert re.search(r"^# pass [1-9]\d", run.stdout, re.MULTILINE)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_text_can_become_an_element_nowhere(path: Path) -> None:
    text = path.read_text()

    assert [word for word in FORBIDDEN if word in text] == []
    assert not re.search(r"https?://", text)


def served() -> TestClient:
    return TestClient(Starlette(routes=routes(load_script=scripts.load_script)))


def address() -> str:
    found = re.search(
        r'"(/app/static/components/library/\w+/library\.js)"', scripts.loader("library", "")
    )
    assert found is not None
    return found[1]


def test_a_browser_keeps_every_module_for_ever_under_the_address_of_this_version() -> None:
    client, entry = served(), address()
    for path in MODULES:
        answer = client.get(entry.replace("/library.js", f"/{path.name}"))

        assert answer.status_code == 200
        assert answer.content == path.read_bytes()
        assert answer.headers["content-type"].startswith("text/javascript")
        assert "immutable" in answer.headers["cache-control"]


def test_what_the_modules_import_lies_beside_them() -> None:
    names = {path.name for path in MODULES}
    for path in MODULES:
        imported = re.findall(r'from "\./([^"]+)";', path.read_text())
        assert set(imported) <= names
        assert path.read_text().count('from "') == len(imported)


@pytest.mark.parametrize(
    "name", ["/0000000000000000/library.js", "/../scripts.py", "/%2e%2e/secret.js"]
)
def test_another_version_and_any_other_file_are_not_there(name: str) -> None:
    before = address().rpartition("/library.js")[0]

    assert served().get(before.rpartition("/")[0] + name).status_code == 404
    assert served().get(f"{before}/no.js").status_code == 404
    with pytest.raises(NotFoundError):
        scripts.load_script("library", "x", "../../scripts")
