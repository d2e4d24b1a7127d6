"""Load: the reference server under many conversations at once, on each store, beside a bare echo.

    python -m benchmarks.server                         # 200 at once; --stores postgres by DATABASE_URL
    python -m benchmarks.server --turns 10000 --thread-turns 5 --stores sqlite      # is its memory flat?

Everything is on this machine: the server in a cell of its own, the model beside it (answers at once, from
one script), and the clients here, so that the figures are ratios to the echo, which sends the same bytes.
After the load each thread is read back: no item may be lost, doubled or somebody else's.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.server_client import Conversation, Watch, converse, one_turn, read_back
from benchmarks.server_parts import Echo, Model, Server

from benchmarks import machine

PROGRESS_S = 5.0
KEPT = 1000
"""How many threads the store in memory keeps, so that no more can be read back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What one server came to. Times in milliseconds, memory in MB."""

    name: str
    turns: int
    seconds: float
    widget_ms: Sequence[float]
    turn_ms: Sequence[float]
    memory_mb: Sequence[float] = field(default=())
    wrong: Sequence[str] = field(default=())

    def document(self) -> dict[str, object]:
        """For scripts."""
        return {
            "name": self.name,
            "turns": self.turns,
            "seconds": round(self.seconds, 2),
            "turns_per_second": round(self.turns / self.seconds, 1),
            "widget_ms": percentiles(self.widget_ms),
            "turn_ms": percentiles(self.turn_ms),
            "memory_mb": [round(each, 1) for each in self.memory_mb],
            "wrong": list(self.wrong),
        }


def percentiles(values: Sequence[float]) -> dict[str, float]:
    """p50, p95 and p99."""
    if len(values) < 2:
        return {name: round(values[0], 1) if values else 0.0 for name in ("p50", "p95", "p99")}
    cuts = statistics.quantiles(values, n=100)
    return {"p50": round(cuts[49], 1), "p95": round(cuts[94], 1), "p99": round(cuts[98], 1)}


async def load(name: str, url: str, wanted: argparse.Namespace, pid: int | None, *, echo: bool) -> Load:
    """Hold all conversations at once, each in as many turns as its share is, and read them back."""
    rounds = max(1, wanted.turns // wanted.conversations)
    talks = [
        Conversation(number=number, turns=rounds, thread_turns=wanted.thread_turns)
        for number in range(wanted.conversations)
    ]
    watch = Watch(pid)
    began = time.monotonic()
    ticking = asyncio.create_task(_progress(name, talks, watch, rounds * len(talks)))
    try:
        await asyncio.gather(*(converse(url, talk, echo=echo) for talk in talks))
        seconds = time.monotonic() - began
    finally:
        ticking.cancel()
    wrong = [each for talk in talks for each in talk.wrong]
    if not echo:
        wrong += await read_back(url, talks)
    return Load(
        name=name,
        turns=sum(len(talk.turn_ms) for talk in talks),
        seconds=seconds,
        widget_ms=[each for talk in talks for each in talk.widget_ms],
        turn_ms=[each for talk in talks for each in talk.turn_ms],
        memory_mb=watch.seen,
        wrong=wrong,
    )


async def _progress(name: str, talks: Sequence[Conversation], watch: Watch, turns: int) -> None:
    while True:
        watch.look()
        done = sum(len(talk.turn_ms) for talk in talks)
        memory = f", {watch.seen[-1]:.0f} MB" if watch.seen else ""
        print(f"  {name}: {done} of {turns} turns{memory}", file=sys.stderr, flush=True)
        await asyncio.sleep(PROGRESS_S)


def measured(wanted: argparse.Namespace) -> list[Load]:
    """The echo, then each store, one after the other."""
    found = []
    with tempfile.TemporaryDirectory() as folder, Model() as model:
        recorded = Path(folder) / "turn.json"
        with Server(Path(folder) / "recorded", "memory", model, wanted.cache) as server:
            recorded.write_text(json.dumps(asyncio.run(one_turn(server.url))), encoding="utf-8")
        with Echo(model, recorded) as floor:
            found.append(asyncio.run(load("echo", floor.url, wanted, floor.pid, echo=True)))
        for store in wanted.stores.split(","):
            with Server(Path(folder) / store, store, model, wanted.cache) as server:
                found.append(asyncio.run(load(store, server.url, wanted, server.pid, echo=False)))
    return found


def quarters(values: Sequence[float]) -> list[float]:
    """The first value, and those after each quarter of the time."""
    last = len(values) - 1
    return [values[last * part // 4] for part in range(5)] if values else []


def table(found: Sequence[Load]) -> str:
    """For people."""
    heads = ("first widget p50 / p95 / p99 ms", "whole turn p50 / p95 / p99 ms", "memory MB, by quarters")
    lines = [f"server     turns   turns/s   {'   '.join(heads)}"]
    for each in found:
        told = each.document()
        widget, turn = percentiles(each.widget_ms), percentiles(each.turn_ms)
        memory = " ".join(f"{value:.0f}" for value in quarters(each.memory_mb)) or "-"
        lines.append(
            f"{each.name:9} {each.turns:6} {told['turns_per_second']:9}   "
            f"{' / '.join(f'{value:.0f}' for value in widget.values()):31}   "
            f"{' / '.join(f'{value:.0f}' for value in turn.values()):29}   {memory}"
        )
        lines += [f"          wrong: {problem}" for problem in each.wrong[:5]]
    return "\n".join(lines)


def main() -> int:
    """Exit status 1 where an answer was wrong."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--conversations", type=int, default=200, help="how many at once (default: 200)")
    asked.add_argument("--turns", type=int, default=1000, help="turns of all together (default: 1000)")
    asked.add_argument(
        "--thread-turns", type=int, default=1_000_000, help="turns until a new thread is begun"
    )
    asked.add_argument("--stores", default="memory,sqlite", help="memory, sqlite, postgres")
    asked.add_argument("--cache", type=Path, help="the harness's cache")
    asked.add_argument("--format", choices=("text", "json"), default="text")
    wanted = asked.parse_args()
    if "memory" in wanted.stores.split(",") and wanted.turns // wanted.thread_turns > KEPT:
        asked.error(f"the store in memory keeps {KEPT} threads: raise --thread-turns, or leave memory out")
    before = machine.Idle.now()
    found = measured(wanted)
    idle = machine.Idle.now().share_since(before)
    if wanted.format == "json":
        told = {"machine": machine.about(), "idle": idle, "loads": [each.document() for each in found]}
        print(json.dumps(told, indent=2))
    else:
        print(f"{machine.about()}, {idle} idle; {wanted.conversations} conversations at once")
        print(table(found))
    return int(any(each.wrong for each in found))


if __name__ == "__main__":
    sys.exit(main())
