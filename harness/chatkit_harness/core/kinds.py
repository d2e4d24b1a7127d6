"""The kinds of things that a ChatKit server passes on, by their names: who can hear them, who asks for them.

`checks.kinds` has the spaces of names.
"""

from __future__ import annotations

from collections.abc import Iterator

from chatkit_harness.core.scenario import Scenario

_INSIDE = ("openai.", "agents.")
_HIDDEN = ("chatkit.item/hidden_context_item", "chatkit.item/sdk_hidden_context")
"""Items that chatkit keeps from every client."""


def named_kinds(scenario: Scenario) -> frozenset[str]:
    """The kinds that a scenario fails without."""
    expected = [scenario.expect, *(turn.expect for turn in scenario.turns if turn.expect is not None)]
    return frozenset(kind for each in expected for kind in each.passes_on or ())


def kinds_inside(scenario: Scenario) -> Iterator[str]:
    """Those of them that no client sees, in order: they are heard in the server's own process, or nowhere."""
    return (kind for kind in sorted(named_kinds(scenario)) if kind.startswith(_INSIDE) or kind in _HIDDEN)
