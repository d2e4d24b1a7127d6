"""The host's end of a node: orders on a Unix socket, and the processes that it was ordered to fork."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from chatkit_harness.machine.process import End, kill_group, poll_until

LIMIT_S = 30.0
"""How long a node may take to answer where it has nothing to import."""
_KILLED_S = 5.0


class NodeGoneError(Exception):
    """A node does not answer any more; `hung` where it is there and does not in time."""

    def __init__(self, *, hung: bool = False) -> None:
        super().__init__("hung" if hung else "gone")
        self.hung = hung


class Link:
    """Orders to one node, from any thread: each is answered before the next is sent."""

    def __init__(self, ours: socket.socket) -> None:
        self._socket = ours
        self._lock = threading.Lock()
        self._gone = False

    @property
    def gone(self) -> bool:
        """Whether the node failed to answer once: nothing is asked of it again."""
        return self._gone

    def ask(
        self, kind: str, *, fds: Sequence[int] = (), limit_s: float = LIMIT_S, **fields: Any
    ) -> dict[str, Any]:
        """Give an order, with copies of these descriptors; returns the answer. Raises NodeGoneError."""
        line = json.dumps({"type": kind, **fields}, ensure_ascii=True).encode() + b"\n"
        with self._lock:
            if self._gone:
                raise NodeGoneError
            self._gone = True  # also for whatever interrupts this: the answer would be taken for another
            try:
                self._socket.settimeout(limit_s)
                sent = socket.send_fds(self._socket, [line], list(fds)) if fds else 0
                self._socket.sendall(line[sent:])
                answer: dict[str, Any] = json.loads(self._line())
            except TimeoutError:
                raise NodeGoneError(hung=True) from None
            except (OSError, ValueError):
                raise NodeGoneError from None
            self._gone = False
        return answer

    def close(self) -> None:
        """Let the node go: it ends where nobody gives it orders."""
        self._gone = True
        self._socket.close()

    def _line(self) -> bytes:
        data = b""
        while not data.endswith(b"\n"):
            piece = self._socket.recv(65536)
            if not piece:
                raise OSError
            data += piece
        return data


class Kin:
    """A process that a node forked, the leader of its own session; only its node can say how it ended.

    Where the node is gone that remains unknown, and the process is ended by its id as long as it is there.
    """

    def __init__(self, link: Link, pid: int) -> None:
        self.pid = pid
        self._link = link
        self._end: End | None = None
        self._reaped = False
        self._lock = threading.Lock()

    def wait(self, limit_s: float) -> End | None:
        """How it ended, waited for; None while it runs."""
        if self._end is None:
            self._end = poll_until(lambda: self._ask(reap=False), limit_s)
        return self._end

    def kill(self) -> None:
        """End it and whatever it started; safe where it has ended, and twice."""
        with self._lock:
            if self._reaped:
                return
            # Until it is reaped, which only happens below, its id is nobody else's.
            if not self._link.gone or _runs(self.pid):
                kill_group(self.pid)
                with contextlib.suppress(ProcessLookupError):  # which it may not lead yet
                    os.kill(self.pid, signal.SIGKILL)
            end = poll_until(lambda: self._ask(reap=True), _KILLED_S)
            self._reaped = True
            self._end = self._end or end

    def _ask(self, *, reap: bool) -> End | None:
        try:
            said = self._link.ask("wait", pid=self.pid, reap=reap)
        except NodeGoneError:
            return None if _runs(self.pid) else End(code=None)
        return End(code=said["code"]) if said["ended"] else None


class ForkedProcess(Kin):
    """A cell that a node forked, with its pipes."""

    def __init__(
        self, link: Link, pid: int, *, stdin: IO[bytes], stdout: IO[bytes], stderr: IO[bytes]
    ) -> None:
        super().__init__(link, pid)
        self.stdin = stdin
        self.stdout = stdout
        self.stderr = stderr


def _runs(pid: int) -> bool:
    """Whether a process runs whose parent cannot be asked; one that waits to be reaped does not."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, PermissionError):  # gone, or somebody else's by now
        return False
    try:
        state = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0]
    except (OSError, IndexError):  # only Linux tells
        return True
    return state not in {b"Z", b"X"}
