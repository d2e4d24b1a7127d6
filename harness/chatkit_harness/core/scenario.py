"""A scenario: a user's turns, the context, what is expected, the budgets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
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
class CommandsExpectation:
    """What the chart must be told.

    `symbol` and `timeframe` are the chart's state after applying; `at_least` maps kinds of command (or of
    level) to how many there must be, `none_of` names kinds that must not occur, `exactly` are commands in
    their text form, in any order and no others; `indicators` are the ones that are on afterwards.
    """

    symbol: str | None = None
    timeframe: str | None = None
    at_least: Mapping[str, int] = field(default_factory=dict)
    none_of: tuple[str, ...] = ()
    exactly: tuple[str, ...] | None = None
    indicators: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseExpectation:
    """What an HTTP request must be answered with: its status, and what its JSON body must hold."""

    status: int | None = None
    has: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What must be seen, of the whole conversation or of one turn. None says nothing.

    `progress` are words of the progress updates that the user gets, `title` is the thread's own afterwards.
    """

    tools: tuple[ToolExpectation, ...] | None = None
    widgets: tuple[WidgetExpectation, ...] | None = None
    text: TextExpectation | None = None
    client_tool: ToolExpectation | None = None
    items: tuple[str, ...] | None = None
    error: str | None = None
    commands: CommandsExpectation | None = None
    response: ResponseExpectation | None = None
    progress: tuple[str, ...] | None = None
    title: str | None = None
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
class HttpCall:
    """A request to the server's HTTP side; `$name` in path or body stands for a field of an earlier answer.

    One that `attaches` uploads a file as the page does: the body says which one (name, mime_type, content,
    bytes, size, upload). It may take two requests, and goes with the user's next message.
    """

    path: str
    method: str = "POST"
    body: Any = None
    attaches: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionPlan:
    """A click on a widget that was shown, or a form that is submitted; `payload` is what that adds.

    `item` says which of the widgets that offer the action is meant, counted from 1; None means the newest.
    `sync` asks for an answer of one item (chatkit 1.6.2 on) instead of a stream.
    """

    type: str
    payload: Mapping[str, Any] | None = None
    item: int | None = None
    sync: bool = False

    @property
    def words(self) -> str:
        """The action in words, for people."""
        given = ", ".join(f"{name}: {value}" for name, value in (self.payload or {}).items())
        return f"(clicks {self.type}, {given})" if given else f"(clicks {self.type})"


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnPlan:
    """One thing that the user does: says `user`, answers a client tool call, clicks on a widget (`action`),
    or has the page call `http`.
    """

    user: str | None = None
    http: HttpCall | None = None
    action: ActionPlan | None = None
    client_tool_output: Any = None
    answers_client_tool: bool = False
    context: Mapping[str, Any] = field(default_factory=dict)
    expect: Expectation | None = None

    @property
    def words(self) -> str:
        """The turn in words, for people."""
        if self.http is not None and self.http.attaches:
            return f"(attaches {self.http.body['name']})"
        if self.http is not None:
            return f"({self.http.method} {self.http.path})"
        if self.action is not None:
            return self.action.words
        return self.user if self.user is not None else "(answers the client tool call)"


@dataclass(frozen=True, slots=True, kw_only=True)
class PathPlan:
    """What differs on the Agent Builder path: the model's words, what is expected, the budgets.

    None takes what the scenario says for the native path; the model's words have no such default, since
    a workflow asks the model differently.
    """

    model: str | None = None
    script: tuple[Mapping[str, Any], ...] = ()
    expect: Expectation | None = None
    budgets: Budgets | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One conversation as its file describes it; `source` is that file, `document` its parsed YAML.

    `agent_builder` is what differs on that path. `answer` is a
    file of the --data folder, whose text the model says.
    `exam` makes it no conversation but one rule that a store or a server has to keep (`contract/paging`,
    `conformance/unknown-thread`); `extras` are what the reference server needs besides the pair.
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
    agent_builder: PathPlan | None = None
    answer: str | None = None
    exam: str | None = None
    extras: tuple[str, ...] = ()
    unplayable: str | None = None
    unreadable: str | None = None
    source: str = ""
    replaces: str = ""
    document: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_of_store(self) -> bool:
        """Whether it is about a store, and about no server."""
        return self.exam is not None and self.exam.startswith("contract/")


def on_path(scenario: Scenario, path: str) -> Scenario:
    """The scenario as it is on one path: with that path's words of the model, expectations and budgets."""
    if path != "agent_builder":
        return scenario
    own = scenario.agent_builder or PathPlan()
    # A workflow stores nothing and asks no client: what is said of that is for the native path.
    shared = replace(scenario.expect, items=None, client_tool=None, progress=None, title=None)
    return replace(
        scenario,
        paths=(path,),
        model=own.model,
        script=own.script,
        expect=own.expect or shared,
        budgets=own.budgets or scenario.budgets,
    )
