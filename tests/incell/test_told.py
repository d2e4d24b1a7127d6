"""Which tools begin and end, and what widgets they stream, is heard of any server, whatever its hooks."""

from __future__ import annotations

import asyncio
import sys
import warnings
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from agents import InputGuardrailTripwireTriggered, OutputGuardrailTripwireTriggered, RunHooks
from agents.lifecycle import RunHooksBase

from chatkit_harness.incell.told import Tell, tell_of_tools

with warnings.catch_warnings():  # chatkit warns of its own widgets while it is imported
    warnings.simplefilter("ignore", DeprecationWarning)
    from chatkit.agents import AgentContext

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
    monkeypatch.setattr(AgentContext, "stream_widget", AgentContext.stream_widget)
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


def test_a_widget_is_told_once_chatkit_has_it_whole(heard: list[str]) -> None:
    async def both() -> None:
        store = SimpleNamespace(generate_item_id=lambda *_: "w1")
        given: Any = AgentContext.model_construct(
            store=store, thread=SimpleNamespace(id="t"), request_context=None
        )
        await given.stream_widget(widget_root({"type": "Card", "children": []}))
        with pytest.raises(ValueError, match="WidgetItem"):
            await given.stream_widget("no widget")

    asyncio.run(both())
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
