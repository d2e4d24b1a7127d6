"""The floor of `benchmarks.server`: a bare Starlette application that sends the bytes of one turn.

It asks the model as often as the server does (twice a turn), since that is no part of what is compared.
"""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
from benchmarks.server_model import serve
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

MODEL, RECORDED = sys.argv[1:]
EVENTS = [str(each).encode() for each in json.loads(Path(RECORDED).read_text(encoding="utf-8"))]
WIDGET = next(place for place, event in enumerate(EVENTS) if b'"type":"widget"' in event.replace(b" ", b""))
PARTS = (EVENTS[: WIDGET + 1], EVENTS[WIDGET + 1 :])
ASKED = {"input": [{"role": "user", "content": "AAPL"}]}
ANSWERED = {"input": [{"type": "function_call_output"}]}
client = httpx.AsyncClient(limits=httpx.Limits(max_connections=400))


async def turn(request: Request) -> StreamingResponse:
    """The events of a turn, as they are."""
    await request.body()

    async def events() -> AsyncIterator[bytes]:
        for asked, part in zip((ASKED, ANSWERED), PARTS, strict=True):
            await client.post(f"{MODEL}/v1/responses", json=asked)
            for event in part:
                yield event

    return StreamingResponse(events(), media_type="text/event-stream")


app = Starlette(routes=[Route("/chatkit/sdk", turn, methods=["POST"])])

if __name__ == "__main__":
    serve(app)
