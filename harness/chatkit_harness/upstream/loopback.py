"""One HTTP/1.1 server on 127.0.0.1 in a thread of the host, up before its port is told."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self, cast

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from chatkit_harness.core.errors import ConfigurationError, UnavailableError

_START_S = 30.0
_STOP_S = 10.0
_AT_ONCE = 65536
"""Bytes that are held back at most."""
_ROUNDS = 16
"""More rounds of the event loop than there are from one piece of a request to the next."""
_SETTLE_S = 2.0

# Cut connections are deliberate here; what uvicorn says of them is for nobody.
_quiet = logging.getLogger("chatkit_harness.upstream.connections")
_quiet.addHandler(logging.NullHandler())
_quiet.propagate = False


class CutConnectionError(Exception):
    """Raised by an application to end the connection where it stands."""


class _Gathering:
    """A transport that writes in one piece what is written to it before the event loop goes on.

    Each chunk keeps its own frame; but a hundred of them at once are one packet, and wake the client once.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._held: list[bytes] = []
        self._size = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Write it with all that follows at once."""
        if not self._held:
            self._loop.call_soon(self._write)
        self._held.append(data)
        self._size += len(data)
        if self._size >= _AT_ONCE:  # so that whoever sends more than is taken has to wait
            self._write()

    def close(self) -> None:
        """Write what is left, and close."""
        self._write()
        self._transport.close()

    def _write(self) -> None:
        held, self._held, self._size = self._held, [], 0
        if held:
            self._transport.write(b"".join(held))


class _Protocol(H11Protocol):
    pieces = 0
    """How many pieces of requests have come over any connection, in the one thread that reads a server's."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.logger = _quiet

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn
        super().connection_made(cast("asyncio.Transport", _Gathering(transport, self.loop)))

    def data_received(self, data: bytes) -> None:
        _Protocol.pieces += 1
        super().data_received(data)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, up: threading.Event) -> None:
        super().__init__(config)
        self._up = up
        self.loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self.loop = asyncio.get_running_loop()
        await super().startup(sockets=sockets)
        self._up.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close what is open first: a client that never reads must not keep the server alive."""
        for connection in list(self.server_state.connections):
            transport = getattr(connection, "transport", None)
            if transport is not None:
                transport.close()
        await asyncio.sleep(0.01)
        await super().shutdown(sockets=sockets)


class Loopback:
    """Serves one ASGI application; a context manager, which can be entered once. Port 0 is any free one."""

    def __init__(self, app: ASGIApp, *, date_header: bool = True, port: int = 0) -> None:
        config = uvicorn.Config(
            app,
            http=_Protocol,
            loop="asyncio",
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=date_header,
            timeout_keep_alive=3600,
            timeout_graceful_shutdown=1,
        )
        self._up = threading.Event()
        self._server = _Server(config, self._up)
        # With the protocol named, asyncio switches Nagle's algorithm off; without it each answer waits 40 ms.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._thread = threading.Thread(target=self._run, name="chatkit-harness-loopback", daemon=True)
        self._failure: BaseException | None = None
        self._asked, self._port = port, 0

    @property
    def port(self) -> int:
        """The port on 127.0.0.1, known once the server is up."""
        return self._port

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Bind, serve and return once requests are answered.

        Raises ConfigurationError for a port that cannot be had, UnavailableError for any other failure.
        """
        try:
            if self._asked and os.name == "posix":  # the port of a server that has just ended
                self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._socket.bind(("127.0.0.1", self._asked))
            self._socket.listen(128)
        except OSError as trouble:
            self._socket.close()
            raise (_no_port(self._asked, trouble) if self._asked else _no_server(trouble)) from None
        self._port = int(self._socket.getsockname()[1])
        self._thread.start()
        if not self._up.wait(_START_S) or self._failure is not None:
            self.stop()
            raise _no_server(self._failure or TimeoutError(f"not up within {_START_S:.0f} s"))

    def stop(self) -> None:
        """End every connection and the thread; safe to call twice."""
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(_STOP_S)
        self._socket.close()

    def soon(self, call: Callable[[], object]) -> None:
        """Run a call in the server's thread, soon; forgotten where the server is gone."""
        loop = self._server.loop
        if loop is None or loop.is_closed():
            return
        try:
            loop.call_soon_threadsafe(call)
        except RuntimeError:  # closed in between
            return

    def settle(self) -> None:
        """Return once the application has what clients had sent by now; not for the server's own thread."""
        done = threading.Event()

        async def tell() -> None:
            try:
                await taken_in()
            finally:
                done.set()

        self.soon(lambda: asyncio.ensure_future(tell()))
        if self._thread.is_alive():
            done.wait(_SETTLE_S)

    def _run(self) -> None:
        try:
            asyncio.run(self._server.serve(sockets=[self._socket]))
        except BaseException as trouble:  # noqa: BLE001  # told to whoever waits in start()
            self._failure = trouble
        finally:
            self._up.set()


async def taken_in() -> None:
    """Give way until what has come over connections is with the application, and nothing more comes."""
    quiet, seen, until = 0, _Protocol.pieces, time.monotonic() + _SETTLE_S
    while quiet < _ROUNDS and time.monotonic() < until:
        await asyncio.sleep(0)
        quiet, seen = (quiet + 1 if _Protocol.pieces == seen else 0), _Protocol.pieces


def _no_port(port: int, trouble: OSError) -> ConfigurationError:
    cause = f"Nothing can listen there ({trouble.strerror or trouble})."
    return ConfigurationError(f"--port {port}", cause, "Name another --port (0 takes any that is free).")


def _no_server(trouble: BaseException) -> UnavailableError:
    cause = f"the model's stand-in on 127.0.0.1 does not start ({trouble})."
    return UnavailableError("loopback", cause, "Check that this machine allows listening on 127.0.0.1.")
