"""What a session tells besides its cases."""

from __future__ import annotations

import os
import shlex
from collections.abc import Collection
from pathlib import Path

import pytest

from chatkit_harness.core.errors import HarnessError


def error_words(error: HarnessError) -> str:
    """Culprit and cause in one line, and what to do in the next."""
    return f"{error.culprit}: {error.cause}\n{error.next_step}".rstrip()


def where_results_are(config: pytest.Config, folders: Collection[str]) -> str:
    """The line that ends a session: where each conversation can be seen."""
    here = config.invocation_params.dir
    inside = all(Path(each).is_relative_to(config.rootpath) for each in folders)
    shown = [os.path.relpath(each, here) if inside else each for each in sorted(folders)]
    words = ["report", *shown] if len(shown) == 1 else ["merge", *shown, "--out", "DIR"]
    return f"To see these conversations: {shlex.join(['chatkit-harness', *words])}"
