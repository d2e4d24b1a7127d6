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

    `contains` are words of the message or the key (without regard to case): which finding of a rule is meant.
    `any_of` lists alternatives of which one must occur, for defects that different releases show
    differently. What is `optional` is expected where it occurs, and not missed where it does not.
    """

    rule: str | None = None
    component: str | None = None
    prop: str | None = None
    contains: tuple[str, ...] = ()
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
    """What a request must be answered with: over HTTP its status, and what the JSON must hold."""

    status: int | None = None
    has: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelExpectation:
    """What the model must be told in its last request: words of its input (without regard to case), and parts
    of the request's body.
    """

    contains: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    has: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What must be seen, of the whole conversation or of one turn. None says nothing.

    `progress` are words of the progress updates that the user gets, `title` is the thread's own afterwards.
    `passes_on` are kinds of things that must come through (`chatkit.update/widget.root.updated`,
    `openai.event/response.refusal.delta`; `checks.kinds` has the spaces of names).
    `shows` are parts of items, each of which an item has that the client holds afterwards, and `events` parts
    of events; `order` are kinds of chatkit's events, updates and items that must come one after the other in
    one turn; `hides` are words that no client must get, neither in the stream nor when it reads back.
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
    passes_on: tuple[str, ...] | None = None
    shows: tuple[Mapping[str, Any], ...] | None = None
    events: tuple[Mapping[str, Any], ...] | None = None
    order: tuple[str, ...] | None = None
    hides: tuple[str, ...] | None = None
    told_model: ModelExpectation | None = None
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
class MessagePlan:
    """What goes with the user's words: a quoted text, tags (`{text, id, data}`), and the wishes of the
    composer (`model`, `tool_choice`).
    """

    quote: str | None = None
    tags: tuple[Mapping[str, Any], ...] = ()
    model: str | None = None
    tool_choice: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskPlan:
    """Any other request of ChatKit's protocol, such as feedback, a retry or a page of items.

    In `params`, `$thread` stands for the thread's id and `$TYPE` (`$user_message`, `$assistant_message`,
    `$widget`) for the id of the newest item of that type that was seen, `$TYPE_1` for that of the first;
    `$attachment` is the file that was announced last, and `$after` where the last page ended.
    """

    type: str
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """The request in words, for people."""
        return f"({self.type})"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeavePlan:
    """The client goes away: once `count` things of the kind `after` have come (None: before anything has),
    and `later_ms` after that.

    What the server goes on doing is watched for `watched_ms` then.
    """

    after: str | None = None
    count: int = 1
    later_ms: float = 0
    watched_ms: float = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnPlan:
    """One thing that the user does: says `user`, answers a client tool call, clicks on a widget (`action`),
    has the page call `http`, or has it send another request of the protocol (`ask`).

    `message` is what goes with the words. `leaves` is when the client goes away in the middle, if it does.
    `together`: it is sent while the turn before it is still being answered.
    """

    user: str | None = None
    message: MessagePlan = field(default_factory=MessagePlan)
    http: HttpCall | None = None
    action: ActionPlan | None = None
    ask: AskPlan | None = None
    leaves: LeavePlan | None = None
    together: bool = False
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
        if self.ask is not None:
            return self.ask.words
        return self.said if self.said is not None else "(answers the client tool call)"

    @property
    def said(self) -> str | None:
        """The user's message as it reads, with the tags in it; None where the turn is something else."""
        tags = "".join(f"@{tag['text']}" for tag in self.message.tags)
        return None if self.user is None else f"{self.user}{tags}"


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
    One `on_request` is driven only where it is named.
    `by_hand`: the server makes ChatKit's events itself, and what it shows says little of the packages.
    `replaces` is the file of the scenario with the same id that this one takes the place of; empty for none.

    Of a recorded stream, `unplayable` says why it is skipped (it holds no conversation with a model), and
    `unreadable` why it could not be read at all; one bad file of a folder does not stop the others.
    """

    id: str
    title: str
    description: str = ""
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
    on_request: bool = False
    by_hand: bool = False
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
    return replace(
        scenario,
        paths=(path,),
        turns=tuple(
            turn if turn.expect is None else replace(turn, expect=_of_workflow(turn.expect))
            for turn in scenario.turns
        ),
        model=own.model,
        script=own.script,
        expect=own.expect or _of_workflow(scenario.expect),
        budgets=own.budgets or scenario.budgets,
    )


def _of_workflow(expected: Expectation) -> Expectation:
    """What is expected on both paths: it stores nothing, asks no client, and sends nothing of ChatKit's."""
    kinds = tuple(kind for kind in expected.passes_on or () if not kind.startswith("chatkit."))
    return replace(expected, items=None, client_tool=None, progress=None, title=None, passes_on=kinds or None)
