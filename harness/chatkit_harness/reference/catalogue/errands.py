"""Tools that stream from elsewhere: from tasks of their own, from threads, after they have returned."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from agents import Agent, RunContextWrapper, function_tool
from chatkit.types import ProgressUpdateEvent, ThreadStreamEvent, UserMessageItem

from ..conversation import answer
from .functions import card
from .part import MODEL, Context, Events, Maker, Options, Part, run_config


class _Errands:
    """The tools of one answer, and what they have begun."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.begun: list[asyncio.Task[None]] = []
        self.may_show = asyncio.Event()

    def tools(self) -> list[Any]:
        return [
            self._gathered(),
            self._by_task(),
            self._begin(),
            self._finish(),
            self._sync(),
            self._thread(),
        ]

    def _gathered(self) -> Any:
        @function_tool(name_override="compare")
        async def compare(ctx: RunContextWrapper[Context], one: str, other: str) -> str:
            """Shows two shares, both at once."""
            shown = (ctx.context.stream_widget(card(f"{each} $213.55")) for each in (one, other))
            await asyncio.gather(*shown)
            return "shown"

        return compare

    def _by_task(self) -> Any:
        @function_tool(name_override="watch")
        async def watch(ctx: RunContextWrapper[Context], symbol: str) -> str:
            """Shows a share that changes, from a task of its own."""

            async def prices() -> AsyncIterator[Any]:
                for price in ("...", "$213.55"):
                    yield card(f"{symbol} {price}")
                    await asyncio.sleep(0)

            await asyncio.create_task(ctx.context.stream_widget(prices()))  # type: ignore[arg-type] # a generator
            return "shown"

        return watch

    def _begin(self) -> Any:
        @function_tool(name_override="begin")
        async def begin(ctx: RunContextWrapper[Context], symbol: str) -> str:
            """Begins a report that is shown when it is ready."""

            async def report() -> None:
                await self.may_show.wait()
                await ctx.context.stream_widget(card(f"The report on {symbol}"))

            self.begun.append(asyncio.create_task(report()))
            return "begun"

        return begin

    def _finish(self) -> Any:
        @function_tool(name_override="finish")
        async def finish() -> str:
            """Waits for what was begun."""
            self.may_show.set()
            await asyncio.gather(*self.begun)
            return "finished"

        return finish

    def _sync(self) -> Any:
        @function_tool(name_override="reckon")
        def reckon(ctx: RunContextWrapper[Context], symbol: str) -> str:
            """Reckons, and says so; it cannot wait, and may run in a thread."""
            told = ctx.context.stream(ProgressUpdateEvent(text=f"Reckoning {symbol}"))
            asyncio.run_coroutine_threadsafe(told, self.loop)
            return f"{symbol} is worth a look"

        return reckon

    def _thread(self) -> Any:
        @function_tool(name_override="crunch")
        async def crunch(ctx: RunContextWrapper[Context], symbol: str) -> str:
            """Has a thread do the work, which says so and shows what it found."""

            def work() -> str:
                told = ctx.context.stream(ProgressUpdateEvent(text=f"Crunching {symbol}"))
                asyncio.run_coroutine_threadsafe(told, self.loop).result()
                shown = ctx.context.stream_widget(card(f"{symbol} beta 1.2"))
                asyncio.run_coroutine_threadsafe(shown, self.loop).result()
                return "1.2"

            return await asyncio.to_thread(work)

        return crunch


def _errands(options: Options) -> Part:
    """`options["waits"]`: what a tool began is waited for once the run is over, too late to be shown."""

    async def respond(context: Context, _message: UserMessageItem | None) -> AsyncIterator[ThreadStreamEvent]:
        errands = _Errands()
        agent = Agent[Any](name="Errands", model=MODEL, instructions="Use the tools.", tools=errands.tools())
        events: Events = answer(agent, context, run_config(options))
        async for event in events:
            yield event
        errands.may_show.set()
        await asyncio.gather(*errands.begun)

    return Part(respond=respond)


PARTS: dict[str, Maker] = {"tools": _errands}
