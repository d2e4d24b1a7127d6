"""The model of `benchmarks.server`: a call of a tool, then a sentence; nothing is looked up or matched."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import socket
from typing import Any

import uvicorn

from chatkit_harness.upstream.script import render

SYMBOLS = ("AAPL", "MSFT", "NVDA", "TSLA", "AMZN", "GOOGL", "META", "AMD")
_ID = re.compile(rb"(?<=_)[0-9a-f]{24}(?=\")")
_WORD = re.compile(r"\b(" + "|".join(SYMBOLS) + r")\b")


def _bodies() -> tuple[bytes, bytes]:
    script: list[dict[str, Any]] = [
        {"call": "show_stock_quote", "arguments": {"symbol": "AAPL"}},
        {"say": "Here is the price."},
    ]
    made = render(script, scenario="load", words=["What's AAPL trading at?"])
    called, said = made.interactions
    return called.body, said.body


CALLED, SAID = _bodies()


def answer(request: dict[str, Any]) -> bytes:
    """The events of one answer, with ids of their own."""
    given = request.get("input") or []
    last = given[-1] if isinstance(given, list) and given else {}
    if last.get("type") == "function_call_output":
        body = SAID
    else:
        asked = _WORD.findall(json.dumps(last))
        body = CALLED.replace(b"AAPL", (asked[-1] if asked else "AAPL").encode())
    ids: dict[bytes, bytes] = {}
    return _ID.sub(lambda found: ids.setdefault(found[0], secrets.token_hex(12).encode()), body)


async def app(_scope: Any, receive: Any, send: Any) -> None:
    """One ASGI application for whatever is asked."""
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    headers = [(b"content-type", b"text/event-stream; charset=utf-8")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer(json.loads(body))})


def serve(application: Any) -> None:
    """Listen on a free port of 127.0.0.1 and tell where."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(1024)
    print(json.dumps({"url": f"http://127.0.0.1:{listening.getsockname()[1]}"}), flush=True)
    config = uvicorn.Config(application, log_level="error", lifespan="off", access_log=False)
    asyncio.run(uvicorn.Server(config).serve(sockets=[listening]))


if __name__ == "__main__":
    serve(app)
