"""Which tools begin and which widgets they stream is heard of any server, whatever its own hooks are."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from agents import InputGuardrailTripwireTriggered, OutputGuardrailTripwireTriggered, RunHooks
from agents.lifecycle import RunHooksBase

from chatkit_harness.incell.told import tell_of_tools

with warnings.catch_warnings():  # chatkit warns of its own widgets while it is imported
    warnings.simplefilter("ignore", DeprecationWarning)
    from chatkit.agents import AgentContext

    from chatkit_harness.reference.shim import widget_root

pytestmark = pytest.mark.filterwarnings("ignore:Direct usage of named widget classes:DeprecationWarning")

LOOK_UP: Any = SimpleNamespace(name="look_up")


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What is told; the classes of the packages are as they were afterwards."""
    told: list[str] = []
    monkeypatch.setattr(RunHooksBase, "on_tool_start", RunHooksBase.on_tool_start)
    for tripwire in (InputGuardrailTripwireTriggered, OutputGuardrailTripwireTriggered):
        monkeypatch.setattr(tripwire, "__init__", tripwire.__init__)
    monkeypatch.setattr(AgentContext, "stream_widget", AgentContext.stream_widget)
    tell_of_tools(told.append, lambda: told.append("a widget"), lambda: told.append("dropped"))
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
