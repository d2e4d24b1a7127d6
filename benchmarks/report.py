"""Drawing the reports of a whole matrix: seconds, peak memory, sizes.

    python -m benchmarks.report [--rounds 3] [--keep DIR]

Writes the results of sweeps that nobody drove (benchmarks/made_sweep.py): 2,070 cells as of today, and
4,140 in two resolutions, ten scenarios each. Each round reads them and draws all reports in a
process of its own.
Goals: 2,070 cells under 10 s, the host under 300 MB, the page under 15 MB, the summary under 60 kB.
"""

from __future__ import annotations

import argparse
import io
import itertools
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.machine import Idle, about, spread
from benchmarks.made_sweep import SCENARIOS, write_sweep
from rich.console import Console

from chatkit_harness.reports import print_report, write_reports
from chatkit_harness.results import RESULTS_FILE, read_results

SWEEPS = {2070: ("today",), 4140: ("contemporary", "today")}
GOAL_S = 10.0
GOAL_MB = 300
STEPS = ("reading", "drawing", "terminal")


def draw(folder: Path) -> dict[str, float]:
    """Read a run and draw everything: seconds a step, and the peak memory of this process in MB."""
    marks = [time.perf_counter()]
    results = read_results(folder)
    marks.append(time.perf_counter())
    paths = write_reports(results, folder)
    marks.append(time.perf_counter())
    print_report(results, Console(file=io.StringIO(), width=120), paths)
    marks.append(time.perf_counter())
    seconds = (after - before for before, after in itertools.pairwise(marks))
    return {**dict(zip(STEPS, seconds, strict=True)), "peak": peak_mb()}


def peak_mb() -> float:
    """The peak memory of this process alone, in MB."""
    try:
        # Not getrusage where it can be helped: it also counts what the parent had before this process began.
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
    except (OSError, StopIteration):
        import resource  # there is none on Windows

        unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def one_round(folder: Path) -> dict[str, float]:
    """The same in a process of its own, whose memory nothing else has used."""
    command = [sys.executable, "-m", "benchmarks.report", "--draw", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    told: dict[str, float] = json.loads(done.stdout)
    return told


def measure(cells: int, folder: Path, rounds: int) -> float:
    """Print the figures of one size; the median of the whole in seconds."""
    before = Idle.now()
    told = [one_round(folder) for _ in range(rounds)]
    wholes = [sum(each[step] for step in STEPS) for each in told]
    peak = max(each["peak"] for each in told)
    idle = Idle.now().share_since(before)
    print(f"{cells} cells x {len(SCENARIOS)} scenarios, {rounds} rounds, machine idle {idle}")
    for step in STEPS:
        print(f"  {step:9} {spread([each[step] for each in told], 's')}")
    print(f"  all       {spread(wholes, 's')}")
    print(f"  peak      {peak:.0f} MB, {'within' if peak < GOAL_MB else 'OVER'} the goal of {GOAL_MB} MB")
    for name in (RESULTS_FILE, "results.json", "junit.xml", "report.html", "summary.md"):
        print(f"  {name:13} {(folder / name).stat().st_size / 1e6:8.3f} MB")
    return sorted(wholes)[len(wholes) // 2]


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--keep", type=Path, help="leave the folders there, to look at the pages")
    parser.add_argument("--draw", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.draw:
        print(json.dumps(draw(given.draw)))
        return
    print(about())
    with tempfile.TemporaryDirectory() as scratch:
        took = {}
        for cells, resolutions in SWEEPS.items():
            folder = (given.keep or Path(scratch)) / str(cells)
            if not (folder / RESULTS_FILE).exists():
                write_sweep(folder, resolutions)
            took[cells] = measure(cells, folder, given.rounds)
    small, large = took.values()
    verdict = "within" if small < GOAL_S else "OVER"
    print(f"2070 cells: {verdict} the goal of {GOAL_S:.0f} s")
    print(f"twice the cells take {large / small:.2f} x the time")


if __name__ == "__main__":
    main()
