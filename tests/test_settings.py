"""Every setting that cannot be used stops the start in a sentence that names it."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import StudioError
from core.settings import Settings, read_settings
from core.wiring import build_studio

SECONDS = ("0", "-1", "nan", "inf", "1e300", "soon")

WRONG = {
    "BRIA_API_TOKEN": ("a key\nof two lines", "schlüssel", " "),
    "FIBO_DATA_DIR": ("/proc/studio", "/tmp/what?/data", "/tmp/two\nlines"),  # noqa: S108 - never made
    "FIBO_DATABASE_URL": (
        *("rubbish", "mysql://root:secret-word@localhost/x", "postgresql://localhost:port/x"),
        *("postgresql+nothing://secret-word@localhost/x", "postgresql://[::1/x", "sqlite://"),
        *("sqlite:///:memory:", "sqlite:////tmp/what?/fibo.sqlite"),
    ),
    "FIBO_ENGINE": ("best", "bria"),
    "BRIA_BASE_URL": ("bria", "https://", "ftp://bria.example", "https://secret-word@bria.example"),
    "FIBO_RATE_PER_MINUTE": ("0", "-1", "1e9", "many", "1.5"),
    "FIBO_RETRY_BASE_SECONDS": SECONDS,
    "FIBO_RETRY_CAP_SECONDS": SECONDS,
    "FIBO_POLL_SECONDS": SECONDS,
    "FIBO_SUBMIT_TIMEOUT_SECONDS": SECONDS,
    "FIBO_ON_UNKNOWN": ("pay",),
    "FIBO_DAILY_BUDGET_USD": ("-1", "much", "1e40", "NaN", "Infinity"),
    "FIBO_PRICES": (
        *("rubbish", "[1]", '{"bria": "cheap"}', '{"bria": "NaN"}', '{"bria": -1}'),
        *('{"bria": "-0.01"}', '{"bria": 1e12}', '{"fibo": 0.03}', '{"preview": 0.03}'),
    ),
    "FIBO_CACHE_TTL_SECONDS": ("-1", "99999999999999", "an hour"),
    "FIBO_CACHE_MAX_ENTRIES": ("0", "99999999999999", "all"),
    "FIBO_PARALLEL": ("0", "257", "many"),
    "FIBO_DEADLINE_SECONDS": ("0", "99999999999999", "late"),
    "FIBO_WORKER": ("me",),
    "FIBO_API_KEYS": ("a:b", "short", "name:owner:secret-word-secret-word"),
    "FIBO_ALLOWED_HOSTS": (
        *("https://studio.example", "studio.example:8501", "studio.example/fibo", "*"),
        *("studio.*", "two words.example", "bücher.example", "studio..example"),
    ),
    "FIBO_TRUST_ENVIRONMENT": ("perhaps",),
    "FIBO_BASE_PATH": ("https://studio.example", "/two words", "/api", "/a?b"),
    "FIBO_ALLOWED_EMAILS": ("example.com", "*", "@example.com", "ada@studio@example.com", "a b@c"),
    "FIBO_PROXY_LOGIN": ("perhaps",),
    "FIBO_PROXY_SECRET": ("secret-word", "secret-word\nsecret-word", "secret-wörd-secret-wörd"),
    "FIBO_PROXY_SOCKET": (f"/run/{'fibo' * 30}.sock",),
    "FIBO_TRUSTED_PROXIES": ("nginx", "10.0.0.0/33", "10.0.0.1/8", "https://10.0.0.1"),
    "FIBO_JOURNAL_MB": ("0", "-1", "99999999", "some"),
    "FIBO_LEAST_FREE_MB": ("-1", "99999999999999", "some"),
    "FIBO_LOG": ("loud",),
    "FIBO_USER_NAME": (" ", "two\nlines", "a" * 201),
}
ANYTHING = {"FIBO_ADOPT"}
"""A code that a refused start names: any other one changes nothing, and the start stays refused."""

FINE = {
    "FIBO_ALLOWED_HOSTS": "studio.example, *.studio.example, localhost, 192.0.2.1, [::1], Studio.",
    "FIBO_ALLOWED_EMAILS": "Ada@Studio.example, *@team.example",
    "FIBO_TRUSTED_PROXIES": "127.0.0.1, 10.0.0.0/8, ::1",
    "FIBO_PRICES": '{"bria": 0, "bria-lite": "0.015", "as_of": "2026-11-01"}',
    "FIBO_DAILY_BUDGET_USD": "0",
    "FIBO_USER_NAME": "Åsa Müller",
}


def test_every_setting_is_in_this_table() -> None:
    names = {str(field.alias) for field in Settings.model_fields.values()}

    assert WRONG.keys() | ANYTHING == names
    assert not WRONG.keys() & ANYTHING


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in WRONG.items() for value in values]
)
def test_a_setting_that_cannot_be_used_is_named_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv("FIBO_DATA_DIR", str(tmp_path))
    monkeypatch.setenv(name, value)

    with pytest.raises(StudioError) as failure:
        build_studio(read_settings()).close()

    sentence = f"{failure.value.message} {failure.value.advice}"
    assert name in sentence
    assert failure.value.advice
    assert "\n" not in sentence
    assert "Value error" not in sentence
    assert "secret-w" not in sentence
    assert not list(tmp_path.glob("*.*")), "it is noticed before there is a database or a journal"


def test_settings_that_can_be_used_are_read_as_they_are_meant(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in FINE.items():
        monkeypatch.setenv(name, value)

    read = read_settings()

    assert read.host_names[:2] == ("studio.example", "*.studio.example")
    assert read.prices.microusd["bria-lite"] == 15_000
    assert read.budgets.daily_microusd == 0
    assert read.user_name == "Åsa Müller"


def test_a_host_with_an_address_around_it_is_told_what_to_write(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FIBO_ALLOWED_HOSTS", "https://studio.example:443/fibo")

    with pytest.raises(StudioError, match=r"without https://, port or path, as studio\.example\."):
        read_settings()


@pytest.mark.parametrize("is_in_file", [False, True])
@pytest.mark.parametrize(
    ("misspelt", "meant"),
    [
        ("FIBO_DAILY_BUDGET", "FIBO_DAILY_BUDGET_USD"),
        ("FIBO_DAILY_BUDGET_USDT", "FIBO_DAILY_BUDGET_USD"),
        ("FIBO_ALOWED_HOSTS", "FIBO_ALLOWED_HOSTS"),
        ("BRIA_API_TOKENS", "BRIA_API_TOKEN"),
    ],
)
def test_a_misspelt_name_is_told_with_the_setting_that_is_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, misspelt: str, meant: str, *, is_in_file: bool
) -> None:
    secrets_file = tmp_path / "secrets.toml"
    monkeypatch.setitem(Settings.model_config, "toml_file", secrets_file)
    if is_in_file:
        secrets_file.write_text(f'{misspelt} = "5"\n')
    else:
        monkeypatch.setenv(misspelt, "5")

    with pytest.raises(StudioError) as failure:
        read_settings()

    assert str(failure.value) == f"{misspelt} is no setting, but {meant} is."
    assert failure.value.advice


@pytest.mark.parametrize("name", ["FIBO_WORKER_SERVICE_HOST", "FIBO_TEST_EXAMPLES", "FIBONACCI"])
def test_names_that_others_set_are_left_alone(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    before = read_settings()
    monkeypatch.setenv(name, "5")

    assert read_settings() == before
