"""Has agents tell which tools begin, and chatkit which widgets tools stream: of any server, without its help.

They are heard where the packages have a place for it: the run hook that agents calls before every local tool,
the method of the context that hands a widget to chatkit, and the exceptions of tripped guardrails, at which
chatkit drops what waits to be sent. What is heard goes on unchanged.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import sys
from contextvars import ContextVar
from typing import Any, AsyncGenerator, Awaitable, Callable, List, Tuple

Tell = Callable[[str], None]
"""What is told of a tool: its name."""

_HOOK = "on_tool_start"
_TRIPWIRES = ("InputGuardrailTripwireTriggered", "OutputGuardrailTripwireTriggered")

_told: ContextVar[bool] = ContextVar("told", default=False)
"""Whether the tool at hand is told of: a hook may call that of the class above it."""


def tell_of_tools(began: Tell, streamed: Callable[[], None], dropped: Callable[[], None]) -> None:
    """From now on call `began` with the name of each tool that begins, `streamed` for each widget of a tool.

    `dropped` is called when a guardrail trips. Packages that are not loaded, and releases without these
    places, tell of nothing.
    """
    hooks = getattr(sys.modules.get("agents.lifecycle"), "RunHooksBase", None)
    if hooks is not None and _HOOK in vars(hooks):
        _hear_hooks(hooks, began)
    context = getattr(sys.modules.get("chatkit.agents"), "AgentContext", None)
    if context is not None and hasattr(context, "stream_widget"):
        context.stream_widget = _heard_widget(context.stream_widget, streamed)
    for name in _TRIPWIRES:
        tripwire = getattr(sys.modules.get("agents.exceptions"), name, None)
        if tripwire is not None:
            tripwire.__init__ = _heard_first(tripwire.__init__, dropped)


def _hear_hooks(base: Any, began: Tell) -> None:
    """A run without hooks of its own has the base class's; of others each class is heard when it is made."""
    setattr(base, _HOOK, _heard_tool(vars(base)[_HOOK], began))
    made = vars(base).get("__init_subclass__")

    def of_subclass(cls: Any, /, **more: Any) -> None:
        if made is None:
            super(base, cls).__init_subclass__(**more)
        else:
            made.__get__(None, cls)(**more)
        own = inspect.getattr_static(cls, _HOOK)  # of a class that is no class of hooks it may be, too
        if not getattr(own, "is_heard", False):
            setattr(cls, _HOOK, _heard_tool(own, began))

    base.__init_subclass__ = classmethod(of_subclass)


def _heard_tool(hook: Any, began: Tell) -> Any:
    """The hook, whatever it is for Python: a method, a static one, an object that can be called."""

    def heard(self: Any, *given: Any, **named: Any) -> Any:
        own = hook.__get__(self, type(self)) if hasattr(hook, "__get__") else hook
        return _telling(own, given, named)

    async def _telling(own: Callable[..., Awaitable[None]], given: Tuple[Any, ...], named: Any) -> None:
        if _told.get():
            return await own(*given, **named)
        began(_name(given[2] if len(given) > 2 else named.get("tool")))
        before = _told.set(True)
        try:
            return await own(*given, **named)
        finally:
            _told.reset(before)

    heard.is_heard = True  # type: ignore[attr-defined] # so that a class below it is not heard again
    return heard


def _heard_widget(stream: Callable[..., Awaitable[None]], streamed: Callable[[], None]) -> Any:
    """Told once the whole widget is in chatkit's hands: of one that it refuses, the caller is told by it.

    A widget that grows, and is ended while it does, was begun all the same.
    """

    @functools.wraps(stream)
    async def heard(self: Any, widget: Any, *given: Any, **named: Any) -> None:
        begun: List[bool] = []
        if inspect.isasyncgen(widget):
            widget = _noted(widget, begun)
        try:
            await stream(self, widget, *given, **named)
        except asyncio.CancelledError:
            if begun:
                streamed()
            raise
        streamed()

    return heard


async def _noted(roots: Any, begun: List[bool]) -> AsyncGenerator[Any, None]:
    """The widget as it grows; `begun` once chatkit has asked for more, and so has sent the first of it."""
    async for root in roots:
        yield root
        begun.append(True)


def _heard_first(init: Callable[..., None], dropped: Callable[[], None]) -> Callable[..., None]:
    @functools.wraps(init)
    def heard(self: Any, *given: Any, **named: Any) -> None:
        dropped()
        init(self, *given, **named)

    return heard


def _name(tool: Any) -> str:
    """A tool's name, whatever kind of object stands for one."""
    try:
        return str(getattr(tool, "name", None) or type(tool).__name__)
    except Exception:  # a tool of the server's own, of any shape: it is to run as if nobody listened
        return type(tool).__name__
