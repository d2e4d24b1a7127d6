"""The gate for one upgrade, ten scenarios, both sides in fresh virtual environments: seconds to the verdict.

    python -m benchmarks.gate [--rounds 3] [--base 1.2.0:0.5.1] [--candidate 1.2.0:0.18.1]

Three states take turns in each round. "kept": nothing is deleted. "warm": environments and all that was
resolved are deleted, wheels that uv has downloaded and the index's pages stay. "cold": everything is
deleted, uv's own cache too, which is a folder of the benchmark's. The search for a culprit is left out.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.machine import Idle, about, spread
from benchmarks.ours import JUDGED, TEN, Ours, program
from benchmarks.stock import timed

GOALS = {"warm": 10, "cold": 30}


@dataclass(slots=True, kw_only=True)
class State:
    """What is there before the gate is called, and what was measured of it."""

    name: str
    prepare: Callable[[], object]
    seconds: list[float] = field(default_factory=list)
    idle: list[str] = field(default_factory=list)


def gate_words(ours: Ours, out: Path, base: str, candidate: str) -> list[str]:
    """The command line."""
    scenarios = ("--scenario", ",".join(TEN), "--path", "native")
    where = ("--cache", str(ours.cache), "--out", str(out), "--culprit-budget", "0", "--format", "json")
    return [*program("gate"), "--base", base, "--candidate", candidate, *scenarios, *where]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--base", default="1.2.0:0.5.1")
    parser.add_argument("--candidate", default="1.2.0:0.18.1")
    asked = parser.parse_args(arguments)
    print(f"{about()}; {asked.base} -> {asked.candidate}, {len(TEN)} scenarios, native path")
    with tempfile.TemporaryDirectory(prefix="chatkit-harness-gate-") as folder:
        measure(Path(folder), asked.rounds, asked.base, asked.candidate)


def measure(scratch: Path, rounds: int, base: str, candidate: str) -> None:
    """All states in turns; the first round only fetches, and is not counted."""
    os.environ["UV_CACHE_DIR"] = str(scratch / "uv")
    ours = Ours(scratch)

    def cold() -> None:
        shutil.rmtree(scratch / "uv", ignore_errors=True)
        shutil.rmtree(ours.cache, ignore_errors=True)

    states = [
        State(name="cold", prepare=cold),
        State(name="warm", prepare=ours.forget),
        State(name="kept", prepare=lambda: None),
    ]
    for number in range(rounds):
        for state in states:
            state.prepare()
            before = Idle.now()
            words = gate_words(ours, scratch / "out" / f"{number}-{state.name}", base, candidate)
            state.seconds.append(timed(words, expect=JUDGED))
            state.idle.append(Idle.now().share_since(before))
    for state in states:
        goal = f", goal {GOALS[state.name]} s" if state.name in GOALS else ""
        print(f"{state.name:<5} {spread(state.seconds, 's')}{goal}; idle {', '.join(state.idle)}")


if __name__ == "__main__":
    main()
