"""The log of an executor's process, carried to the run's own."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass

logger = logging.getLogger("chatkit_harness")


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """One record of another process."""

    name: str
    level: int
    text: str

    def repeat(self) -> None:
        """Log it here."""
        logging.getLogger(self.name).log(self.level, "%s", self.text)


class _Ear(logging.Handler):
    def __init__(self) -> None:
        super().__init__(level=logging.DEBUG)
        self.heard: list[Logged] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(Logged(name=record.name, level=record.levelno, text=self.format(record)))


@contextlib.contextmanager
def heard() -> Iterator[list[Logged]]:
    """Collects what the harness logs meanwhile; nothing where the run's own log listens in this process."""
    ear = _Ear()
    if logger.handlers:
        yield ear.heard
        return
    level = logger.level
    logger.setLevel(logging.DEBUG)
    logger.addHandler(ear)
    try:
        yield ear.heard
    finally:
        logger.removeHandler(ear)
        logger.setLevel(level)
