"""How many, how good, how fast, how much, and what works."""

from pages.parts.stats_cache import draw_cache, draw_lights
from pages.parts.stats_charts import draw_charts
from pages.parts.stats_choice import choose, draw_empty
from pages.parts.stats_headline import draw_headline
from pages.parts.stats_works import draw_what_works

chosen = choose()
if chosen is None:
    draw_empty()
else:
    report = chosen.read()
    draw_headline(report)
    draw_charts(report)
    draw_what_works(chosen)
    draw_lights(report)
draw_cache()
