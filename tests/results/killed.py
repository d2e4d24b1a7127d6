"""A run that is killed again and again while it writes, and goes on each time; for test_crash.py.

`python -m tests.results.killed FOLDER SEED` ends with status 0 where nothing was lost and nothing invented.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

from tests.reports import sample

from chatkit_harness.core.nouns import CaseResult, Cell
from chatkit_harness.results import Results, ResultsWriter, RunFooter, believable, read_so_far, summary

CELLS = [sample.cell(agents=f"0.{n}.0") for n in range(6)]
CASES = [
    sample.case(cell, name, "fail" if n % 2 else "pass")
    for n, cell in enumerate(CELLS)
    for name in sample.SCENARIOS
]


def go_on(folder: Path) -> None:
    """Do what is not done yet, as a resumed run does."""
    before = read_so_far(folder)
    done = believable(before) if before else {}
    with ResultsWriter(folder, resume=True, packed=True) as writer:
        writer.header(sample.HEADER)
        for cell in CELLS:
            if before is None or cell not in before.cells:
                writer.cell(cell)
            for case in CASES:
                if case.cell == cell.id and case.id not in done:
                    _drive(writer, cell, case)
        writer.footer(RunFooter(finished="2026-11-20T09:31:10Z", summary=summary(CASES)))


def _drive(writer: ResultsWriter, cell: Cell, case: CaseResult) -> None:
    done = sample.transcript(cell, case.scenario, fails=case.outcome == "fail")
    writer.case(replace(case, transcript=writer.transcript(replace(done, notes=(case.id,)))))


def check(results: Results | None) -> int:
    """How many cases are believed; each must be as it was written, with a transcript of its own."""
    if results is None:
        return 0
    expected = {case.id: case for case in CASES}
    believed = believable(results)
    for case in believed.values():
        assert case.transcript is not None
        assert replace(case, transcript=None) == expected[case.id]
        assert results.transcript(case.transcript).notes == (case.id,)
    return len(believed)


def check_whole(folder: Path) -> None:
    """After all, the run is as if nobody had disturbed it."""
    results = read_so_far(folder)
    assert results is not None
    assert check(results) == len(CASES)
    assert not results.interrupted
    assert not results.complaints, results.complaints
    assert not results.notes, results.notes
    assert not list(folder.rglob(".*.part"))


def main(folder: Path, seed: int) -> None:
    drawn = random.Random(seed)  # noqa: S311 - no secret
    kept = kills = 0
    while kills < 40:
        child = os.fork()
        if child == 0:
            go_on(folder)
            os._exit(0)
        time.sleep(drawn.random() * 0.012)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        kills += 1
        now = check(read_so_far(folder))
        assert now >= kept, "what was believed before is lost"
        kept = now
        if status == 0 and drawn.random() < 0.8:  # it came to its end: begin another
            check_whole(folder)
            folder = folder.with_name(f"{folder.name}-{kills}")
            kept = 0
    go_on(folder)
    check_whole(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
