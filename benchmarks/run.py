"""The main job: the eight default cells with fresh and with kept environments, and the host's overhead.

    python -m benchmarks.run [--rounds 3]

Wheels are cached by a first round that is not counted. "Fresh" deletes the environments before each
counted round; "kept" does not. Overhead is everything but the cell's own work, case by case.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.machine import Idle, about, spread


def one_round(cache: Path, out: Path) -> tuple[float, dict[str, Any]]:
    """Seconds of wall time, and the document of one run."""
    command = [sys.executable, "-m", "chatkit_harness", "run", "--cache", str(cache), "--out", str(out)]
    began = time.monotonic()
    done = subprocess.run([*command, "--format", "json"], capture_output=True, text=True, check=False)
    seconds = time.monotonic() - began
    if done.returncode not in (0, 1):
        sys.exit(done.stderr)
    return seconds, json.loads(done.stdout)


def overhead(document: dict[str, Any]) -> tuple[list[float], float]:
    """Per driven case the overhead in milliseconds; and its share of all the cells' own time."""
    driven = [case["timing"] for case in document["cases"] if case["timing"].get("harness_ms") is not None]
    host = [timing["harness_ms"] for timing in driven]
    own = sum(timing["driver_ms"] for timing in driven)
    return host, sum(host) / own


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    print(about())
    with tempfile.TemporaryDirectory() as scratch:
        cache = Path(scratch) / "cache"
        first, document = one_round(cache, Path(scratch) / "first")
        versions = {f"{cell['chatkit']}:{cell['agents']}" for cell in document["cells"]}
        cases = len(document["cases"])
        print(f"{len(document['cells'])} cells, {cases} cases; pairs {', '.join(sorted(versions))}")
        print(f"first round, not counted: {first:.1f} s")
        for kind in ("fresh", "kept"):
            before, walls, hosts, shares = Idle.now(), [], [], []
            for number in range(rounds):
                if kind == "fresh":
                    shutil.rmtree(cache / "environments", ignore_errors=True)
                seconds, document = one_round(cache, Path(scratch) / f"{kind}{number}")
                host, share = overhead(document)
                walls.append(seconds)
                hosts.extend(host)
                shares.append(share * 100)
            print(f"{kind} environments, {rounds} rounds, machine idle {Idle.now().share_since(before)}")
            print(f"  wall     {spread(walls, 's')}; a case {statistics.median(walls) / cases:.2f} s")
            print(f"  overhead {spread(hosts)} a case")
            print(f"  overhead {spread(shares, '%')} of the cells' own time")


if __name__ == "__main__":
    main()
