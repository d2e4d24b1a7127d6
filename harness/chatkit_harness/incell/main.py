"""What a cell's interpreter runs: one process a cell, started or forked, one case after the other."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from typing import Any, Dict, List, Mapping, Optional

from . import distributions, guard, hidden, imports, layers, tracebacks, user_files, zygote
from .attempts import Attempts
from .channel import Channel
from .drive import Driver
from .memory import limit_memory
from .told import tell_of_tools
from .warm_up import warm_up
from .watch import LogTap, listen

NODE = "--node"
"""The argument of a process that is to fork cells, instead of being one."""
HIDE = "--hide"
"""Before the names of distributions, with commas between them, that the cell is not to see."""


def main() -> None:
    """Greet, import what the host names, then drive the cases that it sends until it says goodbye."""
    arguments = sys.argv[1:]
    del sys.argv[1:]
    if arguments == [NODE]:
        born = zygote.live()
    else:
        if arguments[:1] == [HIDE]:
            hidden.hide(arguments[1].split(","))
            del arguments[:2]
        layers.append(arguments)
        born = zygote.Birth(Channel.take_over(), zygote.Inherited())
    _converse(born.channel, born.inherited)


def _converse(channel: Channel, inherited: zygote.Inherited) -> None:
    channel.send("hello", pid=os.getpid(), **facts())
    setup = channel.receive()
    limit_memory(setup.get("memory_limit_mb"))
    sys.path[:0] = setup.get("path", [])
    user_files.leave_no_traces(setup.get("path", []))
    held = guard.put_up(setup, inherited.fence, inherited.attempts)
    # So that cells collect garbage at the same points, however much of theirs was imported in a node.
    with imports.collected_once():
        results = imports.import_all(setup["modules"], inherited.documents)
        channel.send("imported", modules=results, loaded_from=loaded_from())
        if all(each["ok"] for each in results):
            warm_up(inherited.warm)
    channel.send("ready", held=held)
    asyncio.run(_serve(channel, inherited.attempts))
    # Interpreter shutdown of a stranger's server may hang on threads of its own: the host has all it needs.
    logging.shutdown()
    os._exit(0)


async def _serve(channel: Channel, attempts: Attempts) -> None:
    """One event loop for all cases: agents keeps one HTTP client a process, bound to its loop."""
    loop = asyncio.get_running_loop()
    driver = Driver(channel.send)
    listen(LogTap(channel.send, driver.at_ms, lambda: driver.turn))

    def tell(kind: str, **facts: Any) -> None:
        channel.send(kind, at_ms=driver.at_ms(), turn=driver.turn, **facts)

    tell_of_tools(
        lambda tool, ended: tell("ran", tool=tool, ended=ended),
        lambda: tell("streamed", dropped=False),
        lambda: tell("streamed", dropped=True),
    )
    while True:
        message = await loop.run_in_executor(None, channel.receive)
        if message["type"] == "quit":
            return
        await _case(channel, driver, message, attempts)


async def _case(channel: Channel, driver: Driver, message: Mapping[str, Any], attempts: Attempts) -> None:
    channel.send("case_started", case=message["case"])

    def tell(where: str, means: str, of: Optional[str]) -> None:
        channel.send("attempt", at_ms=driver.at_ms(), turn=driver.turn, address=where, means=means, of=of)

    for where, means, of in attempts.begin(message["case"], tell):
        channel.send("attempt", at_ms=0.0, turn=None, address=where, means=means, of=of)
    try:
        with layers.beside(message.get("extras", ())):
            await driver.run(message)
    except Exception as error:  # a fault of the driver itself must be told, never hidden
        channel.send("driver_failed", raised=tracebacks.describe(error))
    lapse = attempts.lapse()
    if lapse is not None:  # a verdict would say of a guard that it held
        unheld = RuntimeError(f"Landlock does not hold what the server starts: {lapse}")
        channel.send("driver_failed", raised=tracebacks.describe(unheld))
    channel.send("case_ended", case=message["case"], at_ms=driver.at_ms(), leaks=attempts.end())


def facts() -> Dict[str, Any]:
    """The interpreter as it finds itself, with every distribution that it can see."""
    import platform

    return {
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "pins": distributions.pins(),
    }


def loaded_from() -> List[str]:
    """The folders that loaded modules come from, so that the host can show that none is its own."""
    folders = set()
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if file:
            folders.add(os.path.dirname(file))
        else:  # a namespace package has folders, but no file
            folders.update(_search_path(module))
    return sorted({os.path.abspath(each) for each in folders})


def _search_path(module: Any) -> List[str]:
    try:
        return [str(each) for each in getattr(module, "__path__", ())]
    except Exception:  # a library may put any object at all among the modules
        return []
