"""Runs programs in throwaway environments, and ends them all at once where that is wished."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from chatkit_harness.core.errors import BuildError
from chatkit_harness.machine.process import cannot_be_started, kill_group

LIMIT_S = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How a program ended, and what it wrote."""

    status: int
    out: str
    err: str


class Programs:
    """Starts programs from any thread; `interrupt` kills those that run, after `ending` none is started."""

    def __init__(self, ending: threading.Event) -> None:
        self._ending = ending
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[str]] = set()

    def run(self, command: Sequence[str], *, cwd: Path, environ: Mapping[str, str]) -> Ran:
        """Run a program to its end.

        Raises BuildError where it cannot be started, does not come to an end, or the run is ending.
        """
        with self._started(command, cwd, environ) as process:
            try:
                out, err = process.communicate(timeout=LIMIT_S)
            except subprocess.TimeoutExpired:
                raise BuildError(
                    command[0], f"It did not end within {LIMIT_S:.0f} s.", "Run again; see -v."
                ) from None
        if self._ending.is_set():
            raise BuildError(command[0], "It was ended because the run was.", "Run again.")
        return Ran(status=process.returncode, out=out, err=err)

    def interrupt(self) -> None:
        """Kill everything that runs."""
        with self._lock:
            for process in self._running:
                _kill(process)

    @contextlib.contextmanager
    def _started(
        self, command: Sequence[str], cwd: Path, environ: Mapping[str, str]
    ) -> Iterator[subprocess.Popen[str]]:
        if self._ending.is_set():
            raise BuildError(command[0], "It was not started because the run is ending.", "Run again.")
        try:
            process = subprocess.Popen(
                list(command),
                cwd=cwd,
                env=dict(environ),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                errors="replace",
                start_new_session=sys.platform != "win32",
            )
        except OSError as error:
            raise cannot_be_started(command[0], error) from None
        with self._lock:
            self._running.add(process)
        if self._ending.is_set():  # `interrupt` may have come before there was this one to kill
            _kill(process)
        try:
            with process:
                try:
                    yield process
                finally:
                    if process.returncode is None:
                        _kill(process)
        finally:
            with self._lock:
                self._running.discard(process)


def _kill(process: subprocess.Popen[str]) -> None:
    if sys.platform == "win32":
        process.kill()
    else:
        kill_group(process.pid)
