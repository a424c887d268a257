"""The projects: a list with colour, budget and spending, and adding a new one."""

from __future__ import annotations

from decimal import Decimal

import streamlit as st

from core.domain.money import MICROUSD, dollars, microusd
from core.records.projects import COLOURS, FIRST_PROJECT, Project
from core.wiring import studio
from pages.parts.history import state as history_state
from pages.parts.shared import safe_text, session
from pages.parts.shared.undo import attempt


def project_choices() -> dict[int, str]:
    """Return the names of the projects by id, in order of their names."""
    return {project.id: project.name for project in studio().library.projects()}


def draw_project_choice() -> None:
    """Draw the choice of the next pictures' project, if there is more than one."""
    names = project_choices()
    if len(names) > 1:
        st.selectbox(
            "Project",
            list(names),
            index=list(names).index(FIRST_PROJECT),
            format_func=lambda number: names[number],
            key="project",
            persist_state="session",
        )


def draw_projects() -> None:
    """Draw the button that opens the projects."""
    listed = st.popover(
        "Projects", icon=":material/folder:", type="tertiary", key="projects", on_change="rerun"
    )
    if not listed.open:
        return
    with listed, st.container(key="projects_list"):
        for project in studio().library.projects():
            money = f"{dollars(project.committed_microusd)} spent"
            if project.budget_microusd is not None:
                money += f" of {dollars(project.budget_microusd)}"
            with st.container(horizontal=True, vertical_alignment="center"):
                safe_text.show_swatch(project.colour, project.name, money)
                st.button(
                    "Show",
                    key=f"project_show_{project.id}",
                    type="tertiary",
                    on_click=history_state.write_line,
                    args=(f'project:"{project.name.replace(chr(34), chr(34) * 2)}"',),
                )
                with st.popover("Change", type="tertiary", key=f"project_edit_{project.id}"):
                    _draw_form(project)
        st.divider()
        _draw_form(None)


def _draw_form(project: Project | None) -> None:
    own = project.id if project else "new"
    name = st.text_input(
        "Name", value=project.name if project else "", key=f"project_name_{own}", max_chars=60
    )
    colour = st.color_picker(
        "Colour", value=project.colour if project else COLOURS[1], key=f"project_colour_{own}"
    )
    has_budget = project is not None and project.budget_microusd is not None
    budget = st.number_input(
        "Budget in $",
        min_value=0.0,
        value=(project.budget_microusd or 0) / MICROUSD if project and has_budget else None,
        placeholder="no limit",
        key=f"project_budget_{own}",
    )
    amount = None if budget is None else microusd(Decimal(str(budget)))
    st.button(
        "Save" if project else "Add project",
        key=f"project_save_{own}",
        disabled=not name,
        on_click=_save,
        args=(project, name, colour, amount),
    )
    if project is not None and project.id != FIRST_PROJECT:
        st.button(
            "Archive",
            key=f"project_archive_{own}",
            type="tertiary",
            help="Its pictures stay; it is no longer offered",
            on_click=_archive,
            args=(project.id,),
        )


def _archive(project_id: int) -> None:
    attempt(lambda: studio().library.archive_project(project_id))


def _save(project: Project | None, name: str, colour: str, budget_microusd: int | None) -> None:
    library = studio().library

    def keep() -> None:
        if project is None:
            library.add_project(name, colour=colour, budget_microusd=budget_microusd)
        else:
            library.change_project(
                project.id, name=name, colour=colour, budget_microusd=budget_microusd
            )

    if attempt(keep) and project is None:
        session.write_field("project_name_new", "")
        session.write_field("project_budget_new", None)
