"""What is done on the wall and in the viewer: each act is carried out once and in its order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from core.errors import NotFoundError
from core.library.ratings import Judgement
from core.records.generations import Generation
from core.wiring import studio
from pages.parts.generate import state as generate_state
from pages.parts.history import state as history_state
from pages.parts.history.bulk_actions import take_back
from pages.parts.history.found import is_full
from pages.parts.shared import session
from pages.parts.shared.session import number_in
from pages.parts.shared.undo import attempt

Act = Mapping[str, Any]


def carry_out_acts() -> None:
    """Carry out what the wall has sent.

    Acts are numbered by their client, and are sent again until it hears of their number; those
    that are done already are passed over.
    """
    sent = history_state.sent_acts()
    if not sent:
        return
    client = str(sent["client"])
    done = history_state.done()
    last = done.number if done is not None and done.client == client else 0
    for act in sent["acts"]:
        number = int(act["number"])
        if number > last:
            last = number
            # first: an act that breaks the page must not come back and break it again
            history_state.note_done(client, number)
            _carry_out(act)


def _carry_out(act: Act) -> None:
    if carry_out := _ACTS.get(act["kind"]):
        carry_out(act)


def _of(act: Act) -> int:
    """Return the picture that an act is of; 0 is none of ours."""
    return number_in(str(act.get("id"))) or 0


def _judge(act: Act) -> None:
    asked = act["changes"]
    changes = {name: asked[name] for name in ("rating", "verdict") if name in asked}
    if changes.get("verdict", "rejected") != "rejected":
        changes["verdict_reason"] = None
    _store(_of(act), changes)


def _write_note(act: Act) -> None:
    _store(_of(act), {"note": act["text"] or None})


def _write_reason(act: Act) -> None:
    _store(_of(act), {"verdict_reason": act["text"] or None})


def _store(generation_id: int, changes: dict[str, object]) -> None:
    before: dict[int, Judgement] = {}
    if attempt(lambda: before.update(studio().library.judge([generation_id], **changes))):
        history_state.remember_undo(generation_id, partial(take_back, before))


def _undo(_act: Act) -> None:
    undo = history_state.next_undo()
    if undo is not None and attempt(undo.take_back) and (opened := history_state.viewed()):
        history_state.open_pictures(opened[0], undo.generation_id)


def _tag(act: Act) -> None:
    attempt(lambda: studio().library.tag([_of(act)], str(act["text"])))


def _untag(act: Act) -> None:
    attempt(lambda: studio().library.untag([_of(act)], str(act["text"])))


def _look(act: Act) -> None:
    way = "review" if act.get("way") == "review" else "picture"
    history_state.open_pictures(way, *(number for number in [_of(act)] if number))


def _choose(act: Act) -> None:
    numbers = (number_in(str(one)) for one in act["ids"])
    history_state.replace_chosen([number for number in numbers if number is not None])


def _compare(act: Act) -> None:
    numbers = (number_in(str(one)) for one in act["ids"])
    history_state.open_pictures("compare", *(one for one in numbers if one is not None))


def _open_page(act: Act) -> None:
    history_state.open_pictures("detail", _of(act))


def _more(act: Act) -> None:
    history_state.widen_reach("newer" if act["side"] == "newer" else "older")


def _turn(act: Act) -> None:
    is_newer = act["side"] == "newer"
    if is_newer and not is_full(history_state.reach()):
        history_state.widen_reach("newer")
    else:
        history_state.turn_to("after" if is_newer else "before", _of(act))


def _trash(act: Act) -> None:
    gone: list[int] = []
    if attempt(lambda: gone.extend(studio().library.throw_away([_of(act)]))):
        bring_back = partial(studio().library.bring_back, gone)
        history_state.remember_undo(_of(act), bring_back)
        session.remember_action("1 picture in the trash, kept 30 days", bring_back)


def _restore(act: Act) -> None:
    attempt(lambda: studio().library.bring_back([_of(act)]))


def _reuse(act: Act) -> None:
    try:
        generation = studio().service.see(_of(act))
    except NotFoundError:
        return
    fill_generate(str(act["what"]), generation)
    history_state.open_pictures("picture")
    session.leave_for("pages/generate.py")


def fill_generate(what: str, generation: Generation) -> None:
    """Fill the form of Generate from a picture: everything, prompt, seed or but_seed."""
    generate_state.show(None)
    if what == "prompt":
        generate_state.drop_carried()
        session.write_field("prompt", generation.prompt)
    elif what == "seed":
        generate_state.write_seed(generation.seed)
    else:
        generate_state.fill_form(
            generation.recipe, picture=generation.id, with_seed=what == "everything"
        )


_ACTS: dict[str, Callable[[Act], None]] = {
    "judge": _judge,
    "note": _write_note,
    "reason": _write_reason,
    "undo": _undo,
    "tag": _tag,
    "untag": _untag,
    "look": _look,
    "choose": _choose,
    "compare": _compare,
    "page": _open_page,
    "more": _more,
    "turn": _turn,
    "trash": _trash,
    "restore": _restore,
    "reuse": _reuse,
}
