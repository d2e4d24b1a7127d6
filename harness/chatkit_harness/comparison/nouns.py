"""What a comparison of the two paths says: sides, differences, reasons, verdicts.

Times are milliseconds; sizes are bytes of JSON and of what was sent back. `None` is said as unknown, never
as nothing. The JSON form is `schemas/comparison.schema.json`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

SCHEMA_VERSION = 1

Path = Literal["native", "agent_builder"]
PATHS: tuple[Path, Path] = ("native", "agent_builder")

Verdict = Literal["native better", "equal", "Agent Builder better", "mixed", "cannot be told"]
VERDICTS: tuple[Verdict, ...] = ("Agent Builder better", "mixed", "cannot be told", "native better", "equal")
"""Every verdict, what a team that moves has to look at first."""

Favours = Literal["native", "agent_builder", "neither"]

About = Literal["answer", "content", "commands", "defects", "speed", "form", "calls", "unknown"]
"""What a reason is about; only the first five decide anything."""

Origin = Literal["demonstration", "script", "recording", "saved", "replayed text", "nothing"]
"""Whose words the model's were.

demonstration: a script, and the built-in server or workflow. script: a script, and somebody's own server
or workflow. recording: a model said them. saved: answers that a hosted workflow gave. replayed text: a
file's text in the model's place. nothing: no model was asked.
"""

FactKind = Literal["figure", "name", "link", "title", "label", "heading"]
Place = Literal["widget", "text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing that a user reads: `value` is its normal form, `shown` how it was written.

    `label` and `heading` are wording around facts: they are told and decide nothing.
    """

    kind: FactKind
    value: str
    shown: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class StageTime:
    """How long one step of a turn on the Agent Builder path took."""

    name: str
    ms: float
    agent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenChart:
    """The chart that the page shows when a turn is asked: no command loaded it, the context says so."""

    symbol: str
    timeframe: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SideTurn:
    """One turn as the user of one path had it.

    `message` is the workflow's raw answer, where there was one, and `raw_json` what a frontend left of
    JSON in the text. `problems` are errors that reached the user or were raised. `commands` are in their
    text form, in the order in which they came; `opened` is the chart that they come to, None where the
    scenario says of none.
    """

    user: str
    text: str
    answered: bool
    widgets: tuple[Mapping[str, Any], ...] = ()
    commands: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    message: str | None = None
    raw_json: tuple[str, ...] = ()
    stages: tuple[StageTime, ...] = ()
    opened: OpenChart | None = None

    @property
    def prose(self) -> str:
        """The text without JSON that no user can make anything of."""
        text = self.text
        for each in self.raw_json:
            text = text.replace(each, " ")
        return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """How long something took: `overhead_ms` is the server's and the framework's own work.

    `model_ms` is the model's time until then, known from recordings alone; `at_most` where an answer was
    still coming in, so that all of it is counted. `assumed_ms` is what it would be by the comparison's
    assumption, where there is one and nothing is known.
    """

    overhead_ms: float | None = None
    model_ms: float | None = None
    at_most: bool = False
    assumed_ms: float | None = None

    @property
    def whole_ms(self) -> float | None:
        """What a user would wait, None where the model's part is not known."""
        if self.overhead_ms is None or self.model_ms is None:
            return None
        return self.overhead_ms + self.model_ms

    @property
    def assumed_whole_ms(self) -> float | None:
        """What a user would wait for a model as it is assumed; no verdict is drawn from it."""
        if self.overhead_ms is None or self.assumed_ms is None:
            return None
        return self.overhead_ms + self.assumed_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Of the slowest turn: to the first event, to the first valid widget or command, to the end.

    `cpu_ms` is processor time of all turns. All of it is None for answers that were saved.
    """

    first_event: Moment = field(default_factory=Moment)
    first_content: Moment = field(default_factory=Moment)
    end: Moment = field(default_factory=Moment)
    cpu_ms: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What the model was asked: `calls` requests, `in_a_row` of them one after the other.

    Bytes are those of requests (as JSON) and of answers. Where the recording does not tell tokens, they are
    a quarter of the characters, and `tokens_estimated` says so; None where nothing is known.
    """

    calls: int | None = None
    in_a_row: int | None = None
    request_bytes: int | None = None
    response_bytes: int | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    tokens_estimated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """Findings of one rule on one side, with an example; `expected` where the scenario shows them so."""

    rule: str
    severity: str
    count: int
    message: str
    expected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What one path gave in one case. `answered` is None where it cannot be told."""

    path: Path
    case: str
    cell: str
    server: str
    outcome: str
    reason: str | None
    origin: Origin
    words_of: str
    answered: bool | None
    turns: tuple[SideTurn, ...] = ()
    times: Times = field(default_factory=Times)
    costs: Costs = field(default_factory=Costs)
    defects: tuple[Defect, ...] = ()
    transcript: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The facts of both sides, held against each other, whatever the layout.

    `same` counts the facts that both give. `as_text` names the side that gives as text what the other one
    shows in widgets. The controls are components that one side alone has: what can be pressed or filled in,
    and pictures. `wording_only` is whether neither says a fact, in words that are hardly the same.
    """

    same: int = 0
    native_only: tuple[Fact, ...] = ()
    agent_builder_only: tuple[Fact, ...] = ()
    as_text: Path | None = None
    native_controls: tuple[str, ...] = ()
    agent_builder_controls: tuple[str, ...] = ()
    wording_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandDifference:
    """The commands of both sides as multisets, and the charts after applying them.

    `states` maps a part of the chart's state to what each side has there, only where they differ.
    """

    same: tuple[str, ...] = ()
    native_only: tuple[str, ...] = ()
    agent_builder_only: tuple[str, ...] = ()
    states: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One difference, in words. `decides` is whether the verdict counts it."""

    about: About
    favours: Favours
    decides: bool
    words: str
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """One scenario on both paths in one cell (or in two, see `joined`), and the verdict."""

    scenario: str
    cell: str
    joined: str
    native: Side
    agent_builder: Side
    content: Content
    commands: CommandDifference
    reasons: tuple[Reason, ...]
    verdict: Verdict
    breaks: tuple[str, ...] = ()
    """What a user loses by moving, in words; empty where nothing."""
    alike: tuple[str, ...] = ()
    """Cells whose cases came to the same outcomes and findings, and were not read for that reason."""

    @property
    def cells(self) -> tuple[str, ...]:
        """Every cell that this pairing speaks for."""
        return (self.cell, *self.alike)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioComparison:
    """One scenario over all cells; `cells` counts the pairings of each verdict.

    `reasons` are those of all pairings, each once; `seen_in` says in how many pairings. `shown` is the
    place in `pairings` of the one that stands for the others. `fault` is what the scenario breaks on purpose.
    """

    scenario: str
    title: str
    verdict: Verdict
    cells: Mapping[str, int]
    reasons: tuple[Reason, ...]
    seen_in: tuple[int, ...]
    shown: int
    fault: str | None = None
    pairings: tuple[Pairing, ...] = ()
    alike: int = 0
    """Pairings that were not read, since three with the same outcomes and findings were."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One sentence of the answer, and the scenarios that it is about (none: about all of it).

    `breaks` where a user loses something by moving. `rule` is the check's, of a defect.
    """

    scenarios: tuple[str, ...]
    words: str
    breaks: bool = False
    rule: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure that the documents give, beside what was measured here and what kind of measure that is."""

    what: str
    documented: str
    seen: str
    measured: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Path against path: the answer first, then each scenario.

    `counts` are scenarios a verdict. `answer` is one paragraph; `breaking`, `better` and `unknown` follow
    it. `demonstration` is whether built-in material was compared. `status` is the exit status: 0 nothing
    breaks by moving, 1 something does, 3 something could not be judged. `assumption` is how quick a model is
    taken to be where nobody measured one, in words.
    """

    schema_version: int = SCHEMA_VERSION
    status: int
    answer: str
    demonstration: bool
    counts: Mapping[str, int]
    assumption: str | None = None
    breaking: tuple[Statement, ...]
    better: tuple[Statement, ...]
    unknown: tuple[Statement, ...]
    labels: tuple[str, ...]
    notes: tuple[str, ...]
    scenarios: tuple[ScenarioComparison, ...]
    figures: tuple[Figure, ...]
