"""Where the server may listen, and what it says where it may not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from core.errors import SettingsError
from core.web.edge.startup_checks import check_address, check_socket
from core.web.server import url_of
from tests.running import wait_until
from tests.serving import ROOT, clean_environment, free_port

ADDRESSES = (None, "0.0.0.0", "::", "192.0.2.1", "studio.example", "")  # noqa: S104


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_of_the_network_needs_a_key_or_a_login(address: str | None) -> None:
    with pytest.raises(SettingsError) as refused:
        check_address(address, has_login=False, has_keys=False)

    assert "core.keys make" in refused.value.advice
    check_address(address, has_login=True, has_keys=False)
    check_address(address, has_login=False, has_keys=True)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "localhost", "[::1]"])
def test_an_address_of_this_machine_needs_nothing(address: str) -> None:
    check_address(address, has_login=False, has_keys=False)
    with pytest.raises(SettingsError):
        check_address("0.0.0.0", has_login=False, has_keys=False)  # noqa: S104


@pytest.mark.parametrize(
    ("address", "url"),
    [
        (None, "http://localhost:8501"),
        ("127.0.0.1", "http://127.0.0.1:8501"),
        ("::1", "http://[::1]:8501"),
        ("fe80::1%eth0", "http://[fe80::1%eth0]:8501"),
        ("[::1]", "http://[::1]:8501"),
    ],
)
def test_the_address_that_is_told_can_be_opened(address: str | None, url: str) -> None:
    assert url_of(address, 8501) == url


def test_a_socket_needs_a_folder(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="FIBO_PROXY_SOCKET"):
        check_socket(tmp_path / "away" / "fibo.sock")

    check_socket(tmp_path / "fibo.sock")
    check_socket(None)


def run_on_the_network(folder: Path, port: int, **environment: str) -> subprocess.Popen[str]:
    flags = ("--server.port", str(port), "--server.address", "0.0.0.0")  # noqa: S104
    return subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true", *flags],
        cwd=ROOT,
        env={**clean_environment(), "FIBO_DATA_DIR": str(folder), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_a_server_that_anybody_could_use_does_not_start(tmp_path: Path) -> None:
    server = run_on_the_network(tmp_path, free_port())

    told, _ = server.communicate(timeout=90)

    assert server.returncode not in {0, None}
    assert "python -m core.keys make" in told
    assert "Traceback" not in told


def test_a_wrong_setting_is_one_sentence_too(tmp_path: Path) -> None:
    server = run_on_the_network(tmp_path, free_port(), FIBO_PARALLEL="many")

    told, _ = server.communicate(timeout=90)

    assert server.returncode not in {0, None}
    assert 'FIBO_PARALLEL is "many"' in told
    assert "Traceback" not in told


def own_address() -> str:
    """Return an address of this machine that is not loopback, or skip the test."""
    told = subprocess.run(
        ["/usr/bin/env", "hostname", "-I"], capture_output=True, text=True, check=False
    )
    found = [one for one in told.stdout.split() if "." in one]
    if not found:
        pytest.skip("this machine has no address beside 127.0.0.1")
    return found[0]


def test_by_network_a_key_opens_rest_and_no_key_opens_the_pages(tmp_path: Path) -> None:
    address, port, key = own_address(), free_port(), "k" * 20
    server = run_on_the_network(tmp_path, port, FIBO_API_KEYS=key)
    here, there = f"http://127.0.0.1:{port}", f"http://{address}:{port}"
    try:
        wait_until(lambda: is_up(f"{here}/api/health"), what="the server", patience_seconds=90)
        with_key = {"Authorization": f"Bearer {key}"}

        assert httpx.get(here).status_code == 200
        assert httpx.get(there).status_code == 403
        assert httpx.get(f"{there}/api/generate/history").status_code == 401
        assert httpx.get(f"{there}/api/generate/history", headers=with_key).status_code == 200
        forwarded = {"X-Forwarded-For": "127.0.0.1"}
        assert httpx.get(f"{here}/api/generate/history", headers=forwarded).status_code == 401
        assert httpx.get(there, headers=forwarded).status_code == 403
    finally:
        server.kill()
        server.communicate()


def is_up(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).status_code == 200
    except httpx.TransportError:
        return False
