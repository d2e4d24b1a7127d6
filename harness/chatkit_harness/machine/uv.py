"""Runs uv, which chooses pins and makes environments, and reads what it says when it cannot."""

from __future__ import annotations

import contextlib
import fnmatch
import logging
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from uv import find_uv_bin

from chatkit_harness.core.errors import BuildError
from chatkit_harness.core.redaction import redact_text

logger = logging.getLogger("chatkit_harness.uv")
TIMEOUT_S = 600
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_OUT_OF_REACH = (
    "Failed to fetch",
    "error sending request",
    "Could not connect",
    "operation timed out",
    "dns error",
    "Request failed after",
    "status server error",
    "client error (Connect)",
    # A download that stalled, or was cut off, halfway.
    "network timeout",
    "error decoding response body",
    "error reading a body from connection",
    # With these uv finds "no solution", but only because it was not shown the index.
    "the network was disabled",
    "lack of valid authentication credentials",
    "403 Forbidden",
)

_NO_ROOM = re.compile(r"\(os error (39|112)\)" if sys.platform == "win32" else r"\(os error (27|28|30|122)\)")
"""A full disk; a file too large, a file system that is read only, a used-up quota."""

_CHANGED = re.compile(r"\(os error (?:2|3)\)" if sys.platform == "win32" else r"\(os error (?:2|17|20|39)\)")
"""Something is not there any more, or there already."""

STALL_S = 10
"""So long an index may send nothing before uv gives a request up: its own 30 s, with retries, are minutes."""

# How uv reaches an index and where it keeps things may be set from outside. What it chooses may not: a
# verdict on two releases must not depend on whose machine it was found on.
_KEPT_SETTINGS = (
    "UV_CACHE_DIR",
    "UV_CONCURRENT_*",
    "UV_CREDENTIALS_DIR",
    "UV_HTTP_*",
    "UV_INDEX_*_PASSWORD",
    "UV_INDEX_*_USERNAME",
    "UV_INSECURE_HOST",
    "UV_KEYRING_PROVIDER",
    "UV_LINK_MODE",
    "UV_NATIVE_TLS",
    "UV_NO_CACHE",
    "UV_OFFLINE",
    "UV_REQUEST_TIMEOUT",
    "UV_SYSTEM_CERTS",
)
_TIMEOUTS = ("UV_HTTP_TIMEOUT", "UV_REQUEST_TIMEOUT", "HTTP_TIMEOUT")
_SETTINGS = ("UV_*", "PIP_*", "PYTHON*", "VIRTUAL_ENV*", "CONDA_*", "RUST_LOG", "RUST_BACKTRACE")

_running: set[subprocess.Popen[str]] = set()
_ended: set[int] = set()
_registry = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class UvResult:
    """How a call of uv ended; `stderr` without colour. `warnings` are lines of the log that was asked for."""

    status: int
    stdout: str
    stderr: str
    warnings: str = ""

    @property
    def no_room(self) -> str | None:
        """Why what uv had to write could not be written; None where that was not the trouble."""
        found = _NO_ROOM.search(self.stderr)
        if found is None:
            return None
        return "The disk is full" if sys.platform == "win32" else os.strerror(int(found[1]))

    def disturbed(self, folder: Path) -> bool:
        """Whether uv could not do its work because somebody else changed this folder meanwhile."""
        return str(folder) in self.stderr and _CHANGED.search(self.stderr) is not None

    @property
    def out_of_reach(self) -> bool:
        """Whether the index, and not the request, was the trouble."""
        return any(sign in self.stderr for sign in _OUT_OF_REACH)


def run_uv(
    arguments: Sequence[str],
    *,
    stdin: str | None = None,
    environ: Mapping[str, str] = os.environ,
    ending: threading.Event | None = None,
    log: str | None = None,
) -> UvResult:
    """Run uv away from any project and without anybody's settings, so that none leaks into a cell.

    `log` asks for warnings of a part of uv (`uv_resolver=warn`), which are set apart from what it says.
    It does not hear the terminal's Ctrl-C: `end_all` ends it, and once `ending` is set none is started.
    Raises BuildError where uv cannot be started, does not come to an end, or was ended by a signal.
    """
    command = [_uv(), "--no-config", *arguments, "--color", "never", "--no-progress"]
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="chatkit-harness-") as nowhere:
        settings = {**_environment(environ), **({"RUST_LOG": log} if log else {})}
        status, out, said = _run(command, stdin, nowhere, settings, ending)
    seconds = time.monotonic() - began
    logger.info("uv %s: status %d in %.2f s", redact_text(" ".join(arguments)), status, seconds)
    if status != 0:
        logger.info("uv said: %s", redact_text(said.strip()))
    lines = _ANSI.sub("", said).splitlines(keepends=True)
    warnings = [line for line in lines if log and line.startswith("WARN ")]
    rest = [line for line in lines if line not in warnings]
    return UvResult(
        status=status, stdout=_ANSI.sub("", out), stderr="".join(rest), warnings="".join(warnings)
    )


