"""The native catalogue on one cell, by one process and by one a core, in turns: seconds, and their ratio.

    python -m benchmarks.catalogue [--pair 1.6.5:0.24.0] [--rounds 3]

A first round, which is not counted, makes the environment. Times are of the whole command, pins and reports
included.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.machine import Idle, about, spread


def one_round(pair: str, jobs: int, cache: Path, out: Path) -> float:
    """Seconds of wall time."""
    command = [sys.executable, "-m", "chatkit_harness", "run", "--pair", pair, "--resolution", "today"]
    command += ["--path", "native", "--scenario", "catalogue", "-j", str(jobs)]
    began = time.monotonic()
    done = subprocess.run(
        [*command, "--cache", str(cache), "--out", str(out)], capture_output=True, text=True, check=False
    )
    if done.returncode not in (0, 1):
        sys.exit(done.stderr)
    return time.monotonic() - began


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pair", default="1.6.5:0.24.0")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    cores = os.cpu_count() or 1
    print(about())
    walls: dict[int, list[float]] = {1: [], cores: []}
    with tempfile.TemporaryDirectory() as scratch:
        cache = Path(scratch) / "cache"
        print(f"first round, not counted: {one_round(asked.pair, 1, cache, Path(scratch) / 'first'):.1f} s")
        before = Idle.now()
        for number in range(asked.rounds):
            for jobs, seconds in walls.items():
                seconds.append(one_round(asked.pair, jobs, cache, Path(scratch) / f"{jobs}-{number}"))
        print(f"{asked.rounds} rounds in turns, machine idle {Idle.now().share_since(before)}")
    for jobs, seconds in walls.items():
        print(f"  jobs {jobs}  {spread(seconds, 's')}")
    ratio = statistics.median(walls[cores]) / statistics.median(walls[1])
    print(f"  {cores} jobs take {ratio:.2f} of the time of one")


if __name__ == "__main__":
    main()
