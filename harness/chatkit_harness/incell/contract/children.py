"""Processes beside the exam's own that open the same store: started, spoken to and ended by their id."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from typing import Any, Dict, List, Mapping, Optional

from chatkit_harness.incell.exam import UnsupportedError

LIMIT_S = 90.0
"""How long a child may take altogether: then it is killed, and what it had not said is missing."""
_ENTRY = (
    "import json, sys\n"
    "order = json.loads(sys.stdin.readline())\n"
    "sys.path[:] = order['path']\n"
    "from importlib import import_module\n"
    "import_module(order['entry']).main(order)\n"
)


class Child:
    """One process: it answers lines of JSON, and is killed when its time is up."""

    def __init__(self, process: subprocess.Popen[bytes], errors: Any) -> None:
        self._process, self._errors = process, errors
        self.pid = process.pid
        self.late = False
        self._timer = threading.Timer(LIMIT_S, self._expire)
        self._timer.daemon = True
        self._timer.start()

    async def line(self) -> Dict[str, Any]:
        """The next line that it says; `{"ended": ...}` where it ended without another."""
        stdout = self._process.stdout
        raw = b"" if stdout is None or stdout.closed else await asyncio.to_thread(stdout.readline)
        if not raw.endswith(b"\n"):
            return {"ended": await asyncio.to_thread(self._ended)}
        answer: Dict[str, Any] = json.loads(raw)
        return answer

    async def lines(self) -> List[Dict[str, Any]]:
        """Everything it still says, the last of them why it ended."""
        said = [await self.line()]
        while "ended" not in said[-1]:
            said.append(await self.line())
        return said

    def go(self) -> None:
        """Let it go on."""
        with contextlib.suppress(OSError):
            if self._process.stdin is not None:
                self._process.stdin.write(b"\n")
                self._process.stdin.flush()

    def kill(self) -> None:
        """End it and what it has started, if it still lives; its pipes are closed."""
        self._timer.cancel()
        if self._process.poll() is None:
            _kill(self._process)
            self._process.wait(10)
        for stream in (self._process.stdin, self._process.stdout, self._errors):
            with contextlib.suppress(OSError):
                if stream is not None:
                    stream.close()

    def _expire(self) -> None:
        self.late = True
        if self._process.poll() is None:
            _kill(self._process)

    def _ended(self) -> str:
        code = self._process.wait(LIMIT_S)
        if self.late:
            return f"it did not end within {LIMIT_S:g} seconds"
        self._errors.seek(0)
        told: str = self._errors.read().decode("utf-8", "replace").strip()[-300:]
        return "" if code == 0 else f"it ended with status {code}: {told}"


def start(order: Mapping[str, Any]) -> Child:
    """Start a child with an order for `child.main`. Raises UnsupportedError where no process can start."""
    errors = tempfile.TemporaryFile()  # noqa: SIM115  # the child closes it when it is killed
    sent = {"path": sys.path, "entry": f"{__package__}.child", **order}
    try:
        process = subprocess.Popen(
            [sys.executable, "-I", "-X", "utf8", "-c", _ENTRY],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=os.name == "posix",
        )
    except OSError as error:
        errors.close()
        raise UnsupportedError(f"no other process can be started here: {error}") from None
    child = Child(process, errors)
    with contextlib.suppress(OSError):  # it has ended already, which its lines tell
        if process.stdin is not None:
            process.stdin.write(json.dumps(sent).encode() + b"\n")
            process.stdin.flush()
    return child


def _kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(OSError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)  # its session is its own, and so is everything in it
        else:
            process.kill()


def last(said: List[Dict[str, Any]], key: str) -> Optional[Any]:
    """What a child said last under that key."""
    return next((line[key] for line in reversed(said) if key in line), None)
