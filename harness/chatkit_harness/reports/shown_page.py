"""The section "Shown on purpose" of `docs/known-breaks.md`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chatkit_harness.reports.markdown import md
from chatkit_harness.reports.shown import Shown
from chatkit_harness.reports.text import count

_SEEN, _WORDS = 3, 700
_INTRODUCTION = """Some defects are in every release that was driven, or are of what the documents tell to
write. A scenario that shows one passes where it occurs as it is expected, and none of them is counted
above. Of each the page has what a user sees, why it is a defect, as the scenario's own file gives the
reason, and where it occurred."""
_ERRORS = """These end in an error that is told to the user, as they should, or have a tool of the
server fail; what the packages make of that is looked at all the same."""


def shown_lines(shown: Sequence[Shown]) -> Iterator[str]:
    """The section; nothing where no scenario shows anything on purpose."""
    if not shown:
        return
    yield "## Shown on purpose"
    yield ""
    yield _INTRODUCTION
    yield from _table([each for each in shown if not each.is_an_error])
    errors = [each for each in shown if each.is_an_error]
    if errors:
        yield ""
        yield "### Errors that are meant"
        yield ""
        yield _ERRORS
        yield from _table(errors)


def _table(shown: Sequence[Shown]) -> Iterator[str]:
    again = any(each.confirmed for each in shown)
    yield ""
    more = " confirmed in a fresh environment |" if again else ""
    yield f"| | a user sees | why | versions | cells |{more}"
    yield f"|---|---|---|---|---:|{'---|' if again else ''}"
    for each in shown:
        told = [
            f"{md(each.title, _WORDS)} (`{each.scenario}`)",
            _seen(each),
            md(each.reason, _WORDS),
            md("; ".join(each.ranges), _WORDS),
            f"{each.cells:,} of {each.driven:,}",
            *(["yes" if each.confirmed else "no"] if again else []),
        ]
        yield f"| {' | '.join(told)} |"


def _seen(each: Shown) -> str:
    told = [
        md(words, _WORDS) + ("" if number == each.cases else f" ({number:,} of {count(each.cases, 'case')})")
        for words, number in each.seen[:_SEEN]
    ]
    return "; ".join(told) or md(", ".join(each.rules), _WORDS)
