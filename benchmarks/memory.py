"""Peak memory of a command and of every process below it, sampled from /proc by their ids (Linux)."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

PROC = Path("/proc")


@dataclass(frozen=True, slots=True, kw_only=True)
class Peak:
    """The most that one process held, in MB: resident, and its fair share of what it has in common."""

    pid: int
    role: str
    resident: float = 0.0
    share: float = 0.0


class Watch:
    """Samples a process and its descendants until it is left; `peaks` then holds each one's most.

    Resident memory is the kernel's own high-water mark. The share (PSS) is what was seen at the samples: it
    counts a page that five processes share for a fifth, and so tells what a forked process really adds.
    """

    def __init__(self, root: int, *, every_s: float = 0.25) -> None:
        self._root, self._every_s = root, every_s
        self._peaks: dict[int, Peak] = {}
        self.total_share = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sample, name="memory", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    @property
    def peaks(self) -> list[Peak]:
        """Every process that was seen."""
        return list(self._peaks.values())

    def _sample(self) -> None:
        last = 0.0
        while not self._over.wait(self._every_s):
            full = time.monotonic() - last >= 4 * self._every_s  # the share costs the kernel a walk
            last = time.monotonic() if full else last
            total = 0.0
            for pid in descendants(self._root, _parents()):
                seen = _look(pid, root=self._root, full=full)
                if seen is None:
                    continue
                total += seen.share
                known = self._peaks.get(pid, seen)
                self._peaks[pid] = Peak(
                    pid=pid,
                    role=seen.role,
                    resident=max(known.resident, seen.resident),
                    share=max(known.share, seen.share),
                )
            self.total_share = max(self.total_share, total)


def descendants(root: int, parents: Mapping[int, int]) -> list[int]:
    """A process and all below it, by the parent of each."""
    children: dict[int, list[int]] = {}
    for pid, parent in parents.items():
        children.setdefault(parent, []).append(pid)
    found, left = [], [root]
    while left:
        pid = left.pop()
        found.append(pid)
        left += children.get(pid, [])
    return found


def role_of(command: str) -> str:
    """What a process below the host is, by its command line."""
    if "run_cell" in command:
        return "cell or node"
    if "multiprocessing" in command or "chatkit_harness" in command or "chatkit-harness" in command:
        return "executor"
    return Path(command.split(" ", maxsplit=1)[0]).name or "other"


def highest(peaks: Iterable[Peak]) -> list[Peak]:
    """Of each role the process that held most, and the share that any held."""
    by_role: dict[str, Peak] = {}
    for each in peaks:
        known = by_role.get(each.role, each)
        top = known if known.resident >= each.resident else each
        share = max(known.share, each.share)
        by_role[each.role] = Peak(pid=top.pid, role=top.role, resident=top.resident, share=share)
    return sorted(by_role.values(), key=lambda each: each.role)


def kilobytes(text: str, name: str) -> float:
    """A figure of a `status` or `smaps_rollup` file, in MB; 0 where it does not stand there."""
    for line in text.splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _parents() -> dict[int, int]:
    found = {}
    for folder in PROC.iterdir():
        if folder.name.isdigit():
            # The name in parentheses may hold anything: what follows the last one is fixed.
            after = _text(folder / "stat").rpartition(")")[2].split()
            if len(after) > 1:
                found[int(folder.name)] = int(after[1])
    return found


def _look(pid: int, *, root: int, full: bool) -> Peak | None:
    folder = PROC / str(pid)
    status = _text(folder / "status")
    if "VmHWM" not in status:
        return None
    command = _text(folder / "cmdline").replace("\0", " ")
    role = "host" if pid == root else role_of(command)
    share = kilobytes(_text(folder / "smaps_rollup"), "Pss") if full else 0.0
    return Peak(pid=pid, role=role, resident=kilobytes(status, "VmHWM"), share=share)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:  # it has ended meanwhile
        return ""
