"""What a run is made of: pairs, cells, findings, cases and causes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Outcome = Literal["pass", "fail", "error", "unresolvable", "skipped"]
OUTCOMES: tuple[Outcome, ...] = ("pass", "fail", "error", "unresolvable", "skipped")

Severity = Literal["error", "warning", "note"]
"""error fails the case; warning and note are told and fail nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """The chatkit release (None on the Agent Builder path) and the agents release."""

    chatkit: str | None
    agents: str

    def __str__(self) -> str:
        return f"{self.chatkit or 'none'}:{self.agents}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A pair on one Python with one resolution: what a verdict is about.

    `resolution` is `contemporary`, `today`, `installed` or an instant in UTC. `pins` is the whole lock, empty
    where there is none; `lock` its digest; `unresolvable` the resolver's reason in that case, and
    `unavailable` why the harness could not even ask (index out of reach, build failed). `isolation` is
    `venv` (a fresh virtual environment and process), `process` (shared layers, a fresh process), `fork`
    (shared layers, a child of a process that has imported what is common) or `installed` (an environment that
    somebody else made, with a fresh process: `environment` says where it is). `lock_file` is the file that
    names its pins, as a command line would. `lacks` are names that its chatkit uses and its agents or openai
    has not, found by reading alone. `seconds` is what it cost. `held` is by which means nothing left,
    as its own processes found it; empty where none was started.
    """

    id: str
    chatkit: str | None
    agents: str
    python: str
    resolution: str
    isolation: str = "venv"
    lock: str = ""
    pins: Mapping[str, str] = field(default_factory=dict)
    interpreter: str = ""
    as_of: str | None = None
    unresolvable: str | None = None
    unavailable: str | None = None
    lacks: tuple[str, ...] = ()
    seconds: float | None = None
    environment: str | None = None
    lock_file: str | None = None
    held: str = ""

    @property
    def pair(self) -> Pair:
        """The two versions that the cell is asked for by."""
        return Pair(chatkit=self.chatkit, agents=self.agents)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that a check says.

    `rule` is `check/what`; `key` is stable across versions, paths and ids, so that a baseline can name
    it and findings of one root share it; `evidence` holds what a reader needs to believe it.
    """

    rule: str
    severity: Severity
    key: str
    message: str
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """What one case (cell x path x scenario) came to; `timing` is in milliseconds.

    `fingerprint` is a digest of all that the outcome rests on (pins, interpreter, scenario, cassette, what
    is under test, harness): equal ones need no second run. `confirmed` is whether a fresh virtual
    environment showed the outcome.
    """

    id: str
    cell: str
    path: str
    scenario: str
    outcome: Outcome
    server: str = "reference"
    store: str = "memory"
    client: str = "none"
    attempt: int = 1
    reason: str | None = None
    findings: tuple[Finding, ...] = ()
    timing: Mapping[str, float | None] = field(default_factory=dict)
    transcript: str | None = None
    fingerprint: str = ""
    confirmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Findings of one root, told once. `confirmed` is whether a fresh environment showed it too.

    `ranges` says in words which cells it covers; `suspect` which pin, at which value, separates them from
    green ones (a suspicion, which a bisection proves); `reproduce` is a command line that shows it.
    """

    key: str
    title: str
    cases: tuple[str, ...]
    confirmed: bool = False
    culprit: str | None = None
    advice: str | None = None
    ranges: tuple[str, ...] = ()
    suspect: str | None = None
    reproduce: str | None = None
    example: Mapping[str, Any] = field(default_factory=dict)


def digest(document: Any) -> str:
    """SHA-256 of a JSON document in canonical form, in hexadecimal."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def cell_id(pair: Pair, python: str, resolution: str) -> str:
    """A cell's readable id; `python` is its version as far as it tells the run's Pythons apart."""
    return f"chatkit-{pair.chatkit or 'none'}+agents-{pair.agents}+py{python}+{resolution}"
