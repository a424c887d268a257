"""What is not certain about a file is asked on the page, and one press answers it."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


def test_marks_of_a_pasted_list_are_taken_off_by_one_press(app: AppTest) -> None:
    app.run()
    app.switch_page("pages/batch.py").run()
    app.text_area(key="batch_paste").set_value("1. a kettle\n2. a mug").run()
    app.button(key="batch_check").click().run()

    assert "1. a kettle" in _rows(app)
    app.button(key="batch_answer_list_marks").click().run()

    assert not app.exception
    assert _rows(app) == ["a kettle", "a mug"]
    assert all(button.key != "batch_answer_list_marks" for button in app.button)


def _rows(app: AppTest) -> list[str]:
    return list(app.dataframe[0].value["prompt"])
