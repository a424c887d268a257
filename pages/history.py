"""The pictures made so far: find, judge, refine and compare them."""

from pages.parts.generate.submit import draw_problems
from pages.parts.history import state as history_state
from pages.parts.history.compare import draw_comparison
from pages.parts.history.detail import draw_detail
from pages.parts.history.gallery import draw_gallery
from pages.parts.history.review import draw_review
from pages.parts.shared import session
from pages.parts.shared.undo import draw_last_action

session.enter_page("history")
draw_last_action()
if compared := history_state.opened_ids("compare"):
    draw_comparison(compared)
elif reviewed := history_state.opened_ids("review"):
    draw_review(reviewed[0])
elif opened := history_state.opened_ids("picture"):
    draw_detail(opened[0])
else:
    if dead := tuple(one for one in session.problems() if one.field == "picture"):
        draw_problems(dead)
        session.remember_problems(())  # said once
    draw_gallery()
