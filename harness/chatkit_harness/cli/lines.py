"""Lines that are not to be wrapped, since keys and commands in them are copied."""

from __future__ import annotations

import os
from collections.abc import Iterable

from rich.text import Text

from chatkit_harness.gate.github import harmless, runs_here

from .tell import console


def print_lines(lines: Iterable[tuple[str, str]]) -> None:
    """Print lines, each with its style, which shows on a terminal only; in letters that it has."""
    shown = console()
    encoding = shown.encoding.lower()
    for text, style in lines:
        line = harmless(text) if runs_here(os.environ) else text
        fit = line if encoding.startswith("utf") else line.encode(encoding, "replace").decode(encoding)
        shown.print(Text(fit, style=style), soft_wrap=True)
