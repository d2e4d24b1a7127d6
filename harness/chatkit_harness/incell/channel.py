"""The conversation with the host: one JSON object a line, on descriptors that nothing else can reach.

The descriptors 0 and 1 are moved away before anything is imported: what a library prints goes to
standard error (the worker's log), and what it reads is empty. Nothing that the cell does by accident
can therefore corrupt a message.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from typing import Any, Dict, Iterator, Mapping


class Channel:
    """Reads the host's messages and writes the cell's, each whole and in order."""

    def __init__(self, read_fd: int, write_fd: int) -> None:
        self._reader = os.fdopen(read_fd, "rb")
        self._write_fd = write_fd
        self._lock = threading.Lock()

    @classmethod
    def take_over(cls) -> Channel:
        """Move standard input and output away for this channel, and put harmless ones in their place."""
        read_fd = os.dup(0)
        write_fd = os.dup(1)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        os.dup2(2, 1)
        for fd in (read_fd, write_fd):
            os.set_inheritable(fd, False)
        sys.stdout = sys.stderr
        return cls(read_fd, write_fd)

    def send(self, kind: str, **fields: Any) -> None:
        """Write one message. A broken pipe means that the host is gone: end quietly."""
        message: Dict[str, Any] = {"type": kind, **fields}
        # ASCII only: lone surrogates and NUL, which broken servers do send, survive as escapes.
        line = json.dumps(message, ensure_ascii=True, default=repr, separators=(",", ":")) + "\n"
        view = memoryview(line.encode("ascii"))
        with self._lock:
            try:
                while view:
                    view = view[os.write(self._write_fd, view) :]
            except OSError:
                os._exit(0)

    def messages(self) -> Iterator[Mapping[str, Any]]:
        """The host's messages until it closes the pipe."""
        for line in self._reader:
            yield json.loads(line)
