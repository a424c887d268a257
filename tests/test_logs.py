"""One line an event, with its request, without a secret."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest

from core import logs
from core.settings import Settings


@pytest.fixture
def restored() -> Iterator[None]:
    """The log of the test run as it was, since a log belongs to the whole process."""
    root, factory = logging.getLogger(), logging.getLogRecordFactory()
    handlers = list(root.handlers)
    yield
    root.handlers[:] = handlers
    logging.setLogRecordFactory(factory)


def break_with(words: str) -> None:
    raise RuntimeError(words)


@pytest.mark.usefixtures("restored")
def test_a_line_of_json_tells_the_event_its_request_and_its_traceback(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.set_up("json")
    number = logs.new_reference()
    held = logs.REQUEST_ID.set(number)
    try:
        break_with("it broke")
    except RuntimeError:
        logging.getLogger("somewhere").exception("two\nlines", extra={"status": 500})
    finally:
        logs.REQUEST_ID.reset(held)

    (line,) = capsys.readouterr().err.splitlines()
    told = json.loads(line)
    assert (told["level"], told["logger"], told["message"]) == ("ERROR", "somewhere", "two\nlines")
    assert (told["request"], told["status"]) == (number, 500)
    assert told["traceback"].endswith("RuntimeError: it broke")
    assert told["time"].endswith("+00:00")


@pytest.mark.usefixtures("restored")
@pytest.mark.parametrize("style", ["text", "json"])
def test_a_secret_is_masked_in_words_arguments_and_tracebacks_of_every_library(
    capsys: pytest.CaptureFixture[str], style: logs.Style
) -> None:
    settings = Settings(
        BRIA_API_TOKEN="planted-token",  # noqa: S106
        FIBO_API_KEYS="tool:read:planted-key-of-16-letters",
        FIBO_DATABASE_URL="postgresql://fibo:planted%20password@db.example/fibo",
    )
    library = logging.getLogger("library")
    library.addHandler(logging.StreamHandler())
    library.propagate = False
    logs.set_up(style, hidden=[*settings.secrets, "short"])
    fresh = "fibo_" + "a" * 43

    try:
        break_with("https://cdn.example/a.png?Signature=planted")
    except RuntimeError:
        library.exception("%s of %s", "planted-token", {"key": "planted-key-of-16-letters"})
    library.warning("postgresql://fibo:planted%20password@db.example and planted password")
    library.warning("Authorization: Bearer %s; %s", "planted-by-a-visitor", fresh)
    library.warning("a short message by the bearer of good news")

    told = capsys.readouterr().err
    assert "planted" not in told
    assert fresh not in told
    assert "a short message by the bearer of good news" in told
    assert told.count("***") >= 4


@pytest.mark.usefixtures("restored")
def test_what_a_library_writes_by_itself_is_written_once_and_by_us(
    capsys: pytest.CaptureFixture[str],
) -> None:
    library = logging.getLogger("another.library")
    logs.set_up("json")
    library.addHandler(logging.StreamHandler())
    library.propagate = False

    logs.adopt_loggers()
    logs.set_up("json")
    library.warning("once")

    assert [json.loads(line)["message"] for line in capsys.readouterr().err.splitlines()] == [
        "once"
    ]
