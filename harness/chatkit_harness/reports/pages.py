"""The templates of HTML pages: escaped by default."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined

from chatkit_harness.reports.text import SYMBOLS, clean


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
    made.globals.update(symbols=SYMBOLS)
    return made
