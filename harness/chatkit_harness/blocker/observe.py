"""The team's program, really started in a throwaway environment: what it prints when it fails."""

from __future__ import annotations

from .bench import Bench
from .story import PROGRAM

_TRACEBACK = "Traceback (most recent call last):"


def started(bench: Bench) -> str:
    """What the program's last lines say, to the letter; empty where it starts. Raises BuildError."""
    ran = bench.shop.programs.run([str(bench.python), PROGRAM], cwd=bench.folder, environ=bench.environ)
    if ran.status == 0:
        return ""
    return exception_text(ran.err) or f"exit status {ran.status}"


def exception_text(written: str) -> str:
    """The exception that Python printed last, without the places that it passed; it may have many lines."""
    lines = written.rstrip().splitlines()
    begins = [number for number, line in enumerate(lines) if line.strip() == _TRACEBACK]
    after = lines[begins[-1] + 1 :] if begins else lines
    skipped = next((n for n, line in enumerate(after) if line and not line.startswith(" ")), len(after))
    return "\n".join(after[skipped:])
