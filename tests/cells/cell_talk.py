"""Speaks with a cell in a test: what it greets with, imports, and tells when it is made to run code."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from chatkit_harness.cells.worker import Worker

LIARS = Path(__file__).parent / "liars"
SERVER = "obedient_server"


class Talk:
    """A cell that has been greeted; `hello`, `imported`, `ready` are what it said.

    `attempts` are its leaks, `late` those of earlier cases with their names, `failures` what the driver
    said of itself.
    """

    def __init__(
        self, worker: Worker, modules: Sequence[str] = (), *, memory_mb: int = 0, **setup: Any
    ) -> None:
        self.worker = worker
        self.attempts: list[tuple[str, str]] = []
        self.late: list[tuple[str, str, str]] = []
        self.failures: list[str] = []
        self.hello = worker.receive(60)
        known = {
            "modules": [*modules, SERVER],
            "memory_limit_mb": memory_mb,
            "fence": True,
            "path": [str(LIARS)],
        }
        worker.send("setup", **{**known, **setup})
        self.imported = worker.receive(60)
        self.ready = worker.receive(60)

    def run(self, code: str, case: str = "x") -> Any:
        """What the code calls `told`; what the conversation is like where it raises."""
        turn = {"user": "hi", "words": "hi", "answers_client_tool": False, "client_tool_output": None}
        self.worker.send(
            "case",
            case=case,
            path="native",
            target={"kind": "module", "module": SERVER},
            options={"code": code},
            context={},
            limit_s=30,
            clock_start=0.0,
            turns=[{**turn, "http": None, "context": {}}],
        )
        told = None
        while (message := self.worker.receive(60))["type"] != "case_ended":
            if message["type"] == "event":
                told = message["data"]["told"]
            if message["type"] == "attempt" and message["of"] is None:
                self.attempts.append((message["address"], message["means"]))
            elif message["type"] == "attempt":
                self.late.append((message["address"], message["means"], message["of"]))
            if message["type"] == "driver_failed":
                self.failures.append(message["raised"]["message"])
            if message["type"] == "turn_ended" and message["end"] != "done":
                told = message["raised"]["type"]
        return told


def make_layer(folder: Path, name: str, version: str, files: dict[str, str]) -> Path:
    """A folder with one distribution, as an installer leaves it."""
    info = f"{name}-{version}.dist-info"
    told = {f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", **files}
    for path, text in {**told, f"{info}/RECORD": "".join(f"{each},,\n" for each in told)}.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder


def has_ended(pid: int) -> bool:
    """Whether a process is gone, or only waits for somebody to ask how it ended."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        if Path("/proc/self").exists():
            return True
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        return False
    return state == "Z"
