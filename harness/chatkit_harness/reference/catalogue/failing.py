"""A store that cannot write once: the user's message, or the answer."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from typing import Any

from agents import Agent

from ..context import RequestContext
from .part import MODEL, Maker, Options, Part, agent_part
from .server import CatalogueServer
from .threads import PARTS as _THREADS


class _Full(CatalogueServer):
    """Its disk is full when the first item of a kind is to be stored; then somebody makes room."""

    kind = ""

    def __init__(self, part: Part, store: Any) -> None:
        super().__init__(part, store)
        add = store.add_thread_item
        full = True

        async def add_thread_item(thread_id: str, item: Any, context: RequestContext) -> None:
            nonlocal full
            if full and item.type == self.kind:
                full = False
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            await add(thread_id, item, context)

        store.add_thread_item = add_thread_item


class _FullForQuestion(_Full):
    kind = "user_message"


class _FullForAnswer(_Full):
    kind = "assistant_message"


def _question(options: Options) -> Part:
    """It answers by itself: what is not stored, no model gets to see."""
    return replace(_THREADS["counting"](options), server=_FullForQuestion)


def _answer(options: Options) -> Part:
    agent = Agent[Any](name="Plain", model=MODEL, instructions="Answer in a sentence.")
    return replace(agent_part(agent, options), server=_FullForAnswer)


PARTS: dict[str, Maker] = {"question": _question, "answer": _answer}
"""By what cannot be stored."""
