"""The whole matrix: against the stock runners, as it grows, and all of it; with peak memory.

    python -m benchmarks.matrix stock  [--rounds 5]     the six cells against nox and tox
    python -m benchmarks.matrix growth [--sizes 6,24,96,400] [--seed 1]
    python -m benchmarks.matrix sweep  [--sample 12] [--seed 1]

`stock`: six cells, each only importing chatkit.agents in nox (uv backend) and tox (tox-uv), and in ours
driving one conversation besides. "Fresh" deletes all that was made from wheels and every resolution that
was remembered; wheels that uv has downloaded, and what is known of the index, stay for everybody. Ours has
a second figure for fresh environments with the layers (one folder a release) kept. "Kept" deletes nothing,
and drives everything again. All take turns in each round; a first round, not counted, fetches the wheels.

`growth`: so many pairs drawn by seed from all, fresh each time: seconds a cell, and what was made.

`sweep`: every pair with ten scenarios, against nox with the same work a cell: see benchmarks/sweep.py.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib import metadata
from pathlib import Path

from benchmarks.machine import Idle, about, spread
from benchmarks.ours import EVERY, JUDGED, TEN, Ours, driving
from benchmarks.stock import Pair, runners, timed
from benchmarks.sweep import sweep

CHATKIT, AGENTS = ("1.2.0", "1.4.0", "1.6.5"), ("0.5.1", "0.9.3")
SIX: list[Pair] = [(chatkit, agents) for chatkit in CHATKIT for agents in AGENTS]
GOALS = {"fresh": 2, "kept": 4}


@dataclass(slots=True, kw_only=True)
class Side:
    """A way of doing the six cells, and what was measured of it.

    `prepare` comes before the clock starts; `words` is the command line.
    """

    name: str
    kind: str
    prepare: Callable[[], object]
    words: Callable[[], Sequence[str]]
    seconds: list[float] = field(default_factory=list)
    idle: list[str] = field(default_factory=list)

    @property
    def median(self) -> float:
        """Seconds a cell."""
        return statistics.median(self.seconds)

    def measure(self, *, counted: bool) -> None:
        """Do the six once."""
        self.prepare()
        before = Idle.now()
        seconds = timed(self.words(), expect=JUDGED) / len(SIX)
        if counted:
            self.seconds.append(seconds)
            self.idle.append(Idle.now().share_since(before))


def six(scratch: Path, *, with_ours: bool) -> list[Side]:
    """Every side of the first table, in the order in which they take turns."""
    sides = []
    for each in runners(scratch / "stock", SIX):
        fresh, kept = partial(tuple, each.fresh), partial(tuple, each.kept)
        sides.append(Side(name=each.name, kind="fresh", prepare=each.forget, words=fresh))
        sides.append(Side(name=each.name, kind="kept", prepare=_nothing, words=kept))
    if with_ours:
        ours = Ours(scratch / "ours")
        releases = ("--chatkit", ",".join(CHATKIT), "--agents", ",".join(AGENTS))
        words = partial(ours.sweep, *releases, *driving(TEN[:1], "today"))
        layers = partial(ours.forget, "layers")
        sides += [
            Side(name="ours", kind="fresh", prepare=ours.forget, words=words),
            Side(name="ours", kind="fresh, layers kept", prepare=layers, words=words),
            Side(name="ours", kind="kept", prepare=_nothing, words=words),
        ]
    return sides


def _nothing() -> None:
    """Keep everything."""


def stock(options: argparse.Namespace, scratch: Path) -> None:
    """The first table."""
    sides = six(scratch, with_ours=not options.without_ours)
    for number in range(options.rounds + 1):
        for side in sides:
            side.measure(counted=number > 0)
        print(f"round {number}{'' if number else ', not counted'}", file=sys.stderr)
    print(f"six cells, {options.rounds} rounds in turns; seconds a cell, and how idle the machine was")
    for side in sides:
        told = f"{side.name}, {side.kind}"
        print(f"{told:<26}{spread(side.seconds, 's')}; idle {', '.join(side.idle)}")
    for kind, goal in GOALS.items():
        others = [side for side in sides if side.kind == kind and side.name != "ours"]
        best = min(others, key=lambda side: side.median)
        print(f"fastest stock runner, {kind}: {best.name}, {best.median:.2f} s a cell")
        for side in sides:
            if side.name == "ours" and side.kind.startswith(kind):
                print(f"  ours, {side.kind}: {best.median / side.median:.1f} times faster (goal: {goal})")


def growth(options: argparse.Namespace, scratch: Path) -> None:
    """How the time of a cell, and what is made, go with the number of pairs."""
    ours = Ours(scratch)
    words = [*EVERY, *driving(TEN, options.resolution), "--seed", str(options.seed)]
    print(
        f"{options.resolution}, {len(TEN)} scenarios, drawn with seed {options.seed}; wheels cached, the rest"
    )
    print("made anew each time (a first time, not counted, fetches the wheels)")
    timed(ours.sweep(*words, "--sample", str(max(options.sizes))), expect=JUDGED)
    for size in [size for _ in range(options.rounds) for size in options.sizes]:
        ours.forget()
        before = Idle.now()
        seconds = timed(ours.sweep(*words, "--sample", str(size)), expect=JUDGED)
        idle = Idle.now().share_since(before)
        told = f"{size:>5} pairs: {seconds:.1f} s, {seconds / size:.2f} s a cell"
        print(f"{told}; {ours.made()}; machine idle {idle}", flush=True)


def versions() -> str:
    """The versions of all that is compared."""
    names = ("nox", "tox", "tox-uv", "uv", "virtualenv")
    return ", ".join(f"{name} {metadata.version(name)}" for name in names)


def main() -> None:
    """Measure and print."""
    words = (__doc__ or "").splitlines()[0]
    parser = argparse.ArgumentParser(description=words)
    parser.add_argument("what", choices=("stock", "growth", "sweep"))
    parser.add_argument("--rounds", type=int, help="how often each is measured (stock: 5, else 1)")
    parser.add_argument("--without-ours", action="store_true", help="of the six cells only the stock runners")
    parser.add_argument("--sizes", type=_numbers, default=[6, 24, 96, 400], help="pairs, comma-separated")
    parser.add_argument("--sample", type=int, default=12, help="how many pairs nox is measured with")
    parser.add_argument("--seed", type=int, default=1, help="draws the pairs")
    parser.add_argument("--resolution", default="today")
    parser.add_argument("--confirm", default="none", help="passed on to the sweep")
    parser.add_argument("--scratch", type=Path, help="where scratch folders go; default: the system's own")
    options = parser.parse_args()
    options.rounds = options.rounds or (5 if options.what == "stock" else 1)
    print(f"{about()}; {versions()}; load {os.getloadavg()[0]:.1f} at the start")
    with tempfile.TemporaryDirectory(prefix="matrix-", dir=options.scratch) as scratch:
        {"stock": stock, "growth": growth, "sweep": sweep}[options.what](options, Path(scratch))


def _numbers(text: str) -> list[int]:
    return [int(each) for each in text.split(",")]


if __name__ == "__main__":
    main()
