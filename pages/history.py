"""The pictures made so far: find, judge, refine and compare them."""

from pages.parts.generate.submit import draw_problems
from pages.parts.history import state as history_state
from pages.parts.history.compare import draw_comparison
from pages.parts.history.detail import draw_detail
from pages.parts.history.walking import find_or_close
from pages.parts.history.wall import draw_wall
from pages.parts.shared import session
from pages.parts.shared.undo import draw_last_action

session.enter_page("history")
if compared := history_state.opened_ids("compare"):
    draw_last_action()
    draw_comparison(compared)
elif detailed := history_state.opened_ids("detail"):
    draw_last_action()
    draw_detail(detailed[0])
else:
    if viewed := history_state.viewed():
        find_or_close(viewed[1])
    if dead := tuple(one for one in session.problems() if one.field == "picture"):
        draw_problems(dead)
        session.remember_problems(())  # said once
    draw_wall()
