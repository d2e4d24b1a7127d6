"""The reference server over HTTP, in a cell of its own: resolved, built, run until it is told to end."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self, cast

from chatkit_harness.cells.payload import payload
from chatkit_harness.cells.worker import cell_environment
from chatkit_harness.core.errors import (
    ConfigurationError,
    HarnessError,
    SelectionError,
    UnavailableError,
    UnresolvableError,
)
from chatkit_harness.core.redaction import redact_secrets
from chatkit_harness.environments.environment import Environments
from chatkit_harness.environments.extras import extras_folder
from chatkit_harness.index.index import Index
from chatkit_harness.machine.cache import Cache
from chatkit_harness.pins.resolve import Resolver

from .installed import require_none_stands
from .plan_cell import PlannedCell
from .plan_cells import make_cells
from .settings import RunSettings

ENTRY = Path("chatkit_harness/reference/web/run.py")
START_LIMIT_S = 120.0
GOODBYE_S = 10.0
"""Longer than the server itself lets conversations go on."""

PASSED_ON = (
    "OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID",
    "OPENAI_AGENTS_DISABLE_TRACING", "LOG_LEVEL", "SSL_CERT_FILE", "SSL_CERT_DIR",
    "DATABASE_URL", "SESSION_SECRET", "SESSION_ISSUER_KEY", "ALLOWED_ORIGINS", "PUBLIC_URL",
    "MARKET_DATA_URL", "MARKET_DATA_KEY",
    "FORWARDED_ALLOW_IPS", "REQUESTS_PER_MINUTE", "REQUEST_BURST", "STREAMS_PER_USER", "TURN_SECONDS",
    "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY",
    "http_proxy", "https_proxy", "all_proxy", "no_proxy",
)  # fmt: skip
"""What of the user's environment the server gets: who answers as the model, where things are, limits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A cell that is built: its name and interpreter, what runs in it, and folders of what else it needs."""

    cell: str
    python: Path
    payload: Path
    extras: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """Where a server keeps threads (`store`, `database` for the file of sqlite), and uploaded files."""

    store: str = "sqlite"
    database: Path
    uploads: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """A server that answers: where, in which cell, on which versions (None: not installed) and store."""

    url: str
    cell: str
    versions: Mapping[str, str | None]
    store: str | None = None


def require_free(host: str, port: int) -> None:
    """Raise ConfigurationError where that address cannot be listened on; better now than after building."""
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            if os.name == "posix":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except (OSError, UnicodeError) as error:
        raise _no_address(host, port, getattr(error, "strerror", None) or str(error)) from None


def _no_address(host: str, port: int, reason: str) -> ConfigurationError:
    return ConfigurationError(
        f"--host {host} --port {port}",
        f"Nothing can listen there ({reason}).",
        "Name another --port (0 takes any that is free), or a --host that is this machine's.",
    )


def prepare(settings: RunSettings, extras: Sequence[str] = ()) -> Prepared:
    """Resolve and build the one cell that is asked for, and what the server needs besides its pair.

    Raises SelectionError where there is no such version or more than one cell, UnresolvableError,
    BuildError or IndexUnreachableError where it cannot be had.
    """
    cache = Cache(settings.cache)
    index = Index(cache, settings.index)
    cells = make_cells(settings, index)
    if len(cells) != 1:
        raise SelectionError(
            ", ".join(cell.id for cell in cells), "One server runs in one cell.", "Name one of each version."
        )
    cell = _possible(cells[0])
    lock = Resolver(cache, index).lock(cell.requirements, cell.interpreter, cell.as_of)
    environment = Environments(cache, index).environment(lock.pins, cell.interpreter)
    return Prepared(
        cell=cell.id,
        python=environment.python,
        payload=payload(cache),
        extras=extras_folder(cache, index, cell.interpreter, extras),
    )


def _possible(cell: PlannedCell) -> PlannedCell:
    if cell.too_young is not None:
        raise UnresolvableError(cell.id, cell.too_young, "Choose a later instant.")
    return require_none_stands(cell)


