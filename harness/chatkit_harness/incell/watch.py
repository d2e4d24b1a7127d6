"""What a server does besides answering: what it logs, and what its author wrote."""

from __future__ import annotations

import json
import logging
from typing import Any, Callable, Dict, Optional

from . import layers, tracebacks
from .requests import answer

AUTHORED = "chatkit_harness.authored"
"""A record of this logger with an `authored_widget` attribute is a widget as its author wrote it."""

RAN = "chatkit_harness.ran"
"""A record of this logger with a `tool_ran` attribute tells of a tool that begins."""

Emit = Callable[..., None]


class LogTap(logging.Handler):
    """Sends warnings, and every record with an exception, to the host."""

    def __init__(self, emit: Emit, clock: Callable[[], float], turn: Callable[[], Optional[int]]) -> None:
        super().__init__(level=logging.NOTSET)
        self._tell, self._clock, self._turn = emit, clock, turn

    def emit(self, record: logging.LogRecord) -> None:
        """Told for warnings and worse, exceptions, authored widgets and tools; the rest is noise.

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
            refused = bool(getattr(record, "refused", False))
            self._tell("authored", at_ms=self._clock(), turn=self._turn(), widget=document, refused=refused)
            return
        tool = getattr(record, "tool_ran", None)
        if tool is not None:
            self._tell("ran", at_ms=self._clock(), turn=self._turn(), tool=_safe(tool), ended=False)
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
    for own in (AUTHORED, RAN):
        logging.getLogger(own).setLevel(logging.DEBUG)
    for name in ("chatkit", "openai.agents", "openai"):
        logger = logging.getLogger(name)
        if not logger.propagate:
            logger.addHandler(tap)
