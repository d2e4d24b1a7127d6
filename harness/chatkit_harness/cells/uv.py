"""Runs uv, which chooses pins and makes environments, and reads what it says when it cannot."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
)


@dataclass(frozen=True, slots=True, kw_only=True)
class UvResult:
    """How a call of uv ended; `stderr` without colour."""

    status: int
    stdout: str
    stderr: str

    @property
    def out_of_reach(self) -> bool:
        """Whether the index, and not the request, was the trouble."""
        return any(sign in self.stderr for sign in _OUT_OF_REACH)


def run_uv(
    arguments: Sequence[str], *, stdin: str | None = None, environ: Mapping[str, str] = os.environ
) -> UvResult:
    """Run uv away from any project, so that no project's settings leak into a cell.

    Raises BuildError where uv cannot be started or does not come to an end.
    """
    command = [_uv(), *arguments, "--color", "never", "--no-progress"]
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="chatkit-harness-") as nowhere:
        try:
            done = subprocess.run(
                command,
                input=stdin,
                capture_output=True,
                text=True,
                encoding="utf-8",
                errors="replace",
                cwd=nowhere,
                env=_environment(environ),
                timeout=TIMEOUT_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise BuildError(
                f"uv {arguments[0]}", f"uv did not finish within {TIMEOUT_S} s.", "Check the network."
            ) from None
        except OSError as error:
            raise BuildError("uv", f"uv cannot be started ({error}).", "Reinstall the uv package.") from None
    logger.info(
        "uv %s: status %d in %.2f s",
        redact_text(" ".join(arguments)),
        done.returncode,
        time.monotonic() - began,
    )
    if done.returncode != 0:
        logger.info("uv said: %s", redact_text(done.stderr.strip()))
    return UvResult(
        status=done.returncode, stdout=_ANSI.sub("", done.stdout), stderr=_ANSI.sub("", done.stderr)
    )


def _uv() -> str:
    try:
        return find_uv_bin()
    except FileNotFoundError:
        raise BuildError(
            "uv", "The uv program is missing.", "Run `pip install --force-reinstall uv`."
        ) from None


def _environment(environ: Mapping[str, str]) -> dict[str, str]:
    # A project's virtual environment or Python preference must not choose a cell's interpreter.
    hidden = {"VIRTUAL_ENV", "CONDA_PREFIX", "UV_PYTHON", "UV_PROJECT_ENVIRONMENT", "UV_EXCLUDE_NEWER",
              "UV_CONSTRAINT", "UV_OVERRIDE", "UV_RESOLUTION", "UV_PRERELEASE", "PYTHONPATH"}  # fmt: skip
    kept = {key: value for key, value in environ.items() if key not in hidden}
    certificates = environ.get("SSL_CERT_FILE") or environ.get("PIP_CERT")
    if certificates:
        kept["SSL_CERT_FILE"] = certificates
    return {**kept, "UV_PYTHON_DOWNLOADS": "never"}


def shortened(stderr: str, *, limit: int = 500) -> str:
    """Uv's own words on one line, without its tree drawing, cut at a sentence where they are long."""
    text = re.sub(r"[\u00d7\u2500-\u257f\u25b6]+", " ", stderr)
    text = re.sub(r"\s+", " ", redact_text(text)).strip().removeprefix("error:").strip()
    if len(text) <= limit:
        return text
    cut = text.rfind(". ", 0, limit)
    return text[: cut + 1] if cut > limit // 3 else text[:limit] + "…"
