"""The statistics: how many, how good, how fast, how much, and what works."""

from core.wiring import studio
from pages.parts.shared import session
from pages.parts.shared.watching import SELDOM_SECONDS, rerun_when_changed
from pages.parts.statistics.cache import draw_cache
from pages.parts.statistics.charts import draw_charts
from pages.parts.statistics.filters import choose, draw_empty, draw_quiet_period
from pages.parts.statistics.headline import draw_figures

session.enter_page("statistics")
chosen = choose()
if chosen is None:
    draw_empty()
    rerun_when_changed(studio().insights.extent, every_seconds=SELDOM_SECONDS)
else:
    report = chosen.read()
    draw_figures(chosen)
    if report.totals.asked:
        draw_charts(report, chosen)
    else:
        draw_quiet_period()
    draw_cache(studio().insights.cache_counts())
