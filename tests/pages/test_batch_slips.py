"""Errors of an upload are told once for all rows that share them, before all are mended at once."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

ROWS = "prompt,lighting,style\n" + "a kettle,sunlight,\n" * 40 + "a mug,dramatik,cinema\n"


def test_a_slip_of_many_rows_is_listed_once_and_used_in_all_of_them(app: AppTest) -> None:
    _check(app, ROWS)

    assert _ways_out(app) == [
        "Use bright-daylight in 40 rows",
        "Use dramatic",
        "Use cinematic",
        "Accept all 42 suggestions",
    ]
    app.button(key="batch_accept_0").click().run()

    assert not app.exception
    assert _ways_out(app) == ["Use dramatic", "Use cinematic", "Accept all 2 suggestions"]


def test_only_what_is_listed_is_accepted_at_once(app: AppTest) -> None:
    _check(app, "prompt,seed\n" + "".join(f"a mug,0x{number:x}\n" for number in range(16, 118)))

    assert _ways_out(app)[0] == "Use 16"
    assert _ways_out(app)[-1] == "Accept these 100 suggestions"
    app.button(key="batch_accept_all").click().run()

    assert not app.exception
    assert _ways_out(app) == ["Use 116", "Use 117", "Accept all 2 suggestions"]


def _ways_out(app: AppTest) -> list[str]:
    labels = [button.label.replace("\\", "") for button in app.button]
    return [one for one in labels if one.startswith(("Use ", "Accept "))]


def _check(app: AppTest, text: str) -> None:
    app.run()
    app.switch_page("pages/batch.py").run()
    app.text_area(key="batch_paste").set_value(text).run()
    app.button(key="batch_check").click().run()
