"""What a short program prints: one JSON object, or why there is none."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from typing import Any

_TOLD = 300
"""So many characters of what a program complained of are told."""


def printed(command: Sequence[str], *, limit_s: float) -> dict[str, Any]:
    """The object, or `{"error": why}` where the program printed none, or none in so many seconds."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=limit_s, check=False
        )
    except subprocess.TimeoutExpired:
        return {"error": f"it was not done in {limit_s:g} s"}
    try:
        document = json.loads(done.stdout)
    except ValueError:
        return {"error": telling_line(done.stderr, f"exit status {done.returncode}")}
    return document if isinstance(document, dict) else {"error": "it prints no object"}


def telling_line(text: str, otherwise: str) -> str:
    """The line that says what was wrong, of a program that says much; of a traceback that is the last one."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if any(line.startswith("Traceback ") for line in lines):
        return lines[-1][:_TOLD].rstrip(".")
    telling = [line for line in lines if "error" in line.lower() and "complete log" not in line]
    return (telling or lines or [otherwise])[0][:_TOLD].rstrip(".")
