"""The statistics: how many, how good, how fast, how much, and what works."""

from core.wiring import studio
from pages.parts.shared import session
from pages.parts.statistics.cache import draw_cache, draw_targets
from pages.parts.statistics.cards import draw_headline
from pages.parts.statistics.charts import draw_charts
from pages.parts.statistics.filters import choose, draw_empty, draw_quiet_period

session.enter_page("statistics")
chosen = choose()
if chosen is None:
    draw_empty()
else:
    report, counts = chosen.read(), studio().insights.cache_counts()
    draw_headline(report)
    draw_targets(report, counts)
    if report.totals.asked:
        draw_charts(report, chosen)
    else:
        draw_quiet_period()
    draw_cache(counts)
