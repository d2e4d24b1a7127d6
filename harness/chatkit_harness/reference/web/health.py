"""GET /health: that this server lives, what it runs on, and whether its store answers."""

from __future__ import annotations

import asyncio
import platform
from importlib import metadata
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from ..context import RequestContext
from .backend import Backend
from .failures import ApiError

DISTRIBUTIONS = {"chatkit": "openai-chatkit", "agents": "openai-agents", "openai": "openai"}
STORE_S = 3.0
NOBODY = RequestContext(user_id="nobody")
"""Who owns no thread: asking for theirs touches the store and shows nothing."""


class Health:
    """The route of whoever watches the server."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    async def health(self, request: Request) -> JSONResponse:
        """The server's versions and its store. Raises ApiError 503 where the store does not answer."""
        del request
        store = getattr(self._backend.server, "store", None)
        if store is None:
            return JSONResponse({"status": "ok", "versions": versions(), "store": None})
        named = {"name": name_of(store)}
        try:
            await asyncio.wait_for(store.load_threads(1, None, "desc", NOBODY), STORE_S)
        except Exception as error:
            said = {"versions": versions(), "store": {**named, "answers": False}}
            raise ApiError(503, "store_unavailable", "The store does not answer.", **said) from error
        return JSONResponse({"status": "ok", "versions": versions(), "store": {**named, "answers": True}})


def name_of(store: Any) -> str:
    """What a store is called: MemoryStore is `memory`."""
    return type(store).__name__.removesuffix("Store").lower() or "store"


def versions() -> dict[str, str | None]:
    """What this process runs on; None for what is not installed."""
    installed = {name: _version(distribution) for name, distribution in DISTRIBUTIONS.items()}
    return {**installed, "python": platform.python_version()}


def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None
