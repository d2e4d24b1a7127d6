"""Processes of the harness's own: how they end is asked of them, and they are ended by their id."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol, cast

from chatkit_harness.core.errors import BuildError

from .cache import DisturbedError


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """How a process ended: its exit code, minus the number of the signal, None where nobody knows."""

    code: int | None


class Process(Protocol):
    """What a worker needs of the process behind it."""

    @property
    def pid(self) -> int:
        """Its id, which is that of its process group as well."""

    @property
    def stdin(self) -> IO[bytes]:
        """What it reads."""

    @property
    def stdout(self) -> IO[bytes]:
        """What it answers."""

    @property
    def stderr(self) -> IO[bytes]:
        """What it complains of."""

    def wait(self, limit_s: float) -> End | None:
        """How it ended, waited for; None while it runs."""

    def kill(self) -> None:
        """End it and whatever it started; safe where it has ended, and twice."""


class SpawnedProcess:
    """A process that was started by this one, as the leader of a session of its own.

    Raises BuildError where its program cannot be started.
    """

    def __init__(self, command: Sequence[str], *, environ: Mapping[str, str], cwd: Path) -> None:
        try:
            self._popen = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=cwd,
                env=dict(environ),
                start_new_session=sys.platform != "win32",
            )
        except OSError as error:
            raise cannot_be_started(command[0], error) from None
        self.pid = self._popen.pid
        self.stdin = cast("IO[bytes]", self._popen.stdin)
        self.stdout = cast("IO[bytes]", self._popen.stdout)
        self.stderr = cast("IO[bytes]", self._popen.stderr)

    def wait(self, limit_s: float) -> End | None:
        """How it ended, waited for; None while it runs."""
        try:
            return End(code=self._popen.wait(timeout=limit_s))
        except subprocess.TimeoutExpired:
            return None

    def kill(self) -> None:
        """End it and whatever it started."""
        if sys.platform == "win32":
            self._popen.kill()
        else:
            kill_group(self.pid)
        self._popen.wait()


def close_pipes(process: Process) -> None:
    """Let go of a process's pipes, of which nobody is reading one."""
    for pipe in (process.stdin, process.stdout, process.stderr):
        with contextlib.suppress(OSError):
            pipe.close()


def cannot_be_started(program: str, error: OSError) -> BuildError:
    """The error for an interpreter that does not start."""
    cause = f"The cell's interpreter cannot be started ({error})."
    if isinstance(error, FileNotFoundError):
        return DisturbedError(program, cause)
    return BuildError(program, cause, "Delete the cache.")


def kill_group(leader: int) -> None:
    """Kill a process group by the id of its leader."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def poll_until(ask: Callable[[], End | None], limit_s: float) -> End | None:
    """Ask again and again, less and less often, until there is an answer or the limit has passed."""
    deadline = time.monotonic() + limit_s
    pause = 0.0005
    while (end := ask()) is None and time.monotonic() < deadline:
        time.sleep(pause)
        pause = min(pause * 2, 0.005)
    return end


def signal_name(number: int) -> str:
    """A signal's name, or its number where it has none."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)
