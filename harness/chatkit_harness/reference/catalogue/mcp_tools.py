"""An MCP server in a few lines: JSON-RPC over standard input and output, with no package.

price    answers in text
facts    answers in text and in a structure
broken   says that it failed
crash    answers with an error of the protocol
mute     never answers
"""

from __future__ import annotations

import json
import sys
from typing import Any, Dict, Iterator, Optional

SYMBOL = {"type": "object", "properties": {"symbol": {"type": "string"}}, "required": ["symbol"]}
NAMES = ("price", "facts", "broken", "crash", "mute")


def answer(method: str, params: Dict[str, Any]) -> Optional[Dict[str, Any]]:
    """The result of a request; None where there is no such method."""
    if method == "initialize":
        return {
            "protocolVersion": params.get("protocolVersion"),
            "capabilities": {"tools": {}},
            "serverInfo": {"name": "market", "version": "1"},
        }
    if method == "tools/list":
        described = [
            {"name": name, "description": f"{name} of a symbol", "inputSchema": SYMBOL} for name in NAMES
        ]
        return {"tools": described}
    if method == "tools/call":
        return call(params["name"], params.get("arguments") or {})
    return {} if method == "ping" else None


def call(name: str, arguments: Dict[str, Any]) -> Optional[Dict[str, Any]]:
    """What a tool says; None where it fails as a request does."""
    symbol = arguments.get("symbol")
    if name == "crash":
        return None
    if name == "broken":
        return {"content": [{"type": "text", "text": "The exchange is closed."}], "isError": True}
    result: Dict[str, Any] = {"content": [{"type": "text", "text": f"{symbol}: 213.55"}], "isError": False}
    if name == "facts":
        result["structuredContent"] = {"symbol": symbol, "price": 213.55}
    return result


def messages() -> Iterator[Dict[str, Any]]:
    """What the client says, until it hangs up."""
    for line in sys.stdin:
        if line.strip():
            yield json.loads(line)


def _is_mute(message: Dict[str, Any]) -> bool:
    return bool(message["method"] == "tools/call" and message["params"]["name"] == "mute")


def main() -> None:
    """Serve until the input ends."""
    for message in messages():
        if "id" not in message or "method" not in message or _is_mute(message):
            continue
        result = answer(message["method"], message.get("params") or {})
        reply: Dict[str, Any] = {"jsonrpc": "2.0", "id": message["id"]}
        if result is None:
            reply["error"] = {"code": -32601, "message": f"{message['method']} is not possible"}
        else:
            reply["result"] = result
        sys.stdout.write(json.dumps(reply) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
