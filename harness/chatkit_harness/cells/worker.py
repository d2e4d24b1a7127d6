"""A conversation in JSON Lines with the process that drives a cell, up to its end and how that came."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from chatkit_harness.core.redaction import REDACTED, redact_secrets
from chatkit_harness.machine.process import Process, SpawnedProcess, close_pipes, signal_name

from .payload import ENTRY

LAST_WORDS = 2000
_DRAIN_S = 5.0
"""How long it may take to read what a process has left in its pipes."""
_KEPT = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "TZ", "HOME")


class WorkerGoneError(Exception):
    """The process ended, or fell silent, before it said that it was done."""

    def __init__(self, how: str, *, exit_code: int | None, signal_name: str | None, last_words: str) -> None:
        super().__init__(how)
        self.how = how
        self.exit_code = exit_code
        self.signal_name = signal_name
        self.last_words = last_words


def cell_environment(base_url: str) -> dict[str, str]:
    """The variables of a cell: the few that a process needs, and the model on loopback.

    Keys, proxies and whatever else is set on the host stay there.
    """
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {
        **kept,
        "OPENAI_BASE_URL": base_url,
        "OPENAI_API_KEY": "chatkit-harness-replays-no-key-needed",
        "OPENAI_AGENTS_DISABLE_TRACING": "1",
        # Without it macOS looks for proxies in a way that a forked child does not survive.
        "NO_PROXY": "127.0.0.1,localhost",
        "PYTHONUTF8": "1",
    }


class Worker:
    """One running driver, whatever process is behind it. Not thread-safe: one thread talks with it.

    What the process writes to standard error is appended to `log`.
    """

    def __init__(self, process: Process, *, log: Path) -> None:
        self._process = process
        self._log_path = log
        self.secrets: Sequence[str] = ()
        """What is known to be secret of the case at hand, and does not go to the log."""
        try:
            self._log = log.open("ab")
            self._log_start = log.stat().st_size
        except OSError:
            process.kill()
            close_pipes(process)
            raise
        self._drained_by: float | None = None
        self._lines: queue.Queue[bytes | None] = queue.Queue()
        self._readers = [
            threading.Thread(target=each, name="cell-reader", daemon=True)
            for each in (self._read, self._copy_errors)
        ]
        for reader in self._readers:
            reader.start()

    @property
    def pid(self) -> int:
        """The id of the process."""
        return self._process.pid

    def send(self, kind: str, **fields: Any) -> None:
        """Send one message. Raises WorkerGoneError where nobody is there to read it."""
        line = json.dumps({"type": kind, **fields}, ensure_ascii=True).encode() + b"\n"
        try:
            self._process.stdin.write(line)
            self._process.stdin.flush()
        except (OSError, ValueError):  # it has ended, or was killed from here
            raise self._gone("exited") from None

    def receive(self, timeout_s: float) -> dict[str, Any]:
        """The next message.

        Raises WorkerGoneError: `timeout` when nothing came within `timeout_s` (the process is killed),
        `exited` or `signalled` when it ended, `unreadable` when what came is no message.
        """
        try:
            line = self._lines.get(timeout=max(timeout_s, 0))
        except queue.Empty:
            self.kill()
            raise self._gone("timeout") from None
        if line is None:
            raise self._gone("exited")
        try:
            message = json.loads(line)
        except (ValueError, RecursionError):
            message = None
        if not isinstance(message, dict) or "type" not in message:
            self.kill()
            raise self._gone("unreadable")
        return message

    def close(self) -> None:
        """Say goodbye and wait briefly; whatever is left of the process group is killed."""
        with contextlib.suppress(WorkerGoneError):
            self.send("quit")
        self._process.wait(3)
        self.kill()

    def kill(self) -> None:
        """End the process and what it started, and let go of its pipes.

        What has left its group may hold a pipe and live on. That is not waited for: the reader lets go of the
        pipe at the next line from there, or with its end.
        """
        self._process.kill()
        if self._drained_by is None:  # to kill it twice is not to wait twice
            self._drained_by = time.monotonic() + _DRAIN_S
        for reader in self._readers:
            reader.join(timeout=max(0.0, self._drained_by - time.monotonic()))
        for file in (self._process.stdin, self._log):
            with contextlib.suppress(OSError):  # what was not read by it yet is lost with it
                file.close()

    def last_words(self) -> str:
        """The end of what this process wrote to standard error."""
        with self._log_path.open("rb") as file:
            file.seek(max(self._log_start, self._log_path.stat().st_size - LAST_WORDS))
            return file.read().decode("utf-8", "replace").strip()

    def _gone(self, how: str) -> WorkerGoneError:
        end = self._process.wait(5)
        code = end.code if end is not None else None
        name = None
        if how == "exited" and code is not None and code < 0:
            how, name = "signalled", signal_name(-code)
        self.kill()
        return WorkerGoneError(how, exit_code=code, signal_name=name, last_words=self.last_words())

    def _read(self) -> None:
        # Each reader closes its own pipe: whoever closes one that is being read waits for what it brings.
        with contextlib.suppress(OSError, ValueError), self._process.stdout as pipe:
            for line in pipe:
                self._lines.put(line)
        self._lines.put(None)

    def _copy_errors(self) -> None:
        """Standard error goes to the log line by line, without the secrets that a server may print.

        Up to its end, or until the log is closed.
        """
        with contextlib.suppress(OSError, ValueError), self._process.stderr as pipe:
            for line in iter(lambda: pipe.readline(65536), b""):
                # A full disk: what is not read would fill the pipe, and hold the cell up.
                with contextlib.suppress(OSError):
                    self._log.write(self._harmless(line).encode())
                    self._log.flush()

    def _harmless(self, line: bytes) -> str:
        text = redact_secrets(line.decode("utf-8", "replace"))
        for secret in self.secrets:
            text = text.replace(secret, REDACTED)
        return text


def start_worker(
    python: Path,
    payload: Path,
    *,
    environ: Mapping[str, str],
    cwd: Path,
    log: Path,
    layers: Sequence[Path] = (),
    hidden: Sequence[str] = (),
) -> Worker:
    """A worker in a process of its own; `layers` are folders that go behind its site-packages, `hidden` are
    distributions that it is not to see.

    Raises BuildError where the interpreter cannot be started.
    """
    hide = ["--hide", ",".join(hidden)] if hidden else []
    command = [str(python), "-I", "-X", "utf8", str(payload / ENTRY), *hide, *map(str, layers)]
    return Worker(SpawnedProcess(command, environ=environ, cwd=cwd), log=log)
