"""How well a modelled time agrees with a real wait: pacing 0 plus recorded offsets against pacing 1.

    python -m benchmarks.modelled [--pair 1.6.5:0.24.0] [--rounds 3]

Modelled is the model's recorded time on the critical path plus the overhead that was measured where the
model answered at once. It is held against the time of the same turn where the model really takes as long.
The recordings are made here: the scripts of some scenarios with offsets drawn by seed, 300 to 900 ms to the
first chunk and 5 to 40 ms between chunks. The goal is to differ by less than 10%.

In one of them the model is asked twice side by side. Where it answers at once it may have answered the one
before the other comes, and what is modelled counts both then: its figures are told by themselves.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import random
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from benchmarks.machine import Idle, about, spread

from chatkit_harness.checks.latency import turn_times
from chatkit_harness.comparison.measure import times_of
from chatkit_harness.core.data import data_folder
from chatkit_harness.core.transcript import Transcript
from chatkit_harness.results import read_results
from chatkit_harness.scenarios.load import load_scenario
from chatkit_harness.upstream import Cassette, render_script
from chatkit_harness.upstream.cassette_writer import write_cassette

SCENARIOS = ("quote-aapl", "news-tsla", "draw-support-tsla", "technical-nvda")
SIDE_BY_SIDE = Path(__file__).parent / "side-by-side.yaml"
"""Two agents as tools, which are asked in one turn: no shipped scenario has that."""
GOAL = 10.0


def timed(cassette: Cassette, chance: random.Random) -> Cassette:
    """The same answers with a time for each chunk, as a recording has them."""
    interactions = []
    for each in cassette.interactions:
        at, chunks = chance.uniform(300, 900), []
        for chunk in each.chunks:
            chunks.append(dataclasses.replace(chunk, at_ms=round(at, 3)))
            at += chance.uniform(5, 40)
        interactions.append(dataclasses.replace(each, chunks=tuple(chunks)))
    provenance = dataclasses.replace(cassette.provenance, origin="recording")
    return dataclasses.replace(cassette, interactions=tuple(interactions), provenance=provenance)


def drive(pair: str, pacing: int, cassettes: Path, out: Path) -> Iterator[tuple[str, Transcript]]:
    """Each scenario's conversation, with the model that quick."""
    command = [sys.executable, "-m", "chatkit_harness", "run", "--pair", pair, "--resolution", "today"]
    command += ["--path", "native", "--cassettes", str(cassettes), "--pacing", str(pacing), "-j", "1"]
    command += [word for name in (*SCENARIOS, str(SIDE_BY_SIDE)) for word in ("--scenario", name)]
    done = subprocess.run([*command, "--out", str(out)], capture_output=True, text=True, check=False)
    results = read_results(out) if done.returncode in (0, 1) else sys.exit(done.stderr)
    for case in results.cases:
        if case.outcome != "pass" or case.transcript is None:
            sys.exit(f"{case.id}: {case.outcome}: {case.reason or [each.message for each in case.findings]}")
        yield case.scenario, results.transcript(case.transcript)


def modelled(transcript: Transcript) -> dict[str, float]:
    """What a user would wait, in milliseconds: to the widget and to the end."""
    times = times_of(transcript, frozenset())
    found = {"widget": times.first_content.whole_ms, "end": times.end.whole_ms}
    return {name: ms for name, ms in found.items() if ms is not None}


def waited(transcript: Transcript) -> dict[str, float]:
    """What a user did wait."""
    times = turn_times(transcript.turns[-1])
    found = {"widget": times["widget_ms"], "end": times["total_ms"]}
    return {name: ms for name, ms in found.items() if ms is not None}


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pair", default="1.6.5:0.24.0")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    print(about())
    chance, before = random.Random(7), Idle.now()  # noqa: S311 - only offsets
    apart: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    files = [*(data_folder("scenarios") / f"{name}.yaml" for name in SCENARIOS), SIDE_BY_SIDE]
    with tempfile.TemporaryDirectory() as scratch:
        os.environ.setdefault("CHATKIT_HARNESS_CACHE", str(Path(scratch) / "cache"))
        for number in range(asked.rounds):
            folder = Path(scratch) / f"cassettes-{number}"
            folder.mkdir()
            for file in files:
                write_cassette(folder / file.name, timed(render_script(load_scenario(file)), chance))
            there = {name: waited(told) for name, told in drive(asked.pair, 1, folder, folder / "one")}
            for name, told in drive(asked.pair, 0, folder, folder / "none"):
                how = "side by side" if name == SIDE_BY_SIDE.stem else "one after the other"
                for moment, ms in modelled(told).items():
                    if moment in there[name]:
                        real = there[name][moment]
                        apart[how, moment].append(100 * abs(ms - real) / real)
    print(f"{asked.rounds} rounds of {len(files)}, machine idle {Idle.now().share_since(before)}")
    for (how, moment), shares in apart.items():
        within = statistics.mean(share < GOAL for share in shares)
        print(f"  {how}, to the {moment}: apart by {spread(shares, '%')}; {within:.0%} within {GOAL:g}%")


if __name__ == "__main__":
    main()
