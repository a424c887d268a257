"""The team's memory: find, judge, refine, compare."""

from pages.parts import session
from pages.parts.comparing import draw_comparison
from pages.parts.culling import draw_culling
from pages.parts.deeds import draw_last_deed
from pages.parts.detail import draw_detail
from pages.parts.gallery import draw_gallery

draw_last_deed()
if compared := session.opened_ids("compare"):
    draw_comparison(compared)
elif culled := session.opened_ids("cull"):
    draw_culling(culled[0])
elif opened := session.opened_ids("picture"):
    draw_detail(opened[0])
else:
    draw_gallery()
