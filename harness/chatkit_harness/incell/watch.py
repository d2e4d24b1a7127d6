"""What a server does besides answering: what it logs, what its author wrote, where it tries to connect."""

from __future__ import annotations

import ipaddress
import json
import logging
import sys
from typing import Any, Callable, Dict, List, Optional, Tuple

from . import layers, tracebacks
from .requests import answer

AUTHORED = "chatkit_harness.authored"
"""A record of this logger with an `authored_widget` attribute is a widget as its author wrote it."""

_CONNECTS = frozenset(("socket.connect", "socket.sendto", "socket.sendmsg"))
_LOOKUPS = frozenset(("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"))
_WATCHED = _CONNECTS | _LOOKUPS

Emit = Callable[..., None]


class LogTap(logging.Handler):
    """Sends warnings, and every record with an exception, to the host."""

    def __init__(self, emit: Emit, clock: Callable[[], float], turn: Callable[[], Optional[int]]) -> None:
        super().__init__(level=logging.NOTSET)
        self._tell, self._clock, self._turn = emit, clock, turn

    def emit(self, record: logging.LogRecord) -> None:
        """Told for warnings and worse, exceptions, and authored widgets; the rest is noise.

        Whatever is wrong with a record, the code that made it goes on as if nobody listened.
        """
        try:
            self._told(record)
        except Exception as error:
            self._log(record, f"a log record that cannot be told: {_safe(error)}", None)

    def _told(self, record: logging.LogRecord) -> None:
        widget = getattr(record, "authored_widget", None)
        if widget is not None:
            document = answer(json.dumps(widget, default=repr).encode())
            self._tell("authored", at_ms=self._clock(), turn=self._turn(), widget=document)
            return
        error = record.exc_info[1] if record.exc_info else None
        if record.levelno < logging.WARNING and error is None:
            return
        raised = tracebacks.describe(error) if error is not None else None
        self._log(record, _message(record), raised)

    def _log(self, record: logging.LogRecord, message: str, raised: Optional[Dict[str, Any]]) -> None:
        self._tell(
            "log",
            at_ms=self._clock(),
            turn=self._turn(),
            logger=_safe(record.name),
            level=_safe(record.levelname).lower(),
            message=layers.installed_text(message)[:4000],
            raised=raised,
        )


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:  # a wrong format string in somebody's log call, or an object that cannot be shown
        return _safe(record.msg)


def _safe(value: Any) -> str:
    """A value in words, whatever its class makes of that."""
    try:
        return str(value)
    except Exception:
        return object.__repr__(value)


def listen(tap: LogTap) -> None:
    """Attach the tap where all records pass, also those of loggers that do not propagate."""
    logging.getLogger().addHandler(tap)
    logging.getLogger(AUTHORED).setLevel(logging.DEBUG)
    for name in ("chatkit", "openai.agents", "openai"):
        logger = logging.getLogger(name)
        if not logger.propagate:
            logger.addHandler(tap)


class Fence:
    """An audit hook that lets nothing leave this machine, and tells every attempt.

    It raises in the caller, but clients swallow that: the attempt is therefore recorded here.
    """

    def __init__(self) -> None:
        self._on_leak: Optional[Callable[[str], None]] = None
        self._up = False

    def raise_up(self, on_leak: Callable[[str], None]) -> None:
        """Put the fence up; it cannot be taken down again in this process."""
        self._on_leak = on_leak
        if not self._up:
            self._up = True
            sys.addaudithook(self._hook())

    def _hook(self) -> Callable[[str, Tuple[Any, ...]], None]:
        watched, look = _WATCHED, self._look

        # Each `id()` and each import is an event, a hundred thousand a cell: this is all they may cost.
        def hook(event: str, arguments: Tuple[Any, ...]) -> None:
            if event in watched:
                look(event, arguments)

        return hook

    def _look(self, event: str, arguments: Tuple[Any, ...]) -> None:
        if event in _CONNECTS:
            address = arguments[1] if len(arguments) > 1 else None
            if isinstance(address, tuple) and address and not is_loopback(address[0]):
                self._refuse(f"{address[0]}:{address[1] if len(address) > 1 else '?'}")
        else:
            host = arguments[0]
            if host not in (None, "") and not is_loopback(host):
                shown = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
                self._refuse(f"{shown}:{arguments[1] if len(arguments) > 1 else '?'}")

    def _refuse(self, where: str) -> None:
        if self._on_leak is not None:
            self._on_leak(where)
        raise PermissionError(f"the harness lets nothing leave this machine: {where}")


def is_loopback(host: Any) -> bool:
    """Whether a host name or address stays on this machine."""
    if isinstance(host, (bytes, bytearray)):
        host = bytes(host).decode("ascii", "replace")
    name = str(host).rstrip(".").lower()
    if name in ("localhost", "") or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name.split("%")[0]).is_loopback
    except ValueError:
        return False


def leftovers(seen: List[str]) -> List[str]:
    """Attempts without repetition, in order."""
    return list(dict.fromkeys(seen))
