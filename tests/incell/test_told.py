"""Which tools begin and end, and what widgets they stream, is heard of any server, whatever its hooks."""

from __future__ import annotations

import asyncio
import sys
import warnings
from collections.abc import AsyncIterator, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from agents import InputGuardrailTripwireTriggered, OutputGuardrailTripwireTriggered, RunHooks
from agents.lifecycle import RunHooksBase

from chatkit_harness.incell.told import Tell, begin_turn, tell_of_tools

with warnings.catch_warnings():  # chatkit warns of its own widgets while it is imported
    warnings.simplefilter("ignore", DeprecationWarning)
    from chatkit.agents import AgentContext
    from chatkit.server import stream_widget
    from chatkit.types import ProgressUpdateEvent, ThreadItemReplacedEvent, Workflow

    from chatkit_harness.reference.shim import widget_root

pytestmark = pytest.mark.filterwarnings("ignore:Direct usage of named widget classes:DeprecationWarning")

LOOK_UP: Any = SimpleNamespace(name="look_up")


def said(heard: list[str]) -> Tell:
    """What is told of tools, in words."""
    return lambda tool, ended: heard.append(f"{tool} ended" if ended else tool)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What is told; the classes of the packages are as they were afterwards."""
    told: list[str] = []
    for name in ("on_tool_start", "on_tool_end"):
        monkeypatch.setattr(RunHooksBase, name, getattr(RunHooksBase, name))
    for tripwire in (InputGuardrailTripwireTriggered, OutputGuardrailTripwireTriggered):
        monkeypatch.setattr(tripwire, "__init__", tripwire.__init__)
    for name in ("stream", "stream_widget"):
        monkeypatch.setattr(AgentContext, name, getattr(AgentContext, name))
    tell_of_tools(said(told), lambda: told.append("a widget"), lambda: told.append("dropped"))
    yield told
    del RunHooksBase.__init_subclass__


def begin(hooks: Any, tool: Any = LOOK_UP) -> None:
    asyncio.run(hooks.on_tool_start(None, None, tool))


def test_a_tool_of_a_run_without_hooks_of_its_own_is_told(heard: list[str]) -> None:
    begin(RunHooks[Any]())
    assert heard == ["look_up"]


def test_hooks_of_the_servers_own_are_called_and_told(heard: list[str]) -> None:
    called: list[str] = []

    class Counting(RunHooks[Any]):
        async def on_tool_start(self, context: Any, agent: Any, tool: Any) -> None:
            called.append(tool.name)

    begin(Counting())
    assert (called, heard) == (["look_up"], ["look_up"])


def test_what_hooks_of_the_servers_own_raise_goes_on(heard: list[str]) -> None:
    class Failing(RunHooks[Any]):
        async def on_tool_start(self, context: Any, agent: Any, tool: Any) -> None:
            raise ValueError(tool.name)

    with pytest.raises(ValueError, match="look_up"):
        begin(Failing())
    assert heard == ["look_up"]


def test_a_tool_that_cannot_say_its_name_is_told_by_its_class(heard: list[str]) -> None:
    class Nameless:
        @property
        def name(self) -> str:
            raise KeyError("name")

    begin(RunHooks[Any](), Nameless())
    begin(RunHooks[Any](), object())
    assert heard == ["Nameless", "object"]


def test_a_hook_that_calls_the_one_above_it_is_told_once(heard: list[str]) -> None:
    class Above(RunHooks[Any]):
        async def on_tool_start(self, context: Any, agent: Any, tool: Any) -> None:
            await super().on_tool_start(context, agent, tool)

    class Below(Above):
        async def on_tool_start(self, context: Any, agent: Any, tool: Any) -> None:
            await super().on_tool_start(context, agent, tool)

    begin(Below())
    assert heard == ["look_up"]


def test_a_hook_of_a_class_that_is_no_class_of_hooks_is_told(heard: list[str]) -> None:
    class Mixin:
        async def on_tool_start(self, ctx: Any, agent: Any, tool: Any) -> None:
            assert (ctx, agent, tool) == (None, None, LOOK_UP)

    class Mixed(Mixin, RunHooks[Any]):
        """Has the hook from elsewhere."""

    hooks: Any = Mixed()
    asyncio.run(hooks.on_tool_start(ctx=None, agent=None, tool=LOOK_UP))
    assert heard == ["look_up"]


def test_a_static_hook_goes_on_as_it_was(heard: list[str]) -> None:
    class Static(RunHooks[Any]):
        @staticmethod
        async def on_tool_start(context: Any, agent: Any, tool: Any) -> None:
            assert (context, agent, tool) == (None, None, LOOK_UP)

    begin(Static())
    assert heard == ["look_up"]


def test_a_guardrail_that_trips_is_told(heard: list[str]) -> None:
    raised = InputGuardrailTripwireTriggered(SimpleNamespace(guardrail=object()))  # type: ignore[arg-type]
    assert (heard, type(raised)) == (["dropped"], InputGuardrailTripwireTriggered)


def chat() -> Any:
    """The context of a tool, whose store gives ids by number."""
    ids = (f"w{number}" for number in range(9))
    store = SimpleNamespace(generate_item_id=lambda *_: next(ids))
    return AgentContext.model_construct(store=store, thread=SimpleNamespace(id="t"), request_context=None)


def card(words: str = "Emma") -> Any:
    return widget_root({"type": "Card", "children": [{"type": "Text", "id": "x", "value": words}]})


async def growing() -> AsyncIterator[Any]:
    yield card("Emma")
    yield card("Emma, shelf 4")


def taken(given: Any) -> list[Any]:
    """What chatkit has been given for a tool, taken as chatkit takes it."""
    queue = given._events  # noqa: SLF001 - chatkit offers no other way
    return [queue.get_nowait() for _ in range(queue.qsize())]


async def in_pieces(given: Any, widget: Any) -> None:
    """As a tool does that makes events of its widget itself."""
    async for event in stream_widget(given.thread, widget, None, given.generate_id):
        await given.stream(event)


def test_a_widget_is_told_when_chatkit_is_given_it_and_not_when_it_is_refused(heard: list[str]) -> None:
    async def both() -> None:
        given = chat()
        await given.stream_widget(card())
        with pytest.raises(ValueError, match="WidgetItem"):
            await given.stream_widget("no widget")

    asyncio.run(both())
    assert heard == ["a widget"]


def test_a_widget_in_pieces_is_told_once(heard: list[str]) -> None:
    async def all_ways() -> None:
        begin_turn()
        given = chat()
        await in_pieces(given, growing())
        await in_pieces(given, card())
        await given.stream_widget(growing())

    asyncio.run(all_ways())
    assert heard == ["a widget"] * 3


def test_what_is_no_widget_is_not_told(heard: list[str]) -> None:
    async def both() -> None:
        given = chat()
        await given.stream(ProgressUpdateEvent(text="Looking"))
        await given.start_workflow(Workflow(type="reasoning", tasks=[]))

    asyncio.run(both())
    assert heard == []


def test_a_widget_that_goes_from_one_context_to_another_is_told_once(heard: list[str]) -> None:
    async def relayed() -> None:
        begin_turn()
        inner, outer = chat(), chat()
        await inner.stream_widget(growing())
        for event in taken(inner):
            await outer.stream(event)

    asyncio.run(relayed())
    assert heard == ["a widget"]


def test_a_widget_that_a_later_turn_shows_again_is_told_again(heard: list[str]) -> None:
    async def both() -> None:
        given = chat()
        begin_turn()
        await given.stream_widget(card())
        (shown,) = taken(given)
        begin_turn()
        await given.stream(ThreadItemReplacedEvent(item=shown.item))

    asyncio.run(both())
    assert heard == ["a widget"] * 2


def test_a_widget_that_is_ended_while_it_grows_is_told(heard: list[str]) -> None:
    async def endless() -> AsyncIterator[Any]:
        yield card()
        await asyncio.sleep(60)

    async def ended() -> None:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(chat().stream_widget(endless()), 0.05)

    asyncio.run(ended())
    assert heard == ["a widget"]


def test_chatkit_gets_what_a_tool_hands_over_as_it_is_and_in_order(heard: list[str]) -> None:
    async def handed() -> list[Any]:
        begin_turn()
        given = chat()
        await in_pieces(given, growing())
        await given.stream(ProgressUpdateEvent(text="Looking"))
        return [event.type for event in taken(given)]

    assert asyncio.run(handed()) == [
        "thread.item.added",
        "thread.item.updated",
        "thread.item.done",
        "progress_update",
    ]
    assert heard == ["a widget"]


def run(hooks: Any) -> None:
    """As agents calls the hooks around a tool, in each release by position."""

    async def both() -> None:
        await hooks.on_tool_start(None, None, LOOK_UP)
        await hooks.on_tool_end(None, None, LOOK_UP, "a stock")

    asyncio.run(both())


def test_begin_and_end_are_told_of_a_run_without_hooks_of_its_own(heard: list[str]) -> None:
    run(RunHooks[Any]())
    assert heard == ["look_up", "look_up ended"]


def test_hooks_of_the_servers_own_are_called_with_what_the_tool_gave(heard: list[str]) -> None:
    gave: list[str] = []

    class Above(RunHooks[Any]):
        async def on_tool_end(self, context: Any, agent: Any, tool: Any, result: Any) -> None:
            gave.append(result)

    class Below(Above):
        async def on_tool_end(self, context: Any, agent: Any, tool: Any, result: Any) -> None:
            await super().on_tool_end(context, agent, tool, result)

    run(Below())
    assert (gave, heard) == (["a stock"], ["look_up", "look_up ended"])


def test_a_tool_that_does_not_come_to_its_end_has_none(heard: list[str]) -> None:
    asyncio.run(RunHooks[Any]().on_tool_start(None, None, LOOK_UP))  # type: ignore[arg-type]
    assert heard == ["look_up"]


def test_a_release_without_a_hook_for_ends_tells_of_begins(
    monkeypatch: pytest.MonkeyPatch, heard: list[str]
) -> None:
    class Old:
        async def on_tool_start(self, context: Any, agent: Any, tool: Any) -> None:
            """The only one."""

    monkeypatch.setitem(sys.modules, "agents.lifecycle", SimpleNamespace(RunHooksBase=Old))
    tell_of_tools(said(heard), lambda: None, lambda: None)
    asyncio.run(Old().on_tool_start(None, None, LOOK_UP))
    assert heard == ["look_up"]
