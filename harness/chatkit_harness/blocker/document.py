"""What the blocker found, as one JSON document from which every other form is drawn."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import Any

from chatkit_harness.doctor.text import shown

from .judge import status
from .nouns import Blocker, CauseResult, Cure, Diagnosis, Done, Named, OptionResult, Talk, Trial, Tried
from .story import MESSAGE, PAIR, SCENARIO
from .surroundings import TOOLS

SCHEMA_VERSION = 1


def document(found: Blocker) -> dict[str, Any]:
    """The whole; its form is `schemas/blocker.schema.json`."""
    verdicts = Counter(each.verdict for each in found.causes)
    return {
        "schema_version": SCHEMA_VERSION,
        "status": status(found),
        "interrupted": found.interrupted,
        "seconds": found.seconds,
        "kept": found.folder if found.kept else None,
        "message": MESSAGE,
        "pair": list(PAIR),
        "as_of": found.as_of,
        "python": found.python,
        "platform": found.platform,
        "pins": dict(found.pins),
        "scenario": SCENARIO,
        "control": {**_tried(found.control), "doctor": found.diagnosis.verdict},
        "summary": dict(sorted(verdicts.items())),
        "causes": [_cause(each, found.folder) for each in found.causes],
        "options": [_option(each) for each in found.options],
    }


def _cause(result: CauseResult, root: str) -> dict[str, Any]:
    patient = result.patient
    short = _Short(root, patient.folder)
    return {
        "id": result.id,
        "number": result.number,
        "key": result.key,
        "title": result.title,
        "story": result.story,
        "verdict": result.verdict,
        "why": result.why,
        "seconds": result.seconds,
        "folder": patient.folder,
        "made_by": list(patient.steps),
        "expected": patient.expected,
        "before": _tried(patient.before) if patient.before else None,
        "doctor": _diagnosis(patient.diagnosis, short) if patient.diagnosis else None,
        "done": [_done(each, short) for each in patient.done],
        "doctor_after": patient.healthy.verdict if patient.healthy else None,
        "after": _tried(patient.after) if patient.after else None,
    }


class _Short:
    """Commands and evidence as they read from within the project's folder."""

    def __init__(self, root: str, folder: str) -> None:
        self._uv = str(Path(root) / TOOLS / ("uv.exe" if os.name == "nt" else "uv"))
        self._folder = folder + os.sep

    def __call__(self, text: str) -> str:
        return text.replace(self._uv, "uv").replace(self._folder, "")


def _tried(tried: Tried) -> dict[str, Any]:
    return {
        "works": tried.works,
        "on": None if tried.works else "import" if tried.message else "first message",
        "error": tried.error or None,
        "talk": _talk(tried.talk),
    }


def _talk(talk: Talk) -> dict[str, Any]:
    return {
        "outcome": talk.outcome,
        "reason": talk.reason or None,
        "widget": list(talk.widget),
        "text": talk.text,
        "findings": list(talk.findings),
    }


def _diagnosis(found: Diagnosis, short: _Short) -> dict[str, Any]:
    return {"verdict": found.verdict, "causes": [_named(each, short) for each in found.causes]}


def _named(named: Named, short: _Short) -> dict[str, Any]:
    return {
        "key": named.key,
        "title": short(named.title),
        "message": named.message,
        "evidence": [short(each) for each in named.evidence],
        "cure": _cure(named.cure, short),
    }


def _cure(cure: Cure, short: _Short) -> dict[str, Any]:
    return {
        "by": cure.by,
        "commands": [{"command": list(each), "shown": short(shown(each))} for each in cure.commands],
        "changes": [short(each) for each in cure.changes],
        "advice": short(cure.advice),
    }


def _done(done: Done, short: _Short) -> dict[str, Any]:
    return {"shown": short(shown(done.command)), "status": done.status, "said": short(done.said)}


def _option(result: OptionResult) -> dict[str, Any]:
    return {
        "id": result.id,
        "title": result.title,
        "seconds": result.seconds,
        "blocked": _trial(result.blocked),
        "fresh": _trial(result.fresh),
        "conclusion": result.conclusion,
        "evidence": list(result.evidence),
    }


def _trial(trial: Trial) -> dict[str, Any]:
    return {
        "made_by": list(trial.steps),
        "versions": dict(trial.versions),
        "tried": _tried(trial.tried) if trial.tried else None,
        "reason": trial.reason or None,
    }
