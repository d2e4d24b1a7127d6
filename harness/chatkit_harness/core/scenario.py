"""A scenario: a user's turns, the context, what is expected, the budgets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolExpectation:
    """A tool call that must occur; `arguments` is the part of its arguments that must match."""

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class WidgetExpectation:
    """A widget that must be sent: its root, the words a user must read in it, and how many rows.

    `has` are parts of components, each of which some component of the widget must hold.
    """

    root: str | None = None
    contains: tuple[str, ...] = ()
    rows: int | None = None
    has: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TextExpectation:
    """What the assistant's words must and must not be (matched without regard to case)."""

    contains: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    not_json: bool = True
    required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingExpectation:
    """Findings that must occur; every key given must be equal (`rule` may end in `/*`).

    `any_of` lists alternatives of which one must occur, for defects that different releases show
    differently. What is `optional` is expected where it occurs, and not missed where it does not.
    """

    rule: str | None = None
    component: str | None = None
    prop: str | None = None
    any_of: tuple[FindingExpectation, ...] = ()
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What must be seen, of the whole conversation or of one turn. None says nothing."""

    tools: tuple[ToolExpectation, ...] | None = None
    widgets: tuple[WidgetExpectation, ...] | None = None
    text: TextExpectation | None = None
    client_tool: ToolExpectation | None = None
    items: tuple[str, ...] | None = None
    error: str | None = None
    findings: tuple[FindingExpectation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Budgets:
    """Ceilings in milliseconds, since the request was sent; None sets none.

    At pacing 0 they judge what the server and the framework cost by themselves.
    """

    first_event_ms: float | None = None
    widget_ms: float | None = None
    total_ms: float | None = None
    model_calls: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnPlan:
    """One thing that the user does: says `user`, or answers a pending client tool call."""

    user: str | None = None
    client_tool_output: Any = None
    answers_client_tool: bool = False
    context: Mapping[str, Any] = field(default_factory=dict)
    expect: Expectation | None = None

    @property
    def words(self) -> str:
        """The turn in words, for people."""
        return self.user if self.user is not None else "(answers the client tool call)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One conversation as its file describes it; `source` is that file, `document` its parsed YAML.

    `replaces` is the file of the scenario with the same id that this one takes the place of; empty for none.

    Of a recorded stream, `unplayable` says why it is skipped (it holds no conversation with a model), and
    `unreadable` why it could not be read at all; one bad file of a folder does not stop the others.
    """

    id: str
    title: str
    turns: tuple[TurnPlan, ...]
    paths: tuple[str, ...] = ("native",)
    server: str = "reference"
    options: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    model: str | None = None
    script: tuple[Mapping[str, Any], ...] = ()
    expect: Expectation = field(default_factory=Expectation)
    budgets: Budgets = field(default_factory=Budgets)
    requires: Mapping[str, str] = field(default_factory=dict)
    unplayable: str | None = None
    unreadable: str | None = None
    source: str = ""
    replaces: str = ""
    document: Mapping[str, Any] = field(default_factory=dict)
