"""What a cell's interpreter runs: `python -I main.py`, one process a cell, one case after the other."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import sys
from typing import Any, Dict, List, Mapping

from . import imports, tracebacks, user_files
from .channel import Channel
from .drive import Driver
from .watch import Fence, LogTap, leftovers, listen


def main() -> None:
    """Greet, import what the host names, then drive the cases that it sends until it says goodbye."""
    channel = Channel.take_over()
    channel.send("hello", pid=os.getpid(), **facts())
    setup = channel.receive()
    _limit_memory(setup.get("memory_limit_mb"))
    sys.path[:0] = setup.get("path", [])
    user_files.leave_no_traces(setup.get("path", []))
    leaks: List[str] = []
    fence = Fence()
    if setup.get("fence", True):
        fence.raise_up(leaks.append)
    results = imports.import_all(setup["modules"])
    channel.send("imported", modules=results, loaded_from=loaded_from())
    if all(each["ok"] for each in results):
        _warm_up()
    channel.send("ready")
    asyncio.run(_serve(channel, leaks))
    # Interpreter shutdown of a stranger's server may hang on threads of its own: the host has all it needs.
    logging.shutdown()
    os._exit(0)


async def _serve(channel: Channel, leaks: List[str]) -> None:
    """One event loop for all cases: agents keeps one HTTP client a process, bound to its loop."""
    loop = asyncio.get_running_loop()
    driver = Driver(channel.send)
    listen(LogTap(channel.send, driver.at_ms, lambda: driver.turn))
    while True:
        message = await loop.run_in_executor(None, channel.receive)
        if message["type"] == "quit":
            return
        await _case(channel, driver, message, leaks)


async def _case(channel: Channel, driver: Driver, message: Mapping[str, Any], leaks: List[str]) -> None:
    leaks.clear()
    channel.send("case_started", case=message["case"])
    try:
        await driver.run(message)
    except Exception as error:  # a fault of the driver itself must be told, never hidden
        channel.send("driver_failed", raised=tracebacks.describe(error))
    channel.send("case_ended", case=message["case"], at_ms=driver.at_ms(), leaks=leftovers(leaks))


def facts() -> Dict[str, Any]:
    """The interpreter as it finds itself, with every distribution that it can see."""
    import platform
    from importlib import metadata

    pins: Dict[str, str] = {}
    for distribution in metadata.distributions():
        name = distribution.metadata["Name"]
        if name:
            pins.setdefault(re.sub(r"[-_.]+", "-", name).lower(), distribution.version)
    return {
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "pins": dict(sorted(pins.items())),
    }


def loaded_from() -> List[str]:
    """The folders that loaded modules come from, so that the host can show that none is its own."""
    folders = set()
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if file:
            folders.add(os.path.dirname(os.path.abspath(file)))
        else:  # a namespace package has folders, but no file
            folders.update(os.path.abspath(each) for each in _search_path(module))
    return sorted(folders)


def _search_path(module: Any) -> List[str]:
    try:
        return [str(each) for each in getattr(module, "__path__", ())]
    except Exception:  # a library may put any object at all among the modules
        return []


def _warm_up() -> None:
    """Do the lazy imports of openai's client once, so that the first case is not charged for them."""
    try:
        from openai import AsyncOpenAI

        client = AsyncOpenAI(api_key="warm-up")
        _ = client.responses, client.chat.completions
    except Exception:  # whatever is wrong with it, the first conversation will show it with its traceback
        logging.getLogger(__name__).debug("warm-up failed", exc_info=False)


def _limit_memory(megabytes: Any) -> None:
    """Bound private memory, so that a server that eats all of it dies alone.

    No more than this process may ask for; where nothing can be set, the host's time limit remains.
    """
    if not megabytes:
        return
    try:
        import resource
    except ImportError:  # Windows
        return
    limit = int(megabytes) * 1024 * 1024
    try:
        _soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
        if hard != resource.RLIM_INFINITY:
            limit = min(limit, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))
    except (OSError, ValueError):
        logging.getLogger(__name__).debug("no limit on memory", exc_info=True)
