"""Runs the reference server over HTTP: `python -I .../reference/web/run.py --host 127.0.0.1 --port 8765`.

It tells one line of JSON on standard output: `{"event": "ready", "url", "versions"}` once it answers, or
`{"event": "failed", "reason"}` where the address cannot be had. It ends when standard input does, so that
it never outlives who started it. LOG_LEVEL (default INFO) says how much goes to standard error.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import importlib.util
import json
import logging
import os
import socket
import sys
import threading
from pathlib import Path
from typing import IO, Any

PACKAGE = Path(__file__).resolve().parents[3]
GOODBYE_S = 2
"""How long conversations may go on once the server is to end."""


def main() -> None:
    """Take the address, then import what takes long, then serve until standard input ends."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--host", required=True)
    asked.add_argument("--port", type=int, required=True)
    wanted = asked.parse_args()
    told = _own_output()
    try:
        listening = listen(wanted.host, wanted.port)
    except (OSError, OverflowError, UnicodeError) as error:
        _tell(told, event="failed", reason=getattr(error, "strerror", None) or str(error))
        sys.exit(1)
    _log_to_standard_error()
    sys.path.insert(0, str(PACKAGE))
    serve(listening, told)


def listen(host: str, port: int) -> socket.socket:
    """A socket on that address. Raises OSError where it is taken, or no address of this machine."""
    family, kind, protocol, _name, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listening = socket.socket(family, kind, protocol)
    if os.name == "posix":  # elsewhere it would let two servers share a port
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(address)
    listening.listen()
    return listening


def serve(listening: socket.socket, told: IO[str]) -> None:
    """Answer requests on that socket."""
    import uvicorn

    from chatkit_harness.reference.market import FixtureMarketData
    from chatkit_harness.reference.web import create_app
    from chatkit_harness.reference.web.page import versions

    app = create_app(_server(), market=FixtureMarketData())
    config = uvicorn.Config(
        _until_the_end(app), log_config=None, lifespan="off", timeout_graceful_shutdown=GOODBYE_S
    )

    class Server(uvicorn.Server):
        """Says when it is ready."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets=sockets)
            _tell(told, event="ready", url=url_of(listening), versions=versions())

    server = Server(config)
    threading.Thread(target=_end_with_input, args=(server,), daemon=True).start()
    server.run(sockets=[listening])


def _until_the_end(app: Any) -> Any:
    """The application, whose conversations are cut off when the server ends: that is no accident to log."""

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await app(scope, receive, send)

    return answer


def url_of(listening: socket.socket) -> str:
    """Where a browser on this machine finds the server."""
    host, port = listening.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not listened on
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _server() -> Any:
    """The reference server; None where the environment has no chatkit."""
    if importlib.util.find_spec("chatkit") is None:
        return None
    from chatkit_harness.reference.server import create_server

    return create_server({})


def _end_with_input(server: Any) -> None:
    sys.stdin.buffer.read()
    server.should_exit = True


def _own_output() -> IO[str]:
    """Standard output for what is told here alone; whatever a library prints goes to standard error."""
    told = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return told


def _tell(told: IO[str], **fields: Any) -> None:
    told.write(json.dumps(fields) + "\n")
    told.flush()


def _log_to_standard_error() -> None:
    wanted = os.environ.get("LOG_LEVEL", "INFO").upper()
    known = wanted in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
    logging.basicConfig(
        level=wanted if known else "INFO", stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s"
    )


if __name__ == "__main__":
    main()
