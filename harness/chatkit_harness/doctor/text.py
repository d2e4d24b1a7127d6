"""A report as people read it: the verdict first, then what was tried, each cause with its cure, and notes."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from typing import Iterator, List, Mapping, Sequence

from .document import to_send, without_secrets
from .nouns import MATTER, Cause, Environment, Facts, Report


def text(report: Report) -> str:
    """The whole report, a line's end at its end."""
    facts = report.facts
    lines: List[str] = [_verdict(report), "", *_patient(facts), "", *_attempts(facts)]
    for number, cause in enumerate(report.causes, 1):
        lines += ["", *_cause(number, cause)]
    if report.done:
        lines += ["", "Done:", *_done(report.done)]
        lines += [f"  cured: {each.title}  [{each.key}]" for each in report.cured]
    if report.verdict == "unknown":
        lines += ["", *_unknown(facts)]
    if report.notes:
        lines += ["", "Worth knowing:", *(f"  {each}" for each in report.notes)]
    return str(without_secrets("\n".join(lines))) + "\n"


def _verdict(report: Report) -> str:
    number = len(report.causes)
    if number:
        return "1 cause found." if number == 1 else f"{number} causes found."
    if report.verdict == "unknown":
        return "Something is wrong, and it is none of the causes that are known here."
    return "Healthy: everything imports, and is what was installed."


def _patient(facts: Facts) -> Iterator[str]:
    environment = facts.environment
    yield f"Patient   {environment.executable} (Python {environment.version}, {_kind(environment)})"
    yield f"Starts in {facts.cwd}"
    for name in MATTER:
        for number, each in enumerate(facts.copies(name)):
            files = f"{each.files} files" if each.record == "whole" else f"{each.record} files"
            if each.record in ("missing", "unreadable"):
                files = f"RECORD {each.record}"
            later = " (hidden)" if number else ""
            yield f"  {name:15} {each.version:10} {files:14} {each.home}{later}"


def _kind(environment: Environment) -> str:
    words = environment.kind + (f" {environment.tool}" if environment.tool else "")
    words += f" made by {environment.made_by}" if environment.made_by else ""
    words += ", sees the packages of its base" if environment.sees_base else ""
    return words + ("" if environment.has_pip else ", no pip")


def _attempts(facts: Facts) -> Iterator[str]:
    for each in facts.attempts:
        yield f"  {'ok    ' if each.ok else 'FAILS '} {each.statement}"
        if not each.ok:
            yield from (f"           {line}" for line in each.said.splitlines())


def _cause(number: int, cause: Cause) -> Iterator[str]:
    yield f"{number}. {cause.title}  [{cause.key}]"
    for line in cause.message.splitlines()[:3]:
        yield f"     {line}"
    yield "   Evidence:"
    yield from (f"     {each}" for each in cause.evidence)
    yield "   Cure:" if cause.cure.by == "doctor" else "   Cure, for you to apply:"
    yield from (f"     {shown(each)}" for each in cause.cure.commands)
    yield from (f"     {each}" for each in [cause.cure.advice] if each)
    if cause.cure.changes:
        yield "   It would change:"
        yield from (f"     {each}" for each in cause.cure.changes)


def shown(command: Sequence[str]) -> str:
    """A command as it can be typed."""
    if os.name == "nt":
        return subprocess.list2cmdline(list(command))
    return " ".join(shlex.quote(each) for each in command)


def _done(done: Sequence[Mapping[str, object]]) -> Iterator[str]:
    for each in done:
        yield f"  {'ok    ' if each['status'] == 0 else 'FAILED'} {each['shown']}"
        if each["status"] != 0:
            yield from (f"           {line}" for line in str(each["said"]).splitlines())


def _unknown(facts: Facts) -> Iterator[str]:
    yield "Please report it with this; keys and home folders have been taken out:"
    yield ""
    yield json.dumps(to_send(facts), indent=1, sort_keys=True)
