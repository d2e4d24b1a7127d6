"""A whole consultation: examine, diagnose, and where it is wished cure and examine again."""

from __future__ import annotations

import dataclasses
from typing import Callable, Sequence

from .diagnose import diagnose
from .examine import examine
from .fix import fix
from .nouns import Report


def consult(
    python: str,
    cwd: str,
    *,
    statements: Sequence[str] = (),
    cure: bool = False,
    uv: str = "",
    tell: Callable[[str], None] = lambda _line: None,
) -> Report:
    """The report on an environment; with `cure`, the report on what it is after its cures were applied.

    `python` is an interpreter, an environment's folder or a name on PATH; `cwd` the absolute folder that the
    user's program starts in; `statements` are tried besides the usual ones; `uv` is used where there is none
    on PATH. `tell` hears what a cure changes. Raises CannotExamineError.
    """
    report = diagnose(examine(python, cwd, statements, uv))
    done = fix(report, tell) if cure else []
    if not done:
        return report
    after = diagnose(examine(python, cwd, statements, uv))
    left = {(each.key, each.subject) for each in after.causes}
    cured = tuple(each for each in report.causes if (each.key, each.subject) not in left)
    return dataclasses.replace(after, done=tuple(done), cured=cured)
