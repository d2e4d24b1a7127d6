"""What to do next where the server fails as it is: the tools of the harness that find out why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from chatkit_harness.core.nouns import Finding

from .project import PYPROJECT, Project

_OURS = ("chatkit", "agents", "openai")


def next_steps(
    project: Project, server: str, findings: Sequence[Finding], pins: Mapping[str, str], python: str | None
) -> tuple[str, ...]:
    """Sentences for people: `doctor` and `bisect` where packages may be at fault, then what is left."""
    left = "Nothing was written. Mend that, or write all the same, without driving it: --no-drive"
    if not any(_of_packages(each) for each in findings):
        return (left,)
    return (
        f"Whether your own environment has it, and what cures it: {_doctor(project, server, python)}",
        f"Which package did it: chatkit-harness init --no-drive, then {_bisect(project, pins)}",
        left,
    )


def _of_packages(finding: Finding) -> bool:
    """Whether it was raised outside of the project's own code, or is about a name that a release lacks."""
    fault, _, place = finding.key.partition("@")
    name = fault.partition("(")[2].partition(".")[0].rstrip(")")
    return not place.startswith("server:") or name in _OURS


def _doctor(project: Project, server: str, python: str | None) -> str:
    named = python if python is not None and Path(python).exists() else ".venv"
    module = server.partition(":")[0]
    cwd = " --cwd src" if (project.folder / "src" / Path(*module.split(".")[:1])).exists() else ""
    return f"chatkit-harness doctor --python {named}{cwd} --try 'import {module}'"


def _bisect(project: Project, pins: Mapping[str, str]) -> str:
    if project.lock in (None, PYPROJECT):
        pair = ":".join(pins.get(name, "none") for name in ("openai-chatkit", "openai-agents"))
        return f"chatkit-harness bisect --pair {pair} --good contemporary --bad today"
    good, what = "OLDER", "OLDER is a lock with which it worked"
    if project.top is not None:
        below = f"{project.below}/" if project.below else ""
        good, what = f"REV:{below}{project.lock}", "REV is a commit with whose lock it worked"
    return f"chatkit-harness bisect --good {good} --bad {project.lock} ({what})"
