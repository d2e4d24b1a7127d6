"""The templates of HTML pages: escaped by default, with the filters that all of them use."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined

from chatkit_harness.reports.caught import severity_words
from chatkit_harness.reports.comparison_rows import about
from chatkit_harness.reports.conversation import indented
from chatkit_harness.reports.text import (
    SYMBOLS,
    WORDS,
    cell_parts,
    cell_words,
    clean,
    clip,
    count,
    milliseconds,
)
from chatkit_harness.reports.view import outcome_counts


def environment() -> Environment:
    """The templates, ready to be filled."""
    made = Environment(
        loader=PackageLoader("chatkit_harness.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        # Whatever a server sent goes through here before it is escaped.
        finalize=lambda value: (
            clean(value) if isinstance(value, str) and not hasattr(value, "__html__") else value
        ),
    )
    made.filters.update(
        about=about,
        ms=milliseconds,
        clip=clip,
        cell_words=cell_words,
        cell_parts=cell_parts,
        indented=indented,
        counts=outcome_counts,
        severity=severity_words,
    )
    made.globals.update(symbols=SYMBOLS, words=WORDS, count=count)
    return made
