"""The files that a gate leaves, each drawn from its document."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from chatkit_harness.results import write_whole

from .junit import junit
from .markdown import markdown
from .sarif import sarif

_DRAWN: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "gate.json": lambda document: json.dumps(document, indent=2) + "\n",
    "summary.md": markdown,
    "gate-junit.xml": junit,
    "gate.sarif": sarif,
}


OUTPUTS = tuple(_DRAWN)
"""The names of the files that a gate leaves for others."""


def write_outputs(document: Mapping[str, Any], folder: Path) -> list[Path]:
    """Write them into a folder, each whole or not at all. Raises OutputError where that cannot be done."""
    for name, draw in _DRAWN.items():
        write_whole(folder / name, draw(document))
    return [folder / name for name in _DRAWN]
