"""The gate under GitHub Actions: annotations on the changed files, and the summary of the job."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from chatkit_harness.reports.text import clean, clip, count

from .words import advice, cases

MOST = 10
"""GitHub shows so many annotations of a kind and a step; of more the last one tells the number."""
_LARGEST = 1024 * 1024
_TITLE, _MESSAGE = 200, 2000


def runs_here(environment: Mapping[str, str]) -> bool:
    """Whether this is a job of GitHub Actions."""
    return environment.get("GITHUB_ACTIONS") == "true"


def commands(document: Mapping[str, Any]) -> Iterator[str]:
    """Workflow commands, one a line: errors for what breaks, warnings for doubts, notices for the rest."""
    broken = [
        _command("error", each["place"], f"{each['rule']}: {each['title']}", _told(each))
        for each in document["problems"]
    ]
    overdue = [_command("error", each["place"], "baseline", each["message"]) for each in document["baseline"]]
    errors = [*broken, *overdue]
    doubts = [_command("warning", None, "not judged", each) for each in document["doubts"]]
    notes = [
        _command("notice", each["place"], "worth knowing", each["message"]) for each in document["notes"]
    ]
    for kind, told in (("error", errors), ("warning", doubts), ("notice", notes)):
        yield from told if len(told) <= MOST else told[: MOST - 1]
        if len(told) > MOST:
            more = f"{count(len(told) - MOST + 1, f'more {kind}')}: see the job's summary."
            yield _command(kind, None, "chatkit-harness gate", more)


def harmless(line: str) -> str:
    """A line of output in which the runner sees no command, whatever a server under test has said in it."""
    line = line.replace("##[", "# #[")
    return line.replace("::", ": :", 1) if line.lstrip().startswith("::") else line


def append_summary(text: str, path: Path) -> str | None:
    """Add to a job's summary; what went wrong in one sentence where that cannot be done."""
    try:
        before = path.stat().st_size if path.exists() else 0
        if before + len(text.encode()) > _LARGEST:
            return f"The job's summary is full ({before:,} bytes): the gate's is not in it."
        with path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(f"\n{text}" if before else text)
    except OSError as error:
        return f"The job's summary {path} cannot be written: {error.strerror or error}."
    return None


def _told(problem: Mapping[str, Any]) -> str:
    """A problem with what a reader needs who sees nothing but the annotation."""
    lines = [
        clip(problem["message"], _MESSAGE),
        f"cases: {cases(problem['cases'])}",
        advice(problem),
        f"reproduce: {clean(problem['reproduce'])}" if problem["reproduce"] else None,
    ]
    return "\n".join(line for line in lines if line)


def _command(kind: str, place: Mapping[str, Any] | None, title: str, message: str) -> str:
    where = f"file={_property(place['file'])},line={place['line']}," if place else ""
    return f"::{kind} {where}title={_property(clip(title, _TITLE))}::{_data(clean(message)[:_MESSAGE])}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(clean(text)).replace(":", "%3A").replace(",", "%2C")
