"""Has agents tell which tools begin and end, and chatkit which widgets tools stream, without a server's help.

They are heard where the packages have a place for it: the run hooks that agents calls around every local
tool, the queue by which a tool's context hands things to chatkit, and the exceptions of tripped guardrails,
at which chatkit drops what waits to be sent. What is heard goes on unchanged.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import sys
from contextvars import ContextVar
from typing import Any, Awaitable, Callable, Mapping, Optional, Set, Tuple

Tell = Callable[[str, bool], None]
"""What is told of a tool: its name, and whether it has come to its end.

A tool that is ended on its way, or that raises what its run ends by, has no end of its own.
"""

_HOOKS = {"on_tool_start": False, "on_tool_end": True}
_HANDING = ("stream", "stream_widget")
_TRIPWIRES = ("InputGuardrailTripwireTriggered", "OutputGuardrailTripwireTriggered")

_told: ContextVar[bool] = ContextVar("told", default=False)
"""Whether the tool at hand is told of: a hook may call that of the class above it."""

_widgets: ContextVar[Optional[Set[str]]] = ContextVar("widgets", default=None)
"""The ids of the widgets that are told of already, of the turn at hand."""


def begin_turn() -> None:
    """From here on a widget is told of anew: what this task starts may show one of an earlier turn again."""
    _widgets.set(set())


def tell_of_tools(ran: Tell, streamed: Callable[[], None], dropped: Callable[[], None]) -> None:
    """From now on call `ran` with the name of each tool that begins, and again when it comes to its end.

    `streamed` is called for each widget of a tool, `dropped` when a guardrail trips. Packages that are not
    loaded, and releases without these places, tell of nothing.
    """
    hooks = getattr(sys.modules.get("agents.lifecycle"), "RunHooksBase", None)
    if hooks is not None:
        _hear_hooks(hooks, ran, {name: ended for name, ended in _HOOKS.items() if name in vars(hooks)})
    context = getattr(sys.modules.get("chatkit.agents"), "AgentContext", None)
    for name in _HANDING:
        if hasattr(context, name):
            setattr(context, name, _overheard(getattr(context, name), streamed))
    for name in _TRIPWIRES:
        tripwire = getattr(sys.modules.get("agents.exceptions"), name, None)
        if tripwire is not None:
            tripwire.__init__ = _heard_first(tripwire.__init__, dropped)


def _hear_hooks(base: Any, ran: Tell, names: Mapping[str, bool]) -> None:
    """A run without hooks of its own has the base class's; of others each class is heard when it is made."""
    for name, ended in names.items():
        setattr(base, name, _heard_tool(vars(base)[name], ran, ended))
    made = vars(base).get("__init_subclass__")

    def of_subclass(cls: Any, /, **more: Any) -> None:
        if made is None:
            super(base, cls).__init_subclass__(**more)
        else:
            made.__get__(None, cls)(**more)
        for name, ended in names.items():
            own = inspect.getattr_static(cls, name)  # of a class that is no class of hooks it may be, too
            if not getattr(own, "is_heard", False):
                setattr(cls, name, _heard_tool(own, ran, ended))

    base.__init_subclass__ = classmethod(of_subclass)


def _heard_tool(hook: Any, ran: Tell, ended: bool) -> Any:
    """The hook, whatever it is for Python: a method, a static one, an object that can be called."""

    def heard(self: Any, *given: Any, **named: Any) -> Any:
        own = hook.__get__(self, type(self)) if hasattr(hook, "__get__") else hook
        return _telling(own, given, named)

    async def _telling(own: Callable[..., Awaitable[None]], given: Tuple[Any, ...], named: Any) -> None:
        if _told.get():
            return await own(*given, **named)
        ran(_name(given[2] if len(given) > 2 else named.get("tool")), ended)
        before = _told.set(True)
        try:
            return await own(*given, **named)
        finally:
            _told.reset(before)

    heard.is_heard = True  # type: ignore[attr-defined] # so that a class below it is not heard again
    return heard


class _Handed(asyncio.Queue[Any]):
    """The queue by which a tool's context hands things to chatkit.

    Both ways to hand over a widget end here, as itself and as events that somebody makes of it. Only here is
    the id of the former known, by which a widget is told of once that one context hands on to another.
    """

    streamed: Callable[[], None]

    def _put(self, item: Any) -> None:
        super()._put(item)
        brought = getattr(item, "item", None)
        if getattr(brought, "type", None) == "widget" and _is_new(str(getattr(brought, "id", ""))):
            self.streamed()


def _is_new(widget: str) -> bool:
    """Whether it is not told of yet: one that grows is brought twice, or by every context on its way."""
    told = _widgets.get()
    if told is None:
        return True
    if widget in told:
        return False
    told.add(widget)
    return True


def _overheard(hand: Callable[..., Awaitable[None]], streamed: Callable[[], None]) -> Any:
    """A method that hands things over; the queue behind it is listened to from its first call on."""

    @functools.wraps(hand)
    async def heard(self: Any, *given: Any, **named: Any) -> None:
        queue: Any = getattr(self, "_events", None)
        if type(queue) is asyncio.Queue:
            handed: Any = queue
            handed.__class__, handed.streamed = _Handed, streamed
        await hand(self, *given, **named)

    return heard


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