def end_all() -> int:
    """Kill every uv that is running now, each with what it started, and say how many that were.

    From any thread. The `run_uv` that waits for it raises BuildError.
    """
    with _registry:
        running = [process for process in _running if process.returncode is None]
        for process in running:
            _ended.add(process.pid)
            _kill(process)
        return len(running)


def _run(
    command: list[str],
    stdin: str | None,
    cwd: str,
    environ: dict[str, str],
    ending: threading.Event | None,
) -> tuple[int, str, str]:
    with _started(command, cwd, environ, ending) as process:
        try:
            out, said = process.communicate(stdin, timeout=TIMEOUT_S)
        except subprocess.TimeoutExpired:
            raise BuildError("uv", f"uv did not finish within {TIMEOUT_S} s.", "Check the network.") from None
        if process.pid in _ended:
            raise BuildError("uv", "uv was ended because the run was.", "Run again.")
        if process.returncode < 0:
            raise BuildError(
                "uv",
                f"uv was ended by signal {-process.returncode}.",
                "Run again; free memory if it repeats.",
            )
        return process.returncode, out, said


@contextlib.contextmanager
def _started(
    command: list[str], cwd: str, environ: dict[str, str], ending: threading.Event | None
) -> Iterator[subprocess.Popen[str]]:
    """A process in the registry for as long as the block lasts; whatever is left of it then is killed."""
    # In one go: `ending` is set before `end_all` asks, so that either the one is seen here or this one there.
    with _registry:
        if ending is not None and ending.is_set():
            raise BuildError("uv", "uv was not started because the run is ending.", "Run again.")
        process = _spawned(command, cwd, environ)
        _running.add(process)
    try:
        with process:
            try:
                yield process
            finally:
                if process.returncode is None:
                    _kill(process)
    finally:
        with _registry:
            _running.discard(process)
            _ended.discard(process.pid)


def _spawned(command: list[str], cwd: str, environ: dict[str, str]) -> subprocess.Popen[str]:
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            cwd=cwd,
            env=environ,
            start_new_session=sys.platform != "win32",
        )
    except OSError as error:
        raise BuildError("uv", f"uv cannot be started ({error}).", "Reinstall the uv package.") from None


def _kill(process: subprocess.Popen[str]) -> None:
    if sys.platform == "win32":
        process.kill()
    else:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)


def _uv() -> str:
    try:
        return find_uv_bin()
    except FileNotFoundError:
        raise BuildError(
            "uv", "The uv program is missing.", "Run `pip install --force-reinstall uv`."
        ) from None


def _environment(environ: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in environ.items() if _reaches_uv(name.upper())}
    certificates = environ.get("SSL_CERT_FILE") or environ.get("PIP_CERT")
    if certificates:
        kept["SSL_CERT_FILE"] = certificates
    if not any(environ.get(name) for name in _TIMEOUTS):
        kept["UV_HTTP_TIMEOUT"] = str(STALL_S)
    return {**kept, "UV_PYTHON_DOWNLOADS": "never"}


def _reaches_uv(name: str) -> bool:
    if any(fnmatch.fnmatchcase(name, kept) for kept in _KEPT_SETTINGS):
        return True
    return not any(fnmatch.fnmatchcase(name, setting) for setting in _SETTINGS)


def shortened(stderr: str, *, limit: int = 500) -> str:
    """Uv's own words on one line, without its tree drawing; of a long proof only how it ends."""
    text = re.sub(r"[\u00d7\u2500-\u257f\u25b6]+", " ", stderr)
    text = re.sub(r"\s+", " ", redact_text(text)).strip().removeprefix("error:").strip()
    if len(text) <= limit:
        return text
    concluded = _conclusion(text)
    if 0 < len(concluded) <= limit:
        return concluded
    cut = text.rfind(". ", 0, limit)
    return text[: cut + 1] if cut > limit // 3 else text[:limit] + "…"


def _conclusion(text: str) -> str:
    """The last two steps of a long proof, which name what was asked for; empty where it is no such proof."""
    steps = re.split(r"(?<=\.) (?=And because |hint: )", text)
    proof = [step for step in steps if not step.startswith("hint: ")]
    if len(proof) < 2 or "you require" not in proof[-1]:
        return ""
    return " ".join(proof[-2:]).replace("And because", "Because", 1)
