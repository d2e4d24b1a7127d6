"""Imports: each module of chatkit and agents that the server needs, what the disk looked like, and what the
doctor says of an environment that the user made.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

from chatkit_harness.core.codec import to_document
from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.scenario import Scenario
from chatkit_harness.core.transcript import CellFacts, Diagnosis, DiskFacts, ImportResult, Raised, Transcript

from . import exceptions


def check(transcript: Transcript, scenario: Scenario) -> Iterator[Finding]:  # noqa: ARG001 - checks share one signature
    """One finding for each root of failed imports, naming every module that it kept from loading."""
    failed: dict[str, list[ImportResult]] = {}
    for result in transcript.imports:
        if not result.ok:
            failed.setdefault(_key(result), []).append(result)
    for key, results in failed.items():
        yield _finding(key, results, transcript.cell, transcript.diagnosis)


def _key(result: ImportResult) -> str:
    if result.raised is None:
        return f"imports/failed {result.module}"
    deepest = exceptions.root(result.raised)
    name = exceptions.missing_name(deepest)
    if name is not None:
        return f"{exceptions.short_type(deepest)}({name})"
    return exceptions.key(result.raised)


def _finding(key: str, results: list[ImportResult], cell: CellFacts, diagnosis: Diagnosis | None) -> Finding:
    first, pins = results[0], cell.pins
    modules = [result.module for result in results]
    named = ", ".join(modules)
    said = exceptions.first_line(exceptions.root(first.raised)) if first.raised else "no reason given"
    own = _of_python(first.raised, cell.python) if first.raised else None
    disk = own or (describe(first.disk) if first.disk else None)
    message = f"{named} cannot be imported: {said}" + (f"; {disk}" if disk else "")
    if diagnosis is not None:
        message += f". {_told(diagnosis)}"
    evidence = {
        "modules": modules,
        "raised": to_document(first.raised) if first.raised else None,
        "disk": to_document(first.disk) if first.disk and not own else None,
        "disk_in_words": disk,
        "doctor": to_document(diagnosis) if diagnosis else None,
        "pins": {name: pins[name] for name in ("openai-chatkit", "openai-agents", "openai") if name in pins},
    }
    return Finding(rule="imports/failed", severity="error", key=key, message=message, evidence=evidence)


def _told(diagnosis: Diagnosis) -> str:
    """The doctor's cause with its cure, and how to see all of it."""
    cure = f" Cure: {' && '.join(diagnosis.cure)}" if diagnosis.cure else ""
    return f"The doctor: {diagnosis.title.rstrip('.')} ({diagnosis.key}).{cure} See {diagnosis.command}"


_ASKED = re.compile(
    r"cannot import name '(?P<name>\w+)' from '(?P<source>[\w.]+)'(?: \((?P<file>[^)]*)\))?"
    r"|No module named '(?P<module>[\w.]+)'"
)
_LIBRARY = re.compile(r"[/\\](?:python3[\d.]*|Lib)[/\\](?!site-packages)|unknown location")


def _of_python(raised: Raised, python: str) -> str | None:
    """Words for what Python's own library lacks: that takes another Python, and no disk is damaged."""
    asked = _ASKED.search(exceptions.root(raised).message)
    source = (asked["source"] or asked["module"]) if asked else ""
    if asked is None or source.partition(".")[0] not in sys.stdlib_module_names:
        return None
    if asked["file"] and not _LIBRARY.search(asked["file"]):
        return None  # somebody's own module of that name
    what = f"{source}.{asked['name']}" if asked["name"] else f"module {source}"
    return f"the library of Python {python} has no {what}: another Python is needed"


def describe(disk: DiskFacts) -> str:
    """What the disk looked like, in words."""
    where = ", ".join(disk.locations)
    whole = f"{disk.distribution} {disk.version or ''}".strip() if disk.distribution else None
    sentences = [_kind(disk, where)]
    if disk.shadowed_by:
        owner = f" of {whole}" if whole else ""
        sentences.append(f"{disk.shadowed_by} stands before the one{owner}")
    if disk.record_missing:
        gone = ", ".join(disk.record_missing[:3])
        more = f" and {len(disk.record_missing) - 3} more" if len(disk.record_missing) > 3 else ""
        sentences.append(f"RECORD of {whole or 'its distribution'} lists files that are gone: {gone}{more}")
    elif whole and disk.kind in ("namespace", "missing"):
        sentences.append(f"{whole} is recorded as installed")
    elif not whole:
        sentences.append(f"no installed distribution is known to own {disk.module}")
    return "; ".join(sentences)


def _kind(disk: DiskFacts, where: str) -> str:
    at = f" at {where}" if where else ""
    forms = {
        "namespace": f"{disk.module} is a folder without __init__.py (a namespace package){at}",
        "missing": f"there is no {disk.module} on the path",
        "module": f"{disk.module} is a single file{at}",
        "package": f"{disk.module} is a package{at}",
    }
    return forms.get(disk.kind, f"{disk.module} is of kind {disk.kind}{at}")
