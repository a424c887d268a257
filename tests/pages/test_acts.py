"""What is done on the wall and in the viewer: carried out once, in its order, and taken back."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.wiring import Studio
from pages.parts.history import state as history_state
from tests.pages.making import make
from tests.records.little_history import add_pictures


def page_of_acts() -> None:
    """A page that carries out what the wall has sent, and tells what it remembers."""
    import streamlit as st

    from pages.parts.history.acts import carry_out_acts
    from pages.parts.shared import session

    carry_out_acts()
    st.session_state["told"] = [one.message for one in session.problems()]


class Hand:
    """Somebody at the wall: every act has a number, and all are sent until they are done."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.tab = AppTest.from_function(page_of_acts, default_timeout=60)
        self.client, self.last = "one", 0
        self.sent: dict[str, Any] | None = None
        monkeypatch.setattr(history_state, "sent_acts", lambda: self.sent)

    def do(self, *acts: dict[str, Any]) -> AppTest:
        """Send acts; a picture is told by the text of its number, as a browser does."""
        numbered = []
        for act in acts:
            self.last += 1
            numbered.append({**act, "number": self.last})
        self.sent = {"client": self.client, "acts": numbered}
        return self.again()

    def again(self) -> AppTest:
        """Send the same once more."""
        self.tab.run()
        assert not self.tab.exception
        return self.tab

    def look_at(self, number: int, way: str = "picture") -> AppTest:
        return self.do({"kind": "look", "id": str(number), "way": way})

    def address(self) -> dict[str, Any]:
        return dict(self.tab.query_params)

    def session(self, key: str) -> Any:
        return self.tab.session_state[key]


@pytest.fixture
def hand(opened: Studio, monkeypatch: pytest.MonkeyPatch) -> Hand:  # noqa: ARG001 - acts are of the opened studio
    return Hand(monkeypatch)


@pytest.fixture
def boats(opened: Studio) -> list[int]:
    return add_pictures(opened, *({"prompt": f"boat {number}"} for number in range(4)))


def rated(number: int, stars: int | None) -> dict[str, Any]:
    return {"kind": "judge", "id": str(number), "changes": {"rating": stars}}


def marked(number: int, verdict: str | None) -> dict[str, Any]:
    return {"kind": "judge", "id": str(number), "changes": {"verdict": verdict}}


def said_of(studio: Studio, number: int) -> tuple[int | None, str | None, str | None, str | None]:
    shown = studio.service.see(number)
    return shown.rating, shown.verdict, shown.verdict_reason, shown.note


def test_acts_are_carried_out_in_their_order(hand: Hand, opened: Studio, boats: list[int]) -> None:
    hand.do(
        rated(boats[0], 3), rated(boats[1], 4), marked(boats[0], "approved"), rated(boats[0], 5)
    )

    assert said_of(opened, boats[0])[:2] == (5, "approved")
    assert said_of(opened, boats[1])[:2] == (4, None)


def test_what_is_sent_again_is_not_done_again(hand: Hand, opened: Studio, boats: list[int]) -> None:
    hand.do(rated(boats[0], 4), {"kind": "tag", "id": str(boats[0]), "text": "hero"})
    opened.library.judge([boats[0]], rating=2)  # meanwhile, in another window
    opened.library.untag([boats[0]], "hero")

    hand.again()

    assert said_of(opened, boats[0])[0] == 2
    assert opened.library.tags_of(boats[0]) == ()


def test_of_what_is_sent_again_the_rest_is_done(
    hand: Hand, opened: Studio, boats: list[int]
) -> None:
    hand.do(rated(boats[0], 4))
    opened.library.judge([boats[0]], rating=2)
    hand.last = 0

    hand.do(rated(boats[0], 4), rated(boats[1], 5))

    assert said_of(opened, boats[0])[0] == 2
    assert said_of(opened, boats[1])[0] == 5


def test_another_wall_counts_its_acts_anew(hand: Hand, opened: Studio, boats: list[int]) -> None:
    hand.do(rated(boats[0], 4), rated(boats[0], 5))
    hand.client, hand.last = "another", 0

    hand.do(rated(boats[0], 1))

    assert said_of(opened, boats[0])[0] == 1
    assert hand.session("acts_done") == ("another", 1)


def test_a_reason_stays_with_a_rejection_and_goes_with_it(
    hand: Hand, opened: Studio, boats: list[int]
) -> None:
    reason = {"kind": "reason", "id": str(boats[0]), "text": "wrong light"}
    hand.do(marked(boats[0], "rejected"), reason, rated(boats[0], 2))
    assert said_of(opened, boats[0]) == (2, "rejected", "wrong light", None)

    hand.do(marked(boats[0], "approved"))

    assert said_of(opened, boats[0]) == (2, "approved", None, None)


def test_a_note_is_kept_as_written_and_an_empty_one_is_none(
    hand: Hand, opened: Studio, boats: list[int]
) -> None:
    hand.do({"kind": "note", "id": str(boats[0]), "text": "for <b>the</b> cover"})
    assert said_of(opened, boats[0])[3] == "for <b>the</b> cover"

    hand.do({"kind": "note", "id": str(boats[0]), "text": ""})

    assert said_of(opened, boats[0])[3] is None


def test_a_tag_comes_and_goes(hand: Hand, opened: Studio, boats: list[int]) -> None:
    hand.do({"kind": "tag", "id": str(boats[0]), "text": "Hero shot"})
    assert opened.library.tags_of(boats[0]) == ("hero-shot",)

    hand.do({"kind": "untag", "id": str(boats[0]), "text": "hero-shot"})

    assert opened.library.tags_of(boats[0]) == ()


