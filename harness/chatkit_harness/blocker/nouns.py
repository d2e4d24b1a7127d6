"""What the blocker finds out: of each cause what it says, what doctor says, what the cure changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Verdict = Literal["cured", "not reproduced", "doctor named another", "not cured", "not possible here"]
"""What became of a cause. Only `cured` is as wished; `not possible here` says nothing of the cause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A user's message, driven: the case's outcome and reason, and the words of the widget that came.

    `outcome` and `reason` are the checks' own. `raised` is the exception that the message met, as Python
    prints it; `widget` is empty where none came.
    """

    outcome: str
    reason: str = ""
    raised: str = ""
    widget: tuple[str, ...] = ()
    text: str = ""
    findings: tuple[str, ...] = ()

    @property
    def answered(self) -> bool:
        """Whether the user got a valid widget, and all that the scenario expects."""
        return self.outcome == "pass" and bool(self.widget)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """The project's program in an environment: what it printed when it was started, and its first message.

    `message` is the exception's text as Python prints it, empty where the program started.
    """

    message: str
    talk: Talk

    @property
    def error(self) -> str:
        """The exact error that a user meets: on the import, else on the first message."""
        return self.message or self.talk.raised

    @property
    def works(self) -> bool:
        """Whether it starts, and a message gets its widget."""
        return not self.message and self.talk.answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Cure:
    """What doctor says has to be done: `by` is doctor, or you where only a user can decide."""

    by: str
    commands: tuple[tuple[str, ...], ...]
    changes: tuple[str, ...] = ()
    advice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A cause that doctor named."""

    key: str
    title: str
    message: str
    evidence: tuple[str, ...]
    cure: Cure


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A command of a cure that was run: its exit status and its last words."""

    command: tuple[str, ...]
    status: int
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What doctor said of an environment, and the causes that it named; `done` are commands that it ran.

    `verdict` is healthy, cause, unknown, or could not examine.
    """

    verdict: str
    causes: tuple[Named, ...] = ()
    done: tuple[Done, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """The causes' keys, each once."""
        return tuple(dict.fromkeys(each.key for each in self.causes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """What was seen of one cause, as far as it got. `expected` is the message that is known of it.

    `folder` is the project, `steps` is how it was made. `reason` says why it could not be made here, where
    that is so.
    """

    expected: str
    folder: str = ""
    steps: tuple[str, ...] = ()
    before: Tried | None = None
    diagnosis: Diagnosis | None = None
    done: tuple[Done, ...] = ()
    healthy: Diagnosis | None = None
    after: Tried | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseResult:
    """A cause and what became of it; `why` says what was not as wished."""

    id: str
    number: int
    key: str
    title: str
    story: str
    patient: Patient
    verdict: Verdict
    why: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A change that a team might make, in one environment: how, and what came of it."""

    steps: tuple[str, ...]
    tried: Tried | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionResult:
    """An option of the team's: tried where the import is blocked, and in an environment made for it."""

    id: str
    title: str
    blocked: Trial
    fresh: Trial
    conclusion: str = ""
    evidence: tuple[str, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocker:
    """All of it: the pair in an environment that nothing was done to (`control`), causes, options.

    `folder` is where the throwaway environments stood; `kept` says whether they still do.
    """

    pins: Mapping[str, str]
    python: str
    platform: str
    as_of: str
    folder: str
    control: Tried
    diagnosis: Diagnosis
    causes: tuple[CauseResult, ...] = ()
    options: tuple[OptionResult, ...] = ()
    interrupted: bool = False
    kept: bool = False
    seconds: float = 0.0
