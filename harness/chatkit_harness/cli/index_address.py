"""The address of a package index, told by where it was written when it is none."""

from __future__ import annotations

import click
from click.core import ParameterSource

_WRITTEN = {
    ParameterSource.ENVIRONMENT: "CHATKIT_HARNESS_INDEX",
    ParameterSource.DEFAULT_MAP: "pyproject.toml: tool.chatkit-harness.index",
}


def index_address(context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    """The value of `--index` in its one spelling. Raises ConfigurationError where it is no address."""
    if value is None:
        return None
    from chatkit_harness.index.configured import normal  # imports much; only where somebody asks

    source = context.get_parameter_source(option.name or "")
    return normal(value, "--index" if source is None else _WRITTEN.get(source, "--index"))
