"""The end of a tool is heard of any server, whatever its own hooks are: once, and only where there is one."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from agents import InputGuardrailTripwireTriggered, OutputGuardrailTripwireTriggered, RunHooks
from agents.lifecycle import RunHooksBase

from chatkit_harness.incell.told import ENDED, tell_of_tools

LOOK_UP: Any = SimpleNamespace(name="look_up")
BEGAN_AND_ENDED = ["look_up", f"look_up{ENDED}"]


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What is told; the classes of the packages are as they were afterwards."""
    told: list[str] = []
    for name in ("on_tool_start", "on_tool_end"):
        monkeypatch.setattr(RunHooksBase, name, getattr(RunHooksBase, name))
    for tripwire in (InputGuardrailTripwireTriggered, OutputGuardrailTripwireTriggered):
        monkeypatch.setattr(tripwire, "__init__", tripwire.__init__)
    monkeypatch.delitem(sys.modules, "chatkit.agents", raising=False)
    tell_of_tools(told.append, lambda: None, lambda: None)
    yield told
    del RunHooksBase.__init_subclass__


def run(hooks: Any) -> None:
    """As agents calls the hooks around a tool, in each release by position."""

    async def both() -> None:
        await hooks.on_tool_start(None, None, LOOK_UP)
        await hooks.on_tool_end(None, None, LOOK_UP, "a stock")

    asyncio.run(both())


def test_begin_and_end_are_told_of_a_run_without_hooks_of_its_own(heard: list[str]) -> None:
    run(RunHooks[Any]())
    assert heard == BEGAN_AND_ENDED


def test_hooks_of_the_servers_own_are_called_with_what_the_tool_gave(heard: list[str]) -> None:
    gave: list[str] = []

    class Above(RunHooks[Any]):
        async def on_tool_end(self, context: Any, agent: Any, tool: Any, result: Any) -> None:
            gave.append(result)

    class Below(Above):
        async def on_tool_end(self, context: Any, agent: Any, tool: Any, result: Any) -> None:
            await super().on_tool_end(context, agent, tool, result)

    run(Below())
    assert (gave, heard) == (["a stock"], BEGAN_AND_ENDED)


def test_a_tool_that_does_not_come_to_its_end_has_none(heard: list[str]) -> None:
    asyncio.run(RunHooks[Any]().on_tool_start(None, None, LOOK_UP))  # type: ignore[arg-type]
    assert heard == ["look_up"]


def test_a_release_without_a_hook_for_ends_tells_of_begins(
    monkeypatch: pytest.MonkeyPatch, heard: list[str]
) -> None:
    class Old:
        async def on_tool_start(self, context: Any, agent: Any, tool: Any) -> None:
            """The only one."""

    monkeypatch.setitem(
        sys.modules,
        "agents.lifecycle",
        SimpleNamespace(RunHooksBase=Old),
    )
    tell_of_tools(heard.append, lambda: None, lambda: None)
    asyncio.run(Old().on_tool_start(None, None, LOOK_UP))
    assert heard == ["look_up"]
