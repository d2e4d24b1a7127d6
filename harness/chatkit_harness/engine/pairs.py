"""The pairs that a selection names, as the index knows them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from chatkit_harness.cells.index import ProjectPage
from chatkit_harness.cells.releases import Release, select
from chatkit_harness.core.errors import SelectionError

from .settings import RunSettings

CHATKIT, AGENTS = "openai-chatkit", "openai-agents"


def select_pairs(
    settings: RunSettings, pages: Mapping[str, ProjectPage], as_of: dt.datetime | None
) -> Iterator[tuple[Release, Release]]:
    """The chatkit and agents releases to try, as the index stood at `as_of` (None: as it is).

    Raises SelectionError where a word selects nothing.
    """
    named = [_halves(pair) for pair in settings.pairs] or [(settings.chatkit, settings.agents)]
    for left, right in named:
        for one in _chosen(pages[CHATKIT], left, as_of):
            for other in _chosen(pages[AGENTS], right, as_of):
                yield one, other


def _halves(pair: str) -> tuple[str, str]:
    left, colon, right = pair.partition(":")
    if not colon or not left or not right:
        raise SelectionError(
            f"--pair {pair}", "A pair is CHATKIT:AGENTS.", "Write --pair 1.6.5:0.24.0, for example."
        )
    return left, right


def _chosen(page: ProjectPage, words: str, as_of: dt.datetime | None) -> list[Release]:
    found = select(page.releases, words, project=page.project, as_of=as_of)
    if not found:
        raise SelectionError(page.project, "No release is named.", "Write newest, for example.")
    return found
