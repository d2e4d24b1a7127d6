"""A comparison of the two paths as the page has it: every sentence worked out, so that scripts only draw.

The document (block `comparison`; `static/comparison.js` reads it):

    state, head, answer     how it stands, in one word, in a few, in a paragraph
    demonstration           [title, words], or null where nothing built in was compared
    assumption              what was assumed of the model's speed, in a sentence, or null
    notes, labels           texts: what was left out; whose words the sides said
    sections                [{title, more, statements [{about, scenarios [number], words, breaks}]}]
    verdicts                [{name, state, sign, count}], what has to be looked at first
    figures                 [[what, documented, seen, measured, kind]]
    scenarios               [see compared_scenarios.py]; `left_out` counts those that are not here
    texts, widgets          each once: what scenarios have as numbers
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chatkit_harness.comparison import Comparison
from chatkit_harness.comparison.nouns import VERDICTS, Statement
from chatkit_harness.reports.comparison_rows import (
    DEMONSTRATION,
    STATES,
    VERDICT_SIGNS,
    VERDICT_STATES,
    about,
    assumption_words,
    head_of,
    sections,
)
from chatkit_harness.reports.page.assemble import Block
from chatkit_harness.reports.page.compared_scenarios import Shelf, compared_scenario
from chatkit_harness.reports.text import clean, clip

LARGEST = 250_000
"""Letters that the block may have; texts and widgets are cut until it has no more."""
_CUTS = (6000, 1500, 400, 100)
_MOST_STATEMENTS = 60
_MOST_SCENARIOS = 200


def comparison_block(comparison: Comparison) -> Block:
    """The comparison, with as much of its texts and widgets as there is room for."""
    for cut in _CUTS[:-1]:
        block = Block.of("comparison", compared(comparison, cut=cut))
        if len(block.letters) <= LARGEST:
            return block
    return Block.of("comparison", compared(comparison, cut=_CUTS[-1]))


def compared(comparison: Comparison, *, cut: int = _CUTS[0]) -> dict[str, Any]:
    """The document."""
    shelf = Shelf(cut)
    told = comparison.scenarios[:_MOST_SCENARIOS]
    numbers = {each.scenario: n for n, each in enumerate(told)}
    title, _, words = DEMONSTRATION.partition(": ")
    return {
        "state": STATES[comparison.status],
        "head": head_of(comparison),
        "answer": clean(comparison.answer),
        "demonstration": [title, words] if comparison.demonstration else None,
        "assumption": assumption_words(comparison),
        "notes": [clip(note, 600) for note in comparison.notes],
        "labels": [clip(label, 300) for label in comparison.labels],
        "sections": [
            {
                "title": heading,
                "more": max(0, len(statements) - _MOST_STATEMENTS),
                "statements": [_statement(each, numbers) for each in statements[:_MOST_STATEMENTS]],
            }
            for heading, statements in sections(comparison)
        ],
        "verdicts": [
            {
                "name": verdict,
                "state": VERDICT_STATES[verdict],
                "sign": VERDICT_SIGNS[verdict],
                "count": comparison.counts.get(verdict, 0),
            }
            for verdict in VERDICTS
        ],
        "figures": [
            [clip(words, 300) for words in (each.what, each.documented, each.seen, each.measured, each.kind)]
            for each in comparison.figures
        ],
        "scenarios": [compared_scenario(each, shelf) for each in told],
        "left_out": len(comparison.scenarios) - len(told),
        "texts": shelf.texts,
        "widgets": shelf.widgets,
    }


def _statement(statement: Statement, numbers: Mapping[str, int]) -> dict[str, Any]:
    return {
        "about": about(statement),
        "scenarios": [numbers[name] for name in statement.scenarios if name in numbers],
        "words": clip(statement.words, 500),
        "breaks": statement.breaks,
    }
