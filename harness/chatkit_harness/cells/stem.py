"""One living node of the fork tree: started or forked, grown by imports, asked for children."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

from chatkit_harness.core.errors import BuildError
from chatkit_harness.core.redaction import redact_secrets
from chatkit_harness.machine.process import End, cannot_be_started, kill_group, signal_name

from .link import ForkedProcess, Kin, Link, NodeGoneError
from .payload import ENTRY

_LAST_WORDS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Grown:
    """How growing went: the modules that failed, or why the node is of no use any more."""

    failed: tuple[str, ...] = ()
    trouble: str | None = None


class _Endable(Protocol):
    """A process that can be ended, and asked how it did."""

    def wait(self, limit_s: float) -> End | None: ...

    def kill(self) -> None: ...


class _Root:
    """The process at the root of a tree."""

    def __init__(self, popen: subprocess.Popen[bytes]) -> None:
        self._popen = popen

    def wait(self, limit_s: float) -> End | None:
        try:
            return End(code=self._popen.wait(timeout=limit_s))
        except subprocess.TimeoutExpired:
            return None

    def kill(self) -> None:
        if self._popen.poll() is None:
            kill_group(self._popen.pid)
            self._popen.wait()


class Stem:
    """A node's process as the host holds it."""

    def __init__(self, link: Link, process: _Endable, *, pid: int, log: Path) -> None:
        self.pid = pid
        self._link = link
        self._process = process
        self._log = log
        self._cells: weakref.WeakSet[ForkedProcess] = weakref.WeakSet()

    @classmethod
    def start(cls, python: Path, payload: Path, *, environ: Mapping[str, str], cwd: Path, log: Path) -> Stem:
        """The root of a tree. Raises BuildError where the interpreter cannot be started."""
        ours, theirs = socket.socketpair()
        with theirs, log.open("ab") as errors:
            try:
                popen = subprocess.Popen(
                    [str(python), "-I", "-X", "utf8", str(payload / ENTRY), "--node"],
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=errors,
                    cwd=cwd,
                    env=dict(environ),
                    start_new_session=True,
                )
            except OSError as error:
                ours.close()
                raise cannot_be_started(str(python), error) from None
        return cls(Link(ours), _Root(popen), pid=popen.pid, log=log)

    @property
    def alive(self) -> bool:
        """Whether it can be asked for children."""
        return not self._link.gone

    def grow(
        self, path: Sequence[Path], modules: Sequence[str], *, optional: bool, memory_mb: int, limit_s: float
    ) -> Grown:
        """Have it import. What a fork would not survive, or siblings would share, is trouble."""
        before = self._log.stat().st_size
        try:
            said = self._link.ask(
                "grow",
                limit_s=limit_s,
                path=[str(each) for each in path],
                modules=list(modules),
                optional=optional,
                memory_limit_mb=memory_mb,
            )
        except NodeGoneError as gone:
            return Grown(trouble=self._obituary(gone, before, limit_s))
        if said["threads"] > 1:
            return Grown(trouble="it leaves a thread running, which no fork takes along")
        if said["descriptors"]:
            return Grown(trouble="it leaves descriptors open, which forks would share")
        return Grown(failed=tuple(said["failed"]))

    def fork_node(self) -> Stem:
        """A child that can grow further. Raises BuildError where this one is gone."""
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                pid = self._fork([theirs.fileno()], role="node")
            except BuildError:
                ours.close()
                raise
        return Stem(Link(ours), Kin(self._link, pid), pid=pid, log=self._log)

    def fork_cell(self, *, environ: Mapping[str, str], cwd: Path, path: Sequence[Path]) -> ForkedProcess:
        """A cell. Raises BuildError where this node is gone."""
        with contextlib.ExitStack() as theirs, contextlib.ExitStack() as ours:
            ends = [_pipe(theirs, ours, writes=writes) for writes in (True, False, False)]
            fds = [their for their, _ in ends]
            pid = self._fork(
                fds, role="cell", environ=dict(environ), cwd=str(cwd), path=[str(each) for each in path]
            )
            stdin, stdout, stderr = (our for _, our in ends)
            forked = ForkedProcess(self._link, pid, stdin=stdin, stdout=stdout, stderr=stderr)
            ours.pop_all()
        self._cells.add(forked)
        return forked

    def close(self) -> None:
        """End it, and the cells that are left of it."""
        for cell in list(self._cells):
            cell.kill()
        self._link.close()
        self._process.kill()

    def _fork(self, fds: Sequence[int], **order: Any) -> int:
        try:
            said = self._link.ask("fork", fds=fds, **order)
        except NodeGoneError:
            how = self._how()
            self._process.kill()  # one that hangs is of no use to anybody
            raise BuildError(
                f"process {self.pid}", f"The process that forks cells is gone{how}.", "Run again."
            ) from None
        if said["type"] == "failed":
            raise BuildError(f"process {self.pid}", f"No cell can be forked ({said['why']}).", "Run again.")
        return int(said["pid"])

    def _obituary(self, gone: NodeGoneError, before: int, limit_s: float) -> str:
        how = f"it takes longer than {limit_s:g} s" if gone.hung else f"it ends the process{self._how()}"
        with self._log.open("rb") as file:
            file.seek(max(before, self._log.stat().st_size - _LAST_WORDS))
            words = redact_secrets(file.read().decode("utf-8", "replace")).strip()
        return f"{how}: {words}" if words else how

    def _how(self) -> str:
        end = self._process.wait(1)
        if end is None or end.code is None:
            return ""
        return f" ({signal_name(-end.code)})" if end.code < 0 else f" (exit code {end.code})"


def _pipe(theirs: contextlib.ExitStack, ours: contextlib.ExitStack, *, writes: bool) -> tuple[int, IO[bytes]]:
    """A pipe to or from a cell: its end, and the host's; each closed by its own stack."""
    read, write = os.pipe()
    their, our = (read, write) if writes else (write, read)
    theirs.callback(os.close, their)
    return their, ours.enter_context(os.fdopen(our, "wb" if writes else "rb"))