def test_judgements_are_taken_back_last_first_and_their_picture_is_shown(
    hand: Hand, opened: Studio, boats: list[int]
) -> None:
    hand.do(rated(boats[0], 3), marked(boats[1], "rejected"), rated(boats[0], 5))
    hand.look_at(boats[3], "review")

    hand.do({"kind": "undo"})
    assert said_of(opened, boats[0])[0] == 3
    assert hand.address() == {"review": str(boats[0])}
    hand.do({"kind": "undo"}, {"kind": "undo"}, {"kind": "undo"})

    assert said_of(opened, boats[0])[0] is None
    assert said_of(opened, boats[1])[1] is None


def test_an_undo_on_the_wall_opens_nothing(hand: Hand, opened: Studio, boats: list[int]) -> None:
    hand.do(rated(boats[0], 3))

    hand.do({"kind": "undo"})

    assert said_of(opened, boats[0])[0] is None
    assert hand.address() == {}


def test_the_address_names_what_is_looked_at_and_how(hand: Hand, boats: list[int]) -> None:
    hand.look_at(boats[0])
    assert hand.address() == {"picture": str(boats[0])}
    hand.look_at(boats[1], "review")
    assert hand.address() == {"review": str(boats[1])}
    hand.do({"kind": "look", "id": None, "way": "review"})
    assert hand.address() == {}


def test_the_selection_is_what_was_sent_last(hand: Hand, boats: list[int]) -> None:
    asked = [str(boats[2]), str(boats[0]), "no number", str(boats[2])]

    hand.do({"kind": "choose", "ids": asked})
    assert hand.session("chosen") == [boats[2], boats[0]]

    hand.do({"kind": "choose", "ids": []})
    assert hand.session("chosen") == []


def test_comparing_and_the_page_of_a_picture_have_addresses(hand: Hand, boats: list[int]) -> None:
    hand.look_at(boats[0])
    hand.do({"kind": "compare", "ids": [str(boats[0]), str(boats[1])]})
    assert hand.address() == {"compare": f"{boats[0]},{boats[1]}"}

    hand.do({"kind": "page", "id": str(boats[0])})

    assert hand.address() == {"detail": str(boats[0])}


def test_the_wall_grows_at_either_end(hand: Hand, boats: list[int]) -> None:
    hand.do({"kind": "more", "side": "older"}, {"kind": "more", "side": "newer"})
    reach = hand.session("reach")
    assert (reach.newer, reach.older) == (1, 2)

    hand.do({"kind": "turn", "side": "newer", "id": str(boats[0])})
    assert hand.session("reach").newer == 2  # there is room for one more page
    hand.do({"kind": "turn", "side": "older", "id": str(boats[0])})

    assert hand.address() == {"before": str(boats[0])}


def test_a_full_wall_turns_to_what_is_newer(hand: Hand, boats: list[int]) -> None:
    hand.do(*({"kind": "more", "side": "older"} for _ in range(9)))

    hand.do({"kind": "turn", "side": "newer", "id": str(boats[0])})

    assert hand.address() == {"after": str(boats[0])}


def test_the_trash_is_left_by_undo_and_by_putting_back(
    hand: Hand, opened: Studio, boats: list[int]
) -> None:
    def is_trashed() -> bool:
        return opened.service.see(boats[0]).trashed_at is not None

    hand.do({"kind": "trash", "id": str(boats[0])})
    assert is_trashed()
    assert hand.session("action").words == "1 picture in the trash, kept 30 days"
    hand.do({"kind": "undo"})
    assert not is_trashed()

    hand.do({"kind": "trash", "id": str(boats[0])}, {"kind": "restore", "id": str(boats[0])})

    assert not is_trashed()


@pytest.mark.parametrize(
    ("what", "prompt", "seed"),
    [
        ("everything", "a red boat", 10),
        ("prompt", "a red boat", None),
        ("seed", "", 10),
        ("but_seed", "a red boat", None),
    ],
)
def test_reuse_fills_the_form_and_leaves_for_it(
    hand: Hand, opened: Studio, what: str, prompt: str, seed: int | None
) -> None:
    made = make(opened, "a red boat", lighting="golden-hour")
    hand.look_at(made.id)

    tab = hand.do({"kind": "reuse", "id": str(made.id), "what": what})

    def field(key: str) -> Any:
        return tab.session_state.get(key, None)

    assert (field("prompt") or "", field("seed")) == (prompt, seed)
    assert (field("lighting") == "golden-hour") is (what in ("everything", "but_seed"))
    assert field("leaving") == ("pages/generate.py", {})
    assert hand.address() == {}


@pytest.mark.parametrize("of", ["4711", "no number", "9" * 19, None])
def test_an_act_of_no_picture_breaks_nothing_and_is_done_once(
    hand: Hand, boats: list[int], of: str | None
) -> None:
    hand.do(
        {"kind": "judge", "id": of, "changes": {"rating": 3}},
        *({"kind": kind, "id": of, "text": "x"} for kind in ("note", "reason", "untag")),
        *({"kind": kind, "id": of} for kind in ("trash", "restore", "look", "dance")),
        {"kind": "reuse", "id": of, "what": "everything"},
    )

    assert hand.session("acts_done").number == hand.last
    assert len(boats) == 4


def test_a_refusal_is_told_and_what_follows_is_done(
    hand: Hand, opened: Studio, boats: list[int]
) -> None:
    hand.do({"kind": "note", "id": str(boats[0]), "text": "x" * 9000})
    assert hand.session("told")

    hand.do(rated(boats[1], 4))

    assert hand.session("told") == []
    assert said_of(opened, boats[1])[0] == 4
    assert said_of(opened, boats[0])[3] is None
