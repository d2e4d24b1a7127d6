"""The conversation with the host: one JSON object a line, on descriptors that nothing else can reach.

The descriptors 0 and 1 are moved away before anything is imported: what a library prints goes to
standard error (the worker's log), and what it reads is empty. Nothing that the cell does by accident
can therefore corrupt a message.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading
from typing import Any, Dict, Mapping, Tuple


class Channel:
    """Reads the host's messages and writes the cell's, each whole and in order.

    A thread of its own reads, so that the end of the host is seen whatever the server is doing: when the
    host's end of the pipe closes, this process and what it started end at once.
    """

    def __init__(self, read_fd: int, write_fd: int) -> None:
        self._reader = os.fdopen(read_fd, "rb")
        self._write_fd = write_fd
        self._lock = threading.Lock()
        self._incoming: "queue.SimpleQueue[Mapping[str, Any]]" = queue.SimpleQueue()
        threading.Thread(target=self._listen, name="host-listener", daemon=True).start()

    @classmethod
    def take_over(cls) -> Channel:
        """Move standard input and output away for this channel, and put harmless ones in their place."""
        return cls(*set_apart())

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
                end_with_the_host()

    def receive(self) -> Mapping[str, Any]:
        """The host's next message, waited for; from any thread."""
        return self._incoming.get()

    def _listen(self) -> None:
        try:
            for line in self._reader:
                self._incoming.put(json.loads(line))
        except Exception as error:
            sys.stderr.write(f"a message of the host cannot be read: {error!r}\n")
        end_with_the_host()


def set_apart() -> Tuple[int, int]:
    """Move standard input and output to descriptors of their own; returns those of reading and writing."""
    read_fd = os.dup(0)
    write_fd = os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    for fd in (read_fd, write_fd):
        os.set_inheritable(fd, False)
    sys.stdout = sys.stderr
    return read_fd, write_fd


def end_with_the_host() -> None:
    """End this process, and with it whatever the server started in its process group."""
    # Only a group of our own: the host starts a cell as the leader of a new session.
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        os.killpg(os.getpgrp(), signal.SIGKILL)
    os._exit(0)
