"""A picture's page says what a person asked for: no more, and nothing less."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.domain.request import parse_request
from core.wiring import Studio
from tests.pages.making import make


def drawn(app: AppTest, number: int) -> str:
    app.query_params["detail"] = str(number)
    app.run()
    app.switch_page("pages/history.py").run()
    assert not app.exception
    return "".join(str(one.proto.body) for one in app.get("html"))


def test_what_the_engine_made_of_a_prompt_is_not_shown_as_asked(
    app: AppTest, opened: Studio
) -> None:
    page = drawn(app, make(opened, "a red boat").id)

    assert "Understood" in page
    assert "You asked" not in page


def test_a_parameter_is_shown_as_asked(app: AppTest, opened: Studio) -> None:
    page = drawn(app, make(opened, "a red boat", lighting="golden-hour").id)

    assert "You asked" in page


@pytest.mark.parametrize("parameters", [{}, {"lighting": "golden-hour"}], ids=["alone", "beside"])
def test_a_refined_picture_shows_its_instruction(
    app: AppTest, opened: Studio, parameters: dict[str, str]
) -> None:
    parent = make(opened, "a red boat", lighting="soft")
    child = opened.service.ask(
        parse_request(
            {
                "prompt": "a red boat",
                "structured_prompt": '{"short_description": "a square"}',
                "instruction": "make it night",
                **parameters,
            }
        ),
        parent_id=parent.id,
    )

    page = drawn(app, child.id)

    assert "“make it night”" in page
    assert "no parameters set" not in page
    assert "You asked" not in page or parameters, "the parent's scene was only passed on"
