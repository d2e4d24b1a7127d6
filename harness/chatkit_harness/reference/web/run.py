"""Runs the reference server over HTTP: `python -I .../reference/web/run.py --host 127.0.0.1 --port 8765`.

It tells one line of JSON on standard output: `{"event": "ready", "url", "versions", "store"}` once it
answers, or `{"event": "failed", "what", "reason"}`, where `what` is `address`, `settings` or `store`. It ends
when standard input does, so that it never outlives who started it, and at SIGTERM or SIGINT: nobody new is
let in, and conversations under way may go on for a while. `settings.py` says what it reads from the
environment.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import importlib.util
import ipaddress
import json
import logging
import os
import socket
import sys
import threading
from pathlib import Path
from typing import IO, Any, NoReturn

PACKAGE = Path(__file__).resolve().parents[3]
GOODBYE_S = 5
"""How long conversations may go on once the server is to end."""
CLEANUP_S = 2
"""How long those may take that were cut off then."""


def main() -> None:
    """Take the address, then import what takes long, then serve until standard input ends."""
    wanted = arguments()
    told = _own_output()
    os.umask(0o077)  # what users say and send is for nobody else on this machine
    try:
        listening = listen(wanted.host, wanted.port)
    except (OSError, OverflowError, UnicodeError) as error:
        _fail(told, "address", getattr(error, "strerror", None) or str(error))
    sys.path.insert(0, str(PACKAGE))
    # Last: what the environment itself has comes first.
    sys.path += [str(folder.absolute()) for folder in wanted.extras]
    from chatkit_harness.reference.web.settings import SettingsError, read_settings

    try:
        settings = read_settings(os.environ)
    except SettingsError as error:
        _fail(told, "settings", str(error))
    _log_to_standard_error(settings.log_level)
    serve(listening, told, wanted, settings)


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--host", required=True)
    asked.add_argument("--port", type=int, required=True)
    asked.add_argument("--store", default="sqlite", help="a word of stores.open_store")
    asked.add_argument("--database", type=Path, help="the file of the store `sqlite`")
    asked.add_argument("--extras", type=Path, action="append", default=[], help="a folder of packages")
    asked.add_argument("--goodbye", type=float, default=GOODBYE_S, help="seconds that conversations get")
    return asked.parse_args()


def listen(host: str, port: int) -> socket.socket:
    """A socket on that address. Raises OSError where it is taken, or no address of this machine."""
    family, kind, protocol, _name, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listening = socket.socket(family, kind, protocol)
    if os.name == "posix":  # elsewhere it would let two servers share a port
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(address)
    listening.listen(1024)
    return listening


def serve(listening: socket.socket, told: IO[str], wanted: argparse.Namespace, settings: Any) -> None:
    """Answer requests on that socket."""
    import uvicorn

    from chatkit_harness.reference.market import market_from_environment
    from chatkit_harness.reference.signing import KeyFileError
    from chatkit_harness.reference.web.health import name_of, versions

    url = url_of(listening)
    os.environ.setdefault("PUBLIC_URL", url)
    try:
        market = market_from_environment()
    except (ValueError, RuntimeError) as error:
        _fail(told, "settings", f"MARKET_DATA_URL: {error}")
    try:
        server = _server(wanted, settings, market)
        secret = settings.session_secret or _kept_secret(server)
    except KeyFileError as error:
        _fail(told, "settings", str(error))
    except (ValueError, OSError, RuntimeError) as error:
        _fail(told, "store", str(error))
    store = getattr(server, "store", None)
    ready = {"url": url, "versions": versions(), "store": None if store is None else name_of(store)}
    config = uvicorn.Config(
        _until_the_end(_app(server, wanted, settings, market, secret)),
        log_config=None,
        access_log=False,  # the audit says more, and no contents of an address
        lifespan="off",
        # Who is behind a proxy of one's own is believed only where the operator says which proxy that is.
        proxy_headers="FORWARDED_ALLOW_IPS" in os.environ,
        server_header=False,
        timeout_graceful_shutdown=max(round(wanted.goodbye), 1),
    )

    class Server(uvicorn.Server):
        """Opens the store first and closes it last, and says when it is ready."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            try:
                await _maybe(store, "ready")
            except Exception as error:  # noqa: BLE001 - whatever it is, nothing can be kept
                _fail(told, "store", str(error))
            await super().startup(sockets=sockets)
            _tell(told, event="ready", **ready)

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            await super().shutdown(sockets=sockets)
            if self.server_state.tasks:  # cut off, and about to put their threads in order
                await asyncio.wait(self.server_state.tasks, timeout=CLEANUP_S)
            await _maybe(getattr(server, "attachment_store", None), "close")
            await _maybe(store, "close")

    running = Server(config)
    threading.Thread(target=_end_with_input, args=(running,), daemon=True).start()
    running.run(sockets=[listening])


def _app(server: Any, wanted: argparse.Namespace, settings: Any, market: Any, secret: bytes | None) -> Any:
    from chatkit_harness.reference.web import create_app

    loopback = _is_loopback(wanted.host)
    return create_app(
        server,
        market=market,
        secret=secret,
        issuer_key=settings.issuer_key,
        anonymous=loopback,
        limits=settings.limits,
        origins=settings.origins,
        hosts=("localhost", "127.0.0.1", "[::1]", wanted.host) if loopback else (),
    )


def _server(wanted: argparse.Namespace, settings: Any, market: Any) -> Any:
    """The reference server; None where the environment has no chatkit."""
    if importlib.util.find_spec("chatkit") is None:
        return None
    from chatkit_harness.reference.server import create_server

    file = wanted.database is not None and wanted.store == "sqlite"
    options: dict[str, Any] = {"market": market}
    options["store"] = f"sqlite:{wanted.database.absolute()}" if file else wanted.store
    if settings.upload_dir is not None:
        options["attachments"] = f"disk:{settings.upload_dir}"
    return create_server(options)


def _kept_secret(server: Any) -> bytes | None:
    """The secret beside a store's file, made where there is none: users find their threads again after the
    server was started anew. None for a store without a file. Raises KeyFileError.
    """
    from chatkit_harness.reference.signing import kept_key

    database = getattr(getattr(server, "store", None), "path", None)
    if not isinstance(database, Path) or not database.parent.is_dir():  # the store will say that it is not
        return None
    return kept_key(database.with_name(f"{database.name}.key"), os.urandom(32).hex().encode())


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


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def _maybe(store: Any, method: str) -> None:
    found = getattr(store, method, None)
    if found is not None:
        await found()


def _end_with_input(server: Any) -> None:
    # Not through sys.stdin, whose lock would be held when the process ends for another reason.
    with contextlib.suppress(OSError):
        while os.read(0, 4096):
            pass
    server.should_exit = True


def _own_output() -> IO[str]:
    """Standard output for what is told here alone; whatever a library prints goes to standard error."""
    told = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return told


def _fail(told: IO[str], what: str, reason: str) -> NoReturn:
    _tell(told, event="failed", what=what, reason=reason)
    sys.exit(1)


def _tell(told: IO[str], **fields: Any) -> None:
    told.write(json.dumps(fields) + "\n")
    told.flush()


def _log_to_standard_error(level: str) -> None:
    logging.basicConfig(
        level=level, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )


if __name__ == "__main__":
    main()
