"""What can be done with all that is found, and with the pictures that are chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from core.domain.wording import count_of
from core.library.query.ast import Query, write_query
from core.library.ratings import Judgement
from core.wiring import studio
from pages.parts.history import state as history_state
from pages.parts.history.copy_settings import draw_copy_settings
from pages.parts.history.downloads import draw_table_downloads, draw_zip
from pages.parts.history.found import Found
from pages.parts.history.retry import draw_retry
from pages.parts.shared import safe_text, session
from pages.parts.shared.projects import draw_projects, project_choices
from pages.parts.shared.undo import attempt, draw_last_action


def draw_over_wall(query: Query, found: Found) -> None:
    """Draw what is found and what can be done with all of it."""
    with st.container(
        horizontal=True,
        horizontal_alignment="distribute",
        vertical_alignment="center",
        key="selection",
    ):
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            st.segmented_control(
                "Size",
                ["S", "M", "L"],
                default="M",
                required=True,
                key="history_size",
                label_visibility="collapsed",
                bind="query-params",
            )
            st.caption(f"{len(found.tiles):,} of {found.total} shown", width="content")
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            st.button(
                "Review",
                key="review",
                icon=":material/view_carousel:",
                type="tertiary",
                help="One picture at a time, by keys",
                disabled=not found.tiles,
                on_click=history_state.open_pictures,
                args=("review", *(tile.id for tile in found.tiles[:1])),
            )
            st.button(
                "Choose all",
                key="bulk_all",
                icon=":material/select_all:",
                type="tertiary",
                help="All that is found, shown here or not",
                disabled=not found.tiles,
                on_click=_choose_all,
                args=(query,),
            )
            draw_projects()
            draw_table_downloads(query)


def draw_dock(query: Query, shown: Sequence[int]) -> None:
    """Draw what was done last and, with pictures chosen, the actions on them; it stays in sight."""
    with st.container(key="dock"):
        draw_last_action()
        if chosen := history_state.chosen_ids():
            _draw_bar(query, shown, chosen)


def _draw_bar(query: Query, shown: Sequence[int], chosen: list[int]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="bulk"):
        st.caption(f"{count_of(len(chosen), 'picture')} chosen", width="content")
        st.button(
            "All shown",
            key="bulk_page",
            type="tertiary",
            on_click=history_state.choose,
            args=tuple(shown),
        )
        st.button("None", key="bulk_none", type="tertiary", on_click=history_state.choose_none)
        _draw_judging(chosen)
        names = project_choices()
        with st.popover("Project", icon=":material/folder:", key="bulk_project"):
            target = st.selectbox(
                "Move to",
                list(names),
                format_func=lambda number: names[number],
                key="bulk_target",
            )
            st.caption("The cost moves with the pictures.")
            st.button("Move", key="bulk_move", on_click=_move, args=(chosen, target))
        st.button(
            "Compare",
            key="bulk_compare",
            icon=":material/compare:",
            disabled=not history_state.FEWEST_COMPARED
            <= len(chosen)
            <= history_state.MOST_COMPARED,
            help="Two to four pictures",
            on_click=history_state.open_pictures,
            args=("compare", *chosen[: history_state.MOST_COMPARED]),
        )
        draw_copy_settings(chosen)
        draw_retry(chosen)
        draw_zip(chosen)
        if "trashed:yes" in write_query(query):
            st.button(
                "Put back",
                key="bulk_restore",
                icon=":material/restore_from_trash:",
                on_click=put_back,
                args=(chosen,),
            )
            return
        st.button(
            "Trash",
            key="bulk_trash",
            icon=":material/delete:",
            on_click=trash,
            args=(chosen,),
        )


def _choose_all(query: Query) -> None:
    ids = studio().library.ids(query, zone=safe_text.viewer_zone())
    history_state.replace_chosen(ids)


def _draw_judging(chosen: list[int]) -> None:
    with st.popover("Judge", icon=":material/star:", key="bulk_judge"):
        rating = st.feedback("stars", key="bulk_rating")
        st.button(
            "Rate all",
            key="bulk_rate",
            disabled=rating is None,
            on_click=_judge,
            args=(chosen, {"rating": (rating or 0) + 1}),
        )
        with st.container(horizontal=True):
            st.button(
                "Approve all",
                key="bulk_approve",
                on_click=_judge,
                args=(chosen, {"verdict": "approved"}),
            )
            st.button(
                "Reject all",
                key="bulk_reject",
                on_click=_judge,
                args=(chosen, {"verdict": "rejected"}),
            )
        tag = st.text_input("Tag", key="bulk_tag", placeholder="such as hero")
        st.button(
            "Add tag", key="bulk_add_tag", disabled=not tag, on_click=_tag, args=(chosen, tag)
        )


def _judge(chosen: list[int], changes: dict[str, object]) -> None:
    before: dict[int, Judgement] = {}
    ids = list(chosen)

    def change() -> None:
        before.update(studio().library.judge(ids, **changes))

    if attempt(change):
        session.remember_action(
            f"{count_of(len(ids), 'picture')} judged", partial(take_back, before)
        )


def take_back(before: dict[int, Judgement]) -> None:
    """Restore the judgements that pictures had before."""
    for number, said in before.items():
        studio().library.judge(
            [number],
            rating=said.rating,
            verdict=said.verdict,
            verdict_reason=said.verdict_reason,
            note=said.note,
        )


def _tag(chosen: list[int], tag: str) -> None:
    ids = list(chosen)
    if attempt(lambda: studio().library.tag(ids, tag)):
        session.remember_action(f"{count_of(len(ids), 'picture')} tagged {tag}")


def _move(chosen: list[int], target: int) -> None:
    before: dict[int, int] = {}
    ids = list(chosen)
    if attempt(lambda: before.update(studio().library.move(ids, target))):
        session.remember_action(
            f"{count_of(len(before), 'picture')} moved", partial(_move_back, before)
        )


def _move_back(before: dict[int, int]) -> None:
    for project_id in set(before.values()):
        ids = [number for number, was in before.items() if was == project_id]
        studio().library.move(ids, project_id)


def trash(chosen: Sequence[int], then: Callable[[], object] | None = None) -> None:
    """Move pictures to the trash with an Undo, then call `then`."""
    gone: list[int] = []
    ids = list(chosen)
    if attempt(lambda: gone.extend(studio().library.throw_away(ids))):
        history_state.choose_none()
        undo = partial(studio().library.bring_back, gone)
        session.remember_action(
            f"{count_of(len(gone), 'picture')} in the trash, kept 30 days", undo
        )
        if then is not None:
            then()


def put_back(chosen: Sequence[int]) -> None:
    """Restore pictures from the trash."""
    ids = list(chosen)
    if attempt(lambda: studio().library.bring_back(ids)):
        history_state.choose_none()
        session.remember_action(f"{count_of(len(ids), 'picture')} put back")
