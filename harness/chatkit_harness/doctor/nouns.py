"""What an examination finds and what a diagnosis says. All of it can be written as JSON.

These classes run on Python 3.8, where a dataclass can be frozen but neither slotted nor keyword-only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Dict, Optional, Tuple

MATTER = (
    "openai-chatkit",
    "openai-agents",
    "openai",
    "pydantic",
    "pydantic-core",
    "httpx",
    "httpx2",
    "mcp",
    "starlette",
)
"""The distributions that a ChatKit server stands or falls with."""

MODULES = {
    "agents": "openai-agents",
    "chatkit": "openai-chatkit",
    "openai": "openai",
    "pydantic": "pydantic",
    "pydantic_core": "pydantic-core",
    "httpx": "httpx",
    "httpx2": "httpx2",
    "mcp": "mcp",
    "starlette": "starlette",
}
"""The module that each of them brings."""

STATEMENTS = (
    "import agents",
    "from agents import InputGuardrailTripwireTriggered",
    "import chatkit.server",
    "import chatkit.agents",
    "from agents import Usage; Usage()",
)
"""What is tried in the patient. The last one is the first thing that agents makes for an answer."""

OLDEST = (3, 10)
"""The Python that every openai-chatkit release needs at least."""


@dataclass(frozen=True)
class Place:
    """An entry of the import path, as an absolute folder.

    `kind` is one of: working directory, PYTHONPATH, standard library, site-packages, user site-packages,
    base site-packages (of the Python that a virtual environment was made from), path file (`by` is the
    .pth file), start-up (put there by a program that ran at the start).
    """

    folder: str
    kind: str
    by: str = ""


@dataclass(frozen=True)
class Changed:
    """A file that is not the one that was installed; both checksums as RECORD writes them."""

    path: str
    recorded: str
    found: str


@dataclass(frozen=True)
class Claim:
    """Files of a distribution that another one says it brought too."""

    by: str
    version: str
    paths: Tuple[str, ...]


@dataclass(frozen=True)
class Distribution:
    """A distribution that is installed: `home` is the folder of the import path, `info` its metadata's.

    `record` is unread, whole, damaged (files are missing or changed), missing, or unreadable; `place` is the
    kind of place that `home` is.
    """

    name: str
    version: str
    home: str
    place: str
    info: str
    installer: str = ""
    editable: str = ""
    record: str = "unread"
    files: int = 0
    missing: Tuple[str, ...] = ()
    changed: Tuple[Changed, ...] = ()
    claims: Tuple[Claim, ...] = ()
    requires: Tuple[str, ...] = ()
    requires_python: str = ""


@dataclass(frozen=True)
class Module:
    """Where Python finds a module: `kind` is package, module, namespace or missing."""

    name: str
    kind: str
    places: Tuple[str, ...]


@dataclass(frozen=True)
class Attempt:
    """A statement that was tried. `ended` says how, where the patient's process did not outlive it."""

    statement: str
    ok: bool
    type: str = ""
    message: str = ""
    lacking: str = ""
    frames: Tuple[str, ...] = ()
    ended: str = ""

    @property
    def said(self) -> str:
        """What a user reads as the last line."""
        return f"{self.type}: {self.message}" if self.type else self.ended


@dataclass(frozen=True)
class Unmet:
    """A requirement that what is installed does not satisfy; `found` is empty where nothing is installed."""

    owner: str
    version: str
    name: str
    ranges: str
    found: str


@dataclass(frozen=True)
class Lack:
    """A call that leaves out what the class that is installed requires."""

    place: str
    owner: str
    called: str
    home: str
    argument: str


@dataclass(frozen=True)
class Use:
    """A line of the user's own that names a module that no release has."""

    place: str
    text: str


@dataclass(frozen=True)
class Program:
    """A `pip` or `python` that is first on PATH, and what it serves: a prefix or a site-packages folder."""

    name: str
    path: str
    serves: str
    python: str = ""
    agents: str = ""
    same: bool = True


