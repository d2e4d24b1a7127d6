"""The pairs that a selection names, as the index knows them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from packaging.version import Version

from chatkit_harness.core.errors import SelectionError
from chatkit_harness.index.index import ProjectPage
from chatkit_harness.index.releases import Release, select

from .settings import RunSettings

CHATKIT, AGENTS = "openai-chatkit", "openai-agents"
FIRST_WITH_A_MODULE = Version("0.0.2")
"""The first release of chatkit that holds a module at all."""
NONE = "none"
"""Asks for a cell without chatkit, which a workflow does not need."""


def select_pairs(
    settings: RunSettings, pages: Mapping[str, ProjectPage], as_of: dt.datetime | None
) -> Iterator[tuple[Release | None, Release]]:
    """The chatkit and agents releases to try, as the index stood at `as_of` (None: as it is).

    The chatkit release is None where `none` is asked for. Raises SelectionError where a word selects nothing.
    """
    named = [_halves(pair) for pair in settings.pairs] or [(settings.chatkit, settings.agents)]
    for left, right in named:
        for one in _chatkit(pages[CHATKIT], left, as_of):
            for other in _chosen(pages[AGENTS], right, as_of):
                yield one, other


def _halves(pair: str) -> tuple[str, str]:
    left, colon, right = pair.partition(":")
    if not colon or not left or not right:
        raise SelectionError(
            f"--pair {pair}", "A pair is CHATKIT:AGENTS.", "Write --pair 1.6.5:0.24.0, for example."
        )
    return left, right


def _chatkit(page: ProjectPage, words: str, as_of: dt.datetime | None) -> Iterator[Release | None]:
    named = [word.strip() for word in words.split(",") if word.strip()]
    releases = [word for word in named if word.lower() != NONE]
    if len(releases) < len(named):
        yield None
    if releases or not named:
        yield from _chosen(page, ",".join(releases), as_of)


def _chosen(page: ProjectPage, words: str, as_of: dt.datetime | None) -> list[Release]:
    found = select(page.releases, words, project=page.project, as_of=as_of)
    if not found:
        raise SelectionError(page.project, "No release is named.", "Write newest, for example.")
    return found
