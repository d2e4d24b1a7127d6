"""`comparison.html`: a comparison of two runs on a page of its own, which needs nothing but itself."""

from __future__ import annotations

from chatkit_harness.comparison import Comparison
from chatkit_harness.reports.comparison_rows import STATES, head_of
from chatkit_harness.reports.page import page_pieces
from chatkit_harness.reports.page.candles import candles_block
from chatkit_harness.reports.page.compared import comparison_block
from chatkit_harness.reports.pages import environment

_TITLE = "Native path against Agent Builder"


def comparison_page(comparison: Comparison) -> str:
    """The page with nothing but the comparison, as text."""
    block = comparison_block(comparison)
    state, head = STATES[comparison.status], head_of(comparison)
    lead = environment().get_template("comparison_lead.html.j2")
    told = lead.render(title=_TITLE, state=state, head=head, answer=comparison.answer)
    return "".join(page_pieces(_TITLE, [block, *candles_block([block])], lead=told))
