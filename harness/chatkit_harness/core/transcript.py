"""The transcript: everything that one case did, and the only thing that checks read.

All times are milliseconds since the case began (`at_ms`), on a monotonic clock; a turn's `cpu_ms` is
processor time of the cell's process. The JSON form is `schemas/transcript.schema.json`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

SCHEMA_VERSION = 1

TurnEnd = Literal["done", "raised", "rejected", "hung", "cut", "left"]
"""How a turn ended.

done: the stream ended by itself (with or without an `error` event in it). raised: the iterator raised.
rejected: `process()` raised before there was a stream. hung: the time limit passed. cut: the process
was gone before the turn ended. left: the client went away, as the scenario has it.
"""

CaseEnd = Literal["completed", "timeout", "exited", "signalled", "unreadable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One place of a traceback; `file` is relative to its import root, `distribution` as pinned."""

    file: str
    function: str
    line: int
    distribution: str | None = None
    version: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The class or module that an exception is about, by its qualified name, and who defines it."""

    name: str
    distribution: str | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """An exception: `type` is qualified (`builtins.ValueError`), frames oldest first.

    `subject` is what it complains of, which need not be what raised; None where that is not known.
    """

    type: str
    message: str
    frames: tuple[Frame, ...] = ()
    cause: Raised | None = None
    subject: Subject | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskFacts:
    """What the disk looked like for a top-level module that failed to import.

    `kind` is `package`, `module`, `namespace` (a folder without __init__.py) or `missing`.
    """

    module: str
    kind: str
    locations: tuple[str, ...] = ()
    distribution: str | None = None
    version: str | None = None
    record_missing: tuple[str, ...] = ()
    shadowed_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What the doctor says is wrong with an environment that the user made, and the commands that cure it.

    `key` and `title` are those of the doctor's first cause; `command` shows the whole of it.
    """

    key: str
    title: str
    command: str
    cure: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """One module that the server needs, and how importing it went."""

    module: str
    ok: bool
    ms: float
    raised: Raised | None = None
    disk: DiskFacts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One SSE event as a client gets it: `data` parsed, or `raw` where it did not parse."""

    at_ms: float
    data: Mapping[str, Any] | None = None
    raw: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One step of a turn on the Agent Builder path, with the agent that took it where one did.

    `name` is `context` (the frontend tells what the chart shows), `classify` (a typed agent that another
    one follows), `answer`, `connect` (a tool server is started) or `parse` (the frontend reads the answer).
    """

    name: str
    at_ms: float
    ended_at_ms: float
    agent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One request and what came back.

    `events` for a stream, `response` for anything else. `user` is what the person said or did in
    words. `message` is an Agent Builder workflow's answer as it stands, before a frontend reads it, and
    `stages` the steps that led to it. `starved_ms` is how long the cell was ready to run and the machine
    gave it no processor, None where the system does not tell. `passed` are the kinds of things that came
    through the agents package meanwhile (`openai.event/...`, `agents.item/...`), sorted; of a user's own
    server they are not watched. `left_at_ms` is when the client had gone, in a turn that it leaves.
    """

    index: int
    user: str
    request: Mapping[str, Any]
    sent_at_ms: float
    end: TurnEnd
    ended_at_ms: float
    cpu_ms: float | None = None
    starved_ms: float | None = None
    events: tuple[Event, ...] = ()
    response: Any = None
    raised: Raised | None = None
    message: str | None = None
    stages: tuple[Stage, ...] = ()
    passed: tuple[str, ...] = ()
    left_at_ms: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRecord:
    """A record that a library or the server logged at warning or above, or any with an exception."""

    at_ms: float
    logger: str
    level: str
    message: str
    turn: int | None = None
    raised: Raised | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Authored:
    """A widget as the server's author wrote it, before chatkit's models saw it.

    It is `refused` where the release at hand would not build it.
    """

    at_ms: float
    turn: int | None
    widget: Mapping[str, Any]
    refused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A tool that began or came to its end, as agents tells of each; of a server elsewhere nobody is told."""

    at_ms: float
    turn: int | None
    tool: str
    ended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Streamed:
    """A widget that a tool gave to chatkit; `dropped`: what waits to be sent, as a guardrail has tripped."""

    at_ms: float
    turn: int | None
    dropped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A task of agents that a turn began and that nobody ends: it stands when the conversation is over.

    `collected`: the garbage collector has ended it, for nothing referred to it any more. `task` is the
    qualified name of its function, `frames` where it waits (or did), outermost first.
    """

    at_ms: float
    turn: int
    task: str
    collected: bool = False
    frames: tuple[Frame, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request of the cell to the model on loopback, and what it was answered with.

    `outcome`: matched, unmatched (with `nearest` and `difference`), exhausted (the recording has no
    follow-up), fault (asked for by the scenario) or unsupported (no such endpoint). `request` is the
    parsed body, redacted. `critical_ms` is the recorded model time of this answer, None for scripts. Tokens
    are what the answer says of its own usage (of a script: counted from its words), None where it does not.
    `missed` says why a fault that was asked for did not come about in it. `retry_after_ms` is how long the
    answer asks whoever gets it to wait before asking again, where it does.
    """

    at_ms: float
    method: str
    path: str
    outcome: Literal["matched", "unmatched", "exhausted", "fault", "unsupported"]
    status: int
    request: Mapping[str, Any]
    streamed: bool = False
    interaction: int | None = None
    ended_at_ms: float | None = None
    chunks: int = 0
    bytes: int = 0
    input_tokens: int | None = None
    output_tokens: int | None = None
    aborted: bool = False
    critical_ms: float | None = None
    nearest: int | None = None
    difference: tuple[str, ...] = ()
    noted: tuple[str, ...] = ()
    missed: str | None = None
    retry_after_ms: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """What broke a rule; `advice` is what fails nobody, and a careful team would mend all the same."""

    rule: str
    message: str
    evidence: Mapping[str, Any] = field(default_factory=dict)
    advice: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Exam:
    """One rule put to the test, such as `contract/paging`; `asked` is how many questions that took.

    `outcome`: held, broken (by the breaches), or unsupported: what is examined does not do this at all, and
    `reason` says so.
    """

    name: str
    outcome: Literal["held", "broken", "unsupported"]
    reason: str | None = None
    asked: int = 0
    breaches: tuple[Breach, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What the server's own store holds after the case, read back through ChatKit requests."""

    thread: Mapping[str, Any] | None = None
    items: tuple[Mapping[str, Any], ...] = ()
    raised: Raised | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What another cell made of the thread that the case wrote, asked of the same store.

    `refused` says why it could not be asked at all, such as that it has no pins. `turns` are what it was
    asked: the thread, its items; when all others have read it, its items once more, an answer to one more
    message of the user, and its items after it; fewer where one of them failed. `fails_alone` is whether
    it cannot answer that message on a thread of its own either. `log` is what was logged meanwhile.
    """

    cell: str
    chatkit: str | None
    agents: str
    refused: str | None = None
    turns: tuple[Turn, ...] = ()
    fails_alone: bool = False
    log: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CassetteFacts:
    """What a report must say of the model's words: `origin` is `script` or `recording`."""

    name: str
    origin: str
    interactions: int
    unused: tuple[int, ...] = ()
    recorded: str | None = None
    model: str | None = None
    expired: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt to leave the machine: where to (`host:port`), and by which means it was caught.

    `turn` is None where none was under way, as while modules were imported (then `at_ms` is 0). `of` is the
    scenario whose case, over by then, had started what tried it; None where it is this case's.
    """

    at_ms: float
    turn: int | None
    address: str
    means: str
    of: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CellFacts:
    """The cell as it found itself: not what was asked for, but what is installed."""

    python: str
    platform: str
    pins: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """What one case did, whole; downstream of it nothing needs a server, a model or a second run."""

    schema_version: int = SCHEMA_VERSION
    scenario: str
    path: str
    server: str
    cell: CellFacts
    ended: CaseEnd = "completed"
    exit_code: int | None = None
    signal: str | None = None
    last_words: str = ""
    imports: tuple[ImportResult, ...] = ()
    diagnosis: Diagnosis | None = None
    turns: tuple[Turn, ...] = ()
    log: tuple[LogRecord, ...] = ()
    authored: tuple[Authored, ...] = ()
    ran: tuple[Ran, ...] = ()
    streamed: tuple[Streamed, ...] = ()
    standing: tuple[Standing, ...] = ()
    exchanges: tuple[Exchange, ...] = ()
    stored: Stored | None = None
    readings: tuple[Reading, ...] = ()
    exam: Exam | None = None
    cassette: CassetteFacts | None = None
    leaks: tuple[str, ...] = ()
    """Addresses other than loopback that the case tried to reach, `host:port`."""
    attempts: tuple[Attempt, ...] = ()
    """Each time that it tried, or something that an earlier case had left, in order."""
    saved: bool = False
    """Whether the answers were saved from a hosted workflow: nothing was driven, and no time is known."""
    notes: tuple[str, ...] = ()