@dataclass(frozen=True)
class Environment:
    """What kind of environment the patient is, and with what it can be changed.

    `kind` is one of: virtual environment, conda, uv tool, pipx, system (the operating system manages it),
    installation. `tool` is the uv tool's or pipx package's name, `wanted` what a uv tool was installed with.
    """

    executable: str
    version: str
    prefix: str
    base_prefix: str
    kind: str
    site_packages: str
    made_by: str = ""
    sees_base: bool = False
    has_pip: bool = False
    uv: str = ""
    writable: bool = True
    tool: str = ""
    wanted: Tuple[str, ...] = ()


@dataclass(frozen=True)
class Facts:
    """All that an examination found. `unjudged` are requirements that could not be evaluated."""

    environment: Environment
    cwd: str
    places: Tuple[Place, ...]
    distributions: Tuple[Distribution, ...]
    modules: Tuple[Module, ...]
    attempts: Tuple[Attempt, ...]
    unmet: Tuple[Unmet, ...] = ()
    unjudged: Tuple[str, ...] = ()
    lacks: Tuple[Lack, ...] = ()
    uses: Tuple[Use, ...] = ()
    leftovers: Tuple[str, ...] = ()
    programs: Tuple[Program, ...] = ()
    markers: Dict[str, str] = field(default_factory=dict)

    def copies(self, name: str) -> Tuple[Distribution, ...]:
        """The installed copies of a distribution, the one that Python finds first."""
        return tuple(each for each in self.distributions if each.name == name)

    def first(self, name: str) -> Optional[Distribution]:
        """The copy of a distribution that Python finds."""
        return next(iter(self.copies(name)), None)

    def module(self, name: str) -> Module:
        """Where a module is found."""
        return next((each for each in self.modules if each.name == name), Module(name, "missing", ()))

    def failed(self) -> Tuple[Attempt, ...]:
        """What was tried and did not go."""
        return tuple(each for each in self.attempts if not each.ok)

    def told(self, *words: str) -> str:
        """What the first failed attempt said that holds one of these words, else the first failed one."""
        said = [each.said for each in self.failed()]
        return next((each for word in words for each in said if word in each), said[0] if said else "")


@dataclass(frozen=True)
class Cure:
    """What to do: the commands in order, what they change, and who has to do it.

    `by` is doctor where `--fix` may run the commands, and you where only the user can decide; `advice` is
    what there is to say besides.
    """

    commands: Tuple[Tuple[str, ...], ...] = ()
    changes: Tuple[str, ...] = ()
    by: str = "doctor"
    advice: str = ""


@dataclass(frozen=True)
class Cause:
    """One thing that is wrong: `key` is stable, `subject` a distribution or module.

    `message` is what the patient says, to the letter; empty where nothing that was tried shows it.
    """

    key: str
    subject: str
    title: str
    message: str
    evidence: Tuple[str, ...]
    cure: Cure


@dataclass(frozen=True)
class Report:
    """The facts, and what they mean: verdict is healthy, cause, or unknown.

    `done` are the commands that were run, each with its status and what it said, and `cured` the causes that
    were there before them and are gone.
    """

    facts: Facts
    causes: Tuple[Cause, ...]
    notes: Tuple[str, ...] = ()
    done: Tuple[Dict[str, object], ...] = field(default=())
    cured: Tuple[Cause, ...] = ()

    @property
    def verdict(self) -> str:
        """One word for all."""
        if self.causes:
            return "cause"
        return "unknown" if self.facts.failed() else "healthy"

    @property
    def status(self) -> int:
        """The exit status."""
        return 0 if self.verdict == "healthy" else 1


class CannotExamineError(Exception):
    """The patient cannot be examined: what it is about, why, and what to do."""

    def __init__(self, culprit: str, cause: str, next_step: str) -> None:
        super().__init__(f"{culprit}: {cause} {next_step}")
        self.culprit = culprit
        self.cause = cause
        self.next_step = next_step