class ReferenceServer:
    """The running server. Leave it (it is a context manager) and its process is gone.

    `log` is told each line that the server writes to standard error, without secrets, from another thread.
    """

    def __init__(
        self, prepared: Prepared, keeping: Keeping, *, host: str, port: int, log: Callable[[str], None]
    ) -> None:
        self._prepared, self._keeping = prepared, keeping
        self._host, self._port, self._log = host, port, log
        self._uploads_were_there = keeping.uploads.exists()
        self._cwd = tempfile.TemporaryDirectory(prefix="chatkit-harness-serve-")
        self._process: subprocess.Popen[bytes] | None = None
        self._said: queue.Queue[bytes | None] = queue.Queue()
        self._last: deque[str] = deque(maxlen=5)
        self._readers: list[threading.Thread] = []

    def __enter__(self) -> Self:
        entry = self._prepared.payload / ENTRY
        self._process = subprocess.Popen(
            [
                str(self._prepared.python), "-I", "-X", "utf8", str(entry),
                "--host", self._host, "--port", str(self._port),
                "--store", self._keeping.store, "--database", str(self._keeping.database.absolute()),
                *(word for folder in self._prepared.extras for word in ("--extras", str(folder))),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self._cwd.name,
            env={**server_environment(), "UPLOAD_DIR": str(self._keeping.uploads.absolute())},
            # Ctrl-C is for the command, which then ends the server in order.
            start_new_session=sys.platform != "win32",
        )  # fmt: skip
        self._readers = [
            threading.Thread(target=each, name="serve-reader", daemon=True)
            for each in (self._read, self._copy_errors)
        ]
        for reader in self._readers:
            reader.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def ready(self) -> Serving:
        """Wait until it answers. Raises ConfigurationError for an address or a setting that it cannot have,
        and UnavailableError where its database does not answer, or where it ends or says nothing.
        """
        try:
            line = self._said.get(timeout=START_LIMIT_S)
        except queue.Empty:
            line = None
        if line is None:
            raise self._ended("It ended, or fell silent, before it answered.")
        said: dict[str, Any] = json.loads(line)
        if said["event"] != "ready":
            self.stop()
            self._leave_no_uploads()
            raise self._refusal(said["what"], said["reason"])
        return Serving(
            url=said["url"],
            cell=self._prepared.cell,
            versions=said["versions"],
            store=said["store"],
        )

    def _refusal(self, what: str, reason: str) -> HarnessError:
        """Why it does not serve, by what is at fault."""
        if what == "address":
            return _no_address(self._host, self._port, reason)
        cause = reason if reason.endswith((".", "?", "!")) else f"{reason}."
        if what != "store":
            step = "Mend that variable; see docs/serving.md."
            return ConfigurationError("the environment", cause, step)
        culprit = f"--store {self._keeping.store}"
        if self._keeping.store == "postgres":
            return UnavailableError(culprit, cause, "Start it, or mend DATABASE_URL.")
        return ConfigurationError(culprit, cause, "Name another store, or see docs/stores.md.")

    def _leave_no_uploads(self) -> None:
        """Nobody was served: a folder for uploads that was made on the way goes, its key with it."""
        uploads = self._keeping.uploads
        if self._uploads_were_there or not uploads.is_dir():
            return
        with contextlib.suppress(OSError):
            if {each.name for each in uploads.iterdir()} <= {"secret"}:
                (uploads / "secret").unlink(missing_ok=True)
                uploads.rmdir()

    @property
    def pid(self) -> int:
        """Of its process."""
        return self._running().pid

    def wait(self) -> None:
        """Wait until it ends, which by itself it should not: raises UnavailableError then."""
        process = self._running()
        while process.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=1)
        raise self._ended(f"It ended by itself, with exit code {process.returncode}.")

    def stop(self) -> None:
        """Let it end in order, else make it; safe twice."""
        process = self._running()
        with contextlib.suppress(OSError):
            cast("IO[bytes]", process.stdin).close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=GOODBYE_S)
        if sys.platform == "win32":
            process.kill()
        else:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for reader in self._readers:
            reader.join(timeout=5)
        for pipe in (process.stdout, process.stderr):
            with contextlib.suppress(OSError):
                cast("IO[bytes]", pipe).close()
        self._cwd.cleanup()

    def _running(self) -> subprocess.Popen[bytes]:
        assert self._process is not None  # noqa: S101 - entered before anything is asked of it
        return self._process

    def _ended(self, cause: str) -> UnavailableError:
        self.stop()  # all that it wrote has been read then
        last = " ".join(self._last)
        return UnavailableError(
            f"the reference server in {self._prepared.cell}",
            f"{cause} {last}".rstrip(),
            "`chatkit-harness run` with the same versions says what is wrong with them.",
        )

    def _read(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            for line in cast("IO[bytes]", self._running().stdout):
                self._said.put(line)
        self._said.put(None)

    def _copy_errors(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            for line in cast("IO[bytes]", self._running().stderr):
                text = redact_secrets(line.decode("utf-8", "replace").rstrip())
                self._last.append(text)
                self._log(text)


def server_environment() -> dict[str, str]:
    """The variables of the server: those of a cell, and what the user says of the model."""
    own = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    bare = cell_environment("")
    # A stand-in key would turn "no key" into "wrong key".
    del bare["OPENAI_API_KEY"], bare["OPENAI_BASE_URL"]
    return {**bare, **own}
