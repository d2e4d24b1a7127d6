"""Has agents tell which tools begin, and chatkit which widgets tools stream: of any server, without its help.

Both are heard where the packages have a place for it: the run hook that agents calls before every local
tool, and the method of the context that hands a widget to chatkit. What is heard goes on unchanged.
"""

from __future__ import annotations

import functools
import sys
from typing import Any, Awaitable, Callable

Tell = Callable[[str], None]
"""What is told of a tool: its name."""

_HOOK = "on_tool_start"


def tell_of_tools(began: Tell, streamed: Callable[[], None]) -> None:
    """From now on call `began` with the name of each tool that begins, `streamed` for each widget of a tool.

    Packages that are not loaded, and releases without these places, tell of nothing.
    """
    hooks = getattr(sys.modules.get("agents.lifecycle"), "RunHooksBase", None)
    if hooks is not None and hasattr(hooks, _HOOK):
        _hear_hooks(hooks, began)
    context = getattr(sys.modules.get("chatkit.agents"), "AgentContext", None)
    if context is not None and hasattr(context, "stream_widget"):
        context.stream_widget = _heard_widget(context.stream_widget, streamed)


def _hear_hooks(base: Any, began: Tell) -> None:
    """A run without hooks of its own has the base class's; of others each class is heard when it is made."""
    setattr(base, _HOOK, _heard_tool(getattr(base, _HOOK), began))
    made = base.__init_subclass__

    def of_subclass(cls: Any, /, **more: Any) -> None:
        made.__func__(cls, **more)
        own = cls.__dict__.get(_HOOK)
        if own is not None:
            setattr(cls, _HOOK, _heard_tool(own, began))

    base.__init_subclass__ = classmethod(of_subclass)


def _heard_tool(hook: Callable[..., Awaitable[None]], began: Tell) -> Callable[..., Awaitable[None]]:
    @functools.wraps(hook)
    async def heard(self: Any, context: Any, agent: Any, tool: Any, *more: Any, **named: Any) -> None:
        began(_name(tool))
        await hook(self, context, agent, tool, *more, **named)

    return heard


def _heard_widget(stream: Callable[..., Awaitable[None]], streamed: Callable[[], None]) -> Any:
    """Told once the whole widget is in chatkit's hands: of one that it refuses, the tool fails aloud."""

    @functools.wraps(stream)
    async def heard(*args: Any, **named: Any) -> None:
        await stream(*args, **named)
        streamed()

    return heard


def _name(tool: Any) -> str:
    """A tool's name, whatever kind of object stands for one."""
    try:
        return str(getattr(tool, "name", None) or type(tool).__name__)
    except Exception:  # a tool of the server's own, of any shape: it is to run as if nobody listened
        return type(tool).__name__
