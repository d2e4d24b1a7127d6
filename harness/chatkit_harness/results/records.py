"""The first and the last record of a results file, and where things lie in a run's folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chatkit_harness.core.nouns import Cause

SCHEMA_VERSION = 1
RESULTS_FILE = "results.jsonl"
TRANSCRIPTS = "transcripts"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunHeader:
    """What the run set out to do, on which machine.

    `started` is ISO 8601 in UTC, that of the conversations also where they are judged again; `enforcement`
    says by which means nothing could leave this machine; `pacing` is 0 (the model answers at once) to 1 (as
    slow as recorded); `scenarios` maps ids to their documents; `index` is a note on where releases came from.
    """

    schema_version: int = SCHEMA_VERSION
    harness_version: str
    started: str
    command: tuple[str, ...] = ()
    selection: Mapping[str, Any] = field(default_factory=dict)
    matrix: Mapping[str, Any] = field(default_factory=dict)
    enforcement: str = ""
    pacing: float = 0.0
    scenarios: Mapping[str, Any] = field(default_factory=dict)
    checks: tuple[str, ...] = ()
    host: Mapping[str, Any] = field(default_factory=dict)
    index: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rechecked:
    """Of a run that was judged again: how many cases failed before and fail now, and what changed, by case.

    What is in `no_longer` passes now: what cannot be judged any more is in neither list. `unasked` are checks
    that judged before and were left out: what only they found fails no longer.
    """

    failed_before: int
    failed_now: int
    new_failures: tuple[str, ...] = ()
    no_longer: tuple[str, ...] = ()
    unasked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFooter:
    """How the run ended; `complaints` are error documents of what could not be done on the way.

    `rechecked` is what changed, where it was no run but another look at what one had kept.
    """

    finished: str
    interrupted: bool = False
    summary: Mapping[str, int] = field(default_factory=dict)
    causes: tuple[Cause, ...] = ()
    complaints: tuple[Mapping[str, str], ...] = ()
    rechecked: Rechecked | None = None


def transcript_path(folder: Path, digest: str, *, packed: bool = False) -> Path:
    """Where the transcript of that digest lies in a run's folder, as text or packed."""
    return folder / TRANSCRIPTS / digest[:2] / f"{digest}.json{'.gz' if packed else ''}"
