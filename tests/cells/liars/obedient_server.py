"""A ChatKit-shaped server that runs the code that it is given, and tells what that calls `told`."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any


def create_context(values: Mapping[str, Any]) -> Mapping[str, Any]:
    return values


def create_server(options: Mapping[str, Any]) -> ObedientServer:
    return ObedientServer(options["code"])


class ObedientServer:
    def __init__(self, code: str) -> None:
        self._code = code

    async def process(self, *_request: Any) -> AsyncIterator[bytes]:
        return self._events()

    async def _events(self) -> AsyncIterator[bytes]:
        scope: dict[str, Any] = {"told": None}
        exec(self._code, scope)  # noqa: S102 - that is what it is for
        yield b"data: " + json.dumps({"type": "told", "told": scope["told"]}).encode() + b"\n\n"
