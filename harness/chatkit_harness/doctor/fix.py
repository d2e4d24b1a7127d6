"""Applies the cures that need no decision of the user's."""

from __future__ import annotations

import subprocess
from typing import Callable, Dict, List

from .nouns import Report
from .text import shown

_SECONDS = 900
_LINES = 12


def fix(report: Report, tell: Callable[[str], None]) -> List[Dict[str, object]]:
    """Run the commands of each cure, in order, and tell before each cure what it changes.

    A command that fails ends its cure. The answer has each command, its exit status and its last lines.
    """
    done: List[Dict[str, object]] = []
    cures = dict.fromkeys(each.cure for each in report.causes if each.cure.by == "doctor")
    for cure in cures:
        for change in cure.changes:
            tell(change)
        for command in cure.commands:
            tell(f"  {shown(command)}")
            status, said = _run(list(command))
            done.append({"command": list(command), "shown": shown(command), "status": status, "said": said})
            if status != 0:
                break
    return done


def _run(command: List[str]) -> "tuple[int, str]":
    try:
        ran = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError) as error:
        return 1, str(error)
    lines = ran.stdout.decode("utf-8", "replace").strip().splitlines()
    return ran.returncode, "\n".join(lines[-_LINES:])
