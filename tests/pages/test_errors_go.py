"""What a page was refused for is said until its cause is gone, and no longer."""

from __future__ import annotations

from decimal import Decimal

import pytest
from streamlit.testing.v1 import AppTest

from core.domain.money import microusd
from core.domain.request import parse_request
from core.domain.states import State
from core.records.batches import Plan
from core.wiring import Studio
from pages.parts.shared import safe_text
from pages.parts.shared.session import CHANGED_JUST_NOW
from tests.batches.orders import new_lines
from tests.pages.test_batch_retry import end


def errors(app: AppTest) -> str:
    assert not app.exception
    return " ".join(str(part.value) for part in app.error)


def on_batch(app: AppTest) -> AppTest:
    app.run()
    return app.switch_page("pages/batch.py").run()


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRIA_API_TOKEN", "a-token-of-a-test")


@pytest.fixture
def paid(token: None, opened: Studio) -> Studio:  # noqa: ARG001 - before the studio opens
    """A studio that can send paid orders, and sends none, since no worker runs."""
    return opened


def limit_to(opened: Studio, dollars: str) -> None:
    """Give the first project a budget."""
    library = opened.library
    (project,) = library.projects()
    amount = microusd(Decimal(dollars))
    library.change_project(
        project.id, name=project.name, colour=project.colour, budget_microusd=amount
    )


def unclear(opened: Studio, prompt: str = "a plum") -> int:
    number = opened.service.ask(parse_request({"prompt": prompt, "engine": "bria"})).id
    with opened.database.writing() as session:
        end(session, opened, number, State.UNKNOWN)
    return number


def upload(app: AppTest, *files: tuple[str, bytes]) -> None:
    app.file_uploader(key="batch_file").set_value(
        [(name, content, "") for name, content in files] or None
    ).run()


def test_an_empty_prompt_is_no_error_any_more_once_there_is_one(app: AppTest) -> None:
    app.run()
    app.button(key="generate").click().run()
    assert "prompt" in errors(app).lower()

    app.text_area(key="prompt").set_value("a kettle").run()

    assert errors(app) == ""


def test_an_error_stays_while_another_field_is_changed(app: AppTest) -> None:
    app.run()
    app.button(key="generate").click().run()
    said = errors(app)

    app.selectbox(key="lighting").set_value("studio").run()

    assert errors(app) == said != ""


def test_no_error_is_taken_along_to_another_page_and_back(app: AppTest) -> None:
    app.run()
    app.button(key="generate").click().run()
    assert errors(app)

    for page in ("batch", "history", "statistics", "generate"):
        app.switch_page(f"pages/{page}.py").run()

        assert errors(app) == "", page


def test_a_budget_that_was_too_small_is_no_error_once_it_is_raised(
    paid: Studio, app: AppTest
) -> None:
    limit_to(paid, "0.01")
    app.run()
    app.text_area(key="prompt").set_value("a kettle").run()
    app.button(key="generate").click().run()
    assert "is left of" in errors(app)
    app.text_area(key="prompt").set_value("a mug").run()
    assert "is left of" in errors(app)

    limit_to(paid, "1")
    app.run()

    assert errors(app) == ""


def test_a_budget_is_no_error_where_the_free_engine_is_chosen_instead(
    paid: Studio, app: AppTest
) -> None:
    limit_to(paid, "0.01")
    app.run()
    app.text_area(key="prompt").set_value("a kettle").run()
    app.button(key="generate").click().run()
    assert "is left of" in errors(app)

    app.segmented_control(key="engine").set_value("preview").run()

    assert errors(app) == ""


def test_a_refused_decision_is_told_until_the_picture_is_decided_elsewhere(
    paid: Studio, app: AppTest
) -> None:
    number = unclear(paid)
    limit_to(paid, "0.01")
    app.query_params["shown"] = str(number)
    app.run()
    app.button(key=f"send_again_{number}").click().run()
    assert "is left of" in errors(app)

    paid.decisions.give_up(number)
    app.run()

    assert "is left of" not in errors(app)


def test_a_refused_decision_is_not_told_of_another_picture(paid: Studio, app: AppTest) -> None:
    first, second = unclear(paid), unclear(paid, "a mug")
    limit_to(paid, "0.01")
    app.query_params["detail"] = str(first)
    app.run()
    app.switch_page("pages/history.py").run()
    app.button(key=f"send_again_{first}").click().run()
    assert "is left of" in errors(app)

    app.query_params["detail"] = str(second)
    app.run()

    assert app.button(key=f"send_again_{second}").label
    assert "is left of" not in errors(app)


def test_a_file_that_cannot_be_read_is_no_error_once_it_is_taken_away(app: AppTest) -> None:
    on_batch(app)
    upload(app, ("empty.csv", b""))
    assert errors(app)
    app.text_area(key="batch_paste").set_value("a kettle").run()
    assert errors(app), "the file is still there"

    upload(app)

    assert errors(app) == ""


def test_an_empty_paste_is_no_error_once_something_is_pasted(app: AppTest) -> None:
    on_batch(app)
    app.button(key="batch_check").click().run()
    assert errors(app)

    app.text_area(key="batch_paste").set_value("a kettle").run()

    assert errors(app) == ""


def test_changed_just_now_is_said_until_the_form_changes_again(app: AppTest) -> None:
    on_batch(app)
    app.text_area(key="batch_paste").set_value("a red boat\na blue boat").run()
    app.button(key="batch_check").click().run()
    app.selectbox(key="batch_resolution").set_value("draft")
    app.button(key="batch_start").click().run()
    assert safe_text.as_label(CHANGED_JUST_NOW) in errors(app)

    app.selectbox(key="batch_resolution").set_value("full").run()

    assert errors(app) == ""


def test_what_a_batch_refused_is_said_until_the_batch_moves(app: AppTest, opened: Studio) -> None:
    batch_id = opened.batches.start(Plan(name="two"), new_lines(2)).id
    app.query_params["batch"] = str(batch_id)
    on_batch(app)
    opened.batches.pause(batch_id)
    app.button(key="batch_pause").click().run()
    assert errors(app)

    opened.batches.resume(batch_id)
    app.run()

    assert errors(app) == ""


def test_a_link_to_no_batch_is_no_error_on_the_page_of_one(app: AppTest, opened: Studio) -> None:
    batch_id = opened.batches.start(Plan(name="two"), new_lines(2)).id
    app.query_params["batch"] = "123"
    on_batch(app)
    assert "There is no batch" in errors(app)

    app.button(key=f"batch_open_{batch_id}").click().run()

    assert errors(app) == ""
