"""What the page says a line with that shows a case again, for the cases that it holds no document of."""

from __future__ import annotations

import shlex
from typing import Any

from chatkit_harness.causes import reproduce
from chatkit_harness.causes.needed import needed
from chatkit_harness.reports.rows import any_case
from chatkit_harness.reports.text import clean
from chatkit_harness.reports.view import View


def again(seen: View) -> dict[str, Any]:
    """What a line that shows any case of the run again needs: `cells` the words that name each, `options`.

    `options` are the lists of what else cases were driven with, `asked` has the number of each column's.
    Both are null where the run's header does not say what it was asked for.
    """
    header = seen.results.header
    cells = [clean(shlex.join(reproduce.versions(row.cell, header.started))) for row in seen.rows]
    if not header.selection:
        return {"cells": cells, "options": None, "asked": None}
    options = reproduce.options_of_run(header.selection)
    lists: dict[tuple[str, ...], int] = {}
    columns = [any_case(seen.rows, column) for group in seen.groups for column in group.columns]
    words = [tuple(clean(word) for word in needed(options, case)) if case else () for case in columns]
    asked = [lists.setdefault(each, len(lists)) for each in words]
    return {"cells": cells, "options": [list(each) for each in lists], "asked": asked}
