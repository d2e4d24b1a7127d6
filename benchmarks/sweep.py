"""The whole matrix with ten scenarios, against nox (uv, -j2) with the same work a cell on a sample.

What would a team do with nox for it? Two figures bound the answer. The lower: a session a pair installs it
and runs a script that asks the same ten scenarios of the same server, while somebody else plays the model
for nothing, and nobody checks, compares or writes anything. The upper is what our own noxfile has for it:
a session a pair that calls `chatkit-harness run`, host included. The goal is held against the lower one.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.asking import Model
from benchmarks.machine import Idle, spread
from benchmarks.memory import Watch, highest
from benchmarks.ours import EVERY, JUDGED, TEN, Ours, driving, program
from benchmarks.stock import Pair, environ, nox_project, nox_runner, run, timed

GOAL = 15
ROOT = Path(__file__).resolve().parent.parent


class Nox:
    """Sessions that do ten scenarios a pair, two at a time."""

    def __init__(self, folder: Path, cache: Path, pairs: Sequence[Pair], resolution: str) -> None:
        self._folder, self._cache, self._pairs, self._resolution = folder, cache, pairs, resolution
        folder.mkdir(parents=True, exist_ok=True)

    def asking(self) -> float:
        """Seconds a cell where a session installs the pair and asks; nothing is checked or kept."""
        with Model(TEN) as model:
            return self._timed([*model.arguments(self._folder), "{pair}"], ())

    def running(self) -> float:
        """Seconds a cell where a session runs the harness for its pair."""
        for made in ("environments", "resolved"):
            shutil.rmtree(self._cache / made, ignore_errors=True)
        out = self._folder / "out" / str(time.monotonic_ns()) / "{pair}"
        words = [word for name in TEN for word in ("--scenario", name)]
        words += ["--path", "native", "--resolution", self._resolution, "-j", "1"]
        words += ["--cache", str(self._cache), "--out", str(out)]
        return self._timed([*program("run")[1:], "--pair", "{pair}", *words], (str(ROOT),))

    def _timed(self, arguments: Sequence[str], install: Sequence[str]) -> float:
        noxfile = self._folder / "noxfile.py"
        noxfile.write_text(
            nox_project(self._pairs, arguments, install=install, expect=JUDGED), encoding="utf-8"
        )
        runner = nox_runner(noxfile, self._folder / "made", 2)
        runner.forget()
        return timed(runner.fresh) / len(self._pairs)


def sweep(options: argparse.Namespace, scratch: Path) -> None:
    """Everything once, with nox before and after it, and print the figures."""
    ours = Ours(scratch / "ours")
    pairs = _drawn(ours, options)
    nox = Nox(scratch / "nox", scratch / "nox-cache", pairs, options.resolution)
    nox.asking()  # not counted: it fetches wheels
    asking, running = [nox.asking()], [nox.running()]
    cells, wall = _whole(ours, options)
    for _ in range(options.rounds):
        asking.append(nox.asking())
        running.append(nox.running())
    print(f"nox uv -j2 on {len(pairs)} pairs drawn with seed {options.seed}, in turns, environments fresh:")
    told = ("pair installed and asked, nothing checked", "`chatkit-harness run` in each session")
    for what, values in zip(told, (asking, running), strict=True):
        whole = statistics.median(values) * cells
        print(f"  {what}: {spread(values, 's')} a cell; all {cells}: {whole / 60:.0f} min")
        print(f"    {whole / wall:.1f} times as long as ours" + f" (goal: {GOAL})" * (values is asking))


def _drawn(ours: Ours, options: argparse.Namespace) -> list[Pair]:
    """Some of all the pairs, by seed."""
    drawing = ("--sample", str(options.sample), "--seed", str(options.seed))
    words = ("--sweep", *EVERY, "--resolution", options.resolution, *drawing, "--cache", str(ours.cache))
    text = run([*program("list"), "cells", *words, "--format", "json"])
    return [(row["chatkit"], row["agents"]) for row in json.loads(text)["cells"]]


def _whole(ours: Ours, options: argparse.Namespace) -> tuple[int, float]:
    """The sweep of everything: how many cells, in how many seconds. Prints its figures."""
    log = ours.cache.parent / "sweep.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    ours.forget()
    words = ours.sweep(*EVERY, *driving(TEN, options.resolution, options.confirm))
    before, began = Idle.now(), time.monotonic()
    with (
        log.open("wb") as told,
        subprocess.Popen(words, stdout=told, stderr=told, env=dict(environ())) as process,
        Watch(process.pid) as watch,
    ):
        status = process.wait()
        wall = time.monotonic() - began
    if status not in JUDGED:
        sys.exit(f"{' '.join(words)}\nended with {status}\n{log.read_text(errors='replace')[-4000:]}")
    cells = ours.cells()
    print(f"{cells} cells x {len(TEN)} scenarios, {options.resolution}, wheels cached: {wall:.0f} s", end="")
    print(f", {wall / cells:.3f} s a cell; machine idle {Idle.now().share_since(before)}")
    print(f"  made: {ours.made()}")
    for each in highest(watch.peaks):
        print(f"  {each.role}: at most {each.resident:.0f} MB resident, {each.share:.0f} MB as its share")
    print(f"  all processes together: at most {watch.total_share:.0f} MB", flush=True)
    return cells, wall
