"""Which pictures the figures are about: period, project, and provider or previews."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from core.domain.figures import Family
from core.insights.effects import Effects
from core.insights.period import Period, Scope, last_days
from core.insights.report import Report
from core.wiring import studio
from pages.parts import plain

_PERIODS = {"7 d": 7, "30 d": 30, "90 d": 90, "All": None}
_FAMILIES: dict[Family, str] = {"provider": "FIBO", "preview": "Previews"}
_ALL_PROJECTS = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the top of the page says."""

    scope: Scope
    period: Period
    compares: bool

    def read(self) -> Report:
        """Return the figures of what was chosen."""
        return studio().insights.report(self.scope, self.period, compares=self.compares)

    def effects(self) -> Effects:
        """Return what works within what was chosen."""
        return studio().insights.effects(self.scope, self.period)


def choose() -> Choice | None:
    """Draw the choices and return them, or None while there is no figure at all."""
    extent = studio().insights.extent()
    if not extent:
        return None
    with st.container(horizontal=True, vertical_alignment="center"):
        days = _PERIODS[_draw_period()]
        project_id = _draw_project()
        families = [family for family in _FAMILIES if family in extent]
        family = families[0]
        if len(families) > 1:
            family = st.segmented_control(
                "Pictures",
                families,
                format_func=lambda one: _FAMILIES[one],
                default=families[0],
                required=True,
                key="stats_family",
                label_visibility="collapsed",
            )
        today = studio().insights.today()
        period = last_days(days, today) if days else Period(extent[family][0], today)
        kind = "FIBO" if family == "provider" else "previews, no AI"
        words = (f"{period.first:%d %b %Y} to {period.last:%d %b %Y}", "UTC days", kind)
        st.caption(plain.DOT.join(words))
    scope = Scope(family=family, project_id=project_id or None)
    return Choice(scope=scope, period=period, compares=days is not None)


def _draw_period() -> str:
    return st.segmented_control(
        "Period",
        list(_PERIODS),
        default="30 d",
        required=True,
        key="stats_period",
        label_visibility="collapsed",
        bind="query-params",
    )


def _draw_project() -> int:
    names = studio().insights.project_names()
    return st.selectbox(
        "Project",
        [_ALL_PROJECTS, *names],
        format_func=lambda one: names.get(one, "All projects"),
        key="stats_project",
        label_visibility="collapsed",
        width=200,
    )


def draw_empty() -> None:
    """Draw what to do where nothing was made yet."""
    with st.container(key="welcome"):
        st.subheader("Nothing to count yet", anchor=False)
        st.caption("Make a first picture; how many, how good, how fast and how much appears here.")
        if st.button("Make the first one", type="primary", icon=":material/bolt:"):
            st.switch_page("pages/generate.py")
