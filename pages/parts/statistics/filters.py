"""Which pictures are counted: period, project, and provider or previews."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import streamlit as st

from core.domain.engines import ENGINE_NAMES, PREVIEWS, Family
from core.domain.wording import DOT
from core.insights.effects import Effects
from core.insights.period import FigureScope, Period, last_days
from core.insights.report import StatisticsReport
from core.library.query.ast import quoted
from core.wiring import studio

_PERIODS = {"7 d": 7, "30 d": 30, "90 d": 90, "All": None}
_FAMILIES: dict[Family, str] = {"provider": "FIBO", "preview": "Previews"}
_ALL_PROJECTS = 0
_FEWEST_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureFilter:
    """What the top of the page says, and the History queries that follow from it."""

    scope: FigureScope
    period: Period
    compares: bool
    project_names: dict[int, str]

    def read(self) -> StatisticsReport:
        """Return the figures of what was chosen."""
        return studio().insights.report(self.scope, self.period, compares=self.compares)

    def effects(self) -> Effects:
        """Return what works within what was chosen."""
        return studio().insights.effects(self.scope, self.period)

    def link(self, *terms: str, period: Period | None = None, project_id: int | None = None) -> str:
        """Return the History query that finds what was chosen, narrowed by more terms."""
        project_id = project_id or self.scope.project_id
        if self.scope.family == "provider":
            parts = [f"-engine:{name}" for name in PREVIEWS]
        elif len(PREVIEWS) == 1:
            parts = [f"engine:{PREVIEWS[0]}"]
        else:
            parts = [f"-engine:{name}" for name in ENGINE_NAMES if name not in PREVIEWS]
        if project_id is not None:
            parts.append(f"project:{quoted(self.project_name(project_id))}")
        return " ".join((*parts, (period or self.period).history_term, *terms))

    def project_name(self, project_id: int) -> str:
        """Return the name of a project."""
        return self.project_names.get(project_id, str(project_id))


def choose() -> FigureFilter | None:
    """Draw the choices and return them, or None if there are no figures at all."""
    extent = studio().insights.extent()
    if not extent:
        return None
    names = studio().insights.project_names()
    with st.container(horizontal=True, vertical_alignment="center", key="stats_choice"):
        days = _PERIODS[
            st.segmented_control(
                "Period",
                list(_PERIODS),
                default="30 d",
                required=True,
                key="stats_period",
                label_visibility="collapsed",
                bind="query-params",
            )
        ]
        project_id = st.selectbox(
            "Project",
            [_ALL_PROJECTS, *names],
            format_func=lambda one: names.get(one, "All projects"),
            key="stats_project",
            label_visibility="collapsed",
            width=200,
            bind="query-params",
        )
        families = [family for family in _FAMILIES if family in extent]
        if len(families) == 1:
            family = families[0]
        else:
            family = st.segmented_control(
                "Pictures",
                families,
                format_func=lambda one: _FAMILIES[one],
                default=families[0],
                required=True,
                key="stats_family",
                label_visibility="collapsed",
                bind="query-params",
            )
        today = studio().insights.today()
        if days is not None:
            period = last_days(days, today)
        else:
            period = Period(min(extent[family][0], today - timedelta(days=_FEWEST_DAYS - 1)), today)
        facts = [f"{period.first:%d %b %Y} to {period.last:%d %b %Y}, UTC days"]
        if days is not None:
            facts.append(f"changes against the {period.days} days before")
        if family == "preview":
            facts.append("previews, no AI")
        st.caption(DOT.join(facts))
    return FigureFilter(
        scope=FigureScope(family=family, project_id=project_id or None),
        period=period,
        compares=days is not None,
        project_names=names,
    )


def draw_empty() -> None:
    """Draw what to do if nothing was made yet."""
    with st.container(key="welcome"):
        st.subheader("Nothing to count yet", anchor=False)
        st.caption("Make a first picture; how many, how good, how fast and how much appears here.")
        if st.button("Make the first one", type="primary", icon=":material/bolt:"):
            st.switch_page("pages/generate.py")


def draw_quiet_period() -> None:
    """Draw what to do if nothing was made in this period and project."""
    with st.container(key="stats_quiet"):
        st.subheader("Nothing was made here in this period", anchor=False)
        st.caption("Choose a longer period or another project above.")
