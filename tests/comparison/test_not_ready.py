"""What was not made ready to run, or raised here, is no answer to what its users get."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from tests.comparison.build import Run, native, workflow

from chatkit_harness.comparison import compare
from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.transcript import LogRecord, Raised, Transcript

NEEDS = Raised(
    type="chatkit_harness.incell.user_files.UserServerError",
    message="export.py needs the module tabulate, which is not in the cell: add --with tabulate",
)
BOOM = Raised(type="builtins.RuntimeError", message="boom")
BROKEN = Finding(rule="run/raised", severity="error", key="run/raised", message="it does not run here")


def not_ready(transcript: Transcript) -> Transcript:
    """The same case, of which nothing was driven."""
    record = LogRecord(at_ms=0.0, logger="chatkit_harness.workflow", level="error", message="", raised=NEEDS)
    return dataclasses.replace(transcript, turns=(), log=(record,))


def raising(transcript: Transcript, raised: Raised) -> Transcript:
    """The same case, whose question ended in an exception."""
    turn = dataclasses.replace(transcript.turns[0], end="raised", message=None, raised=raised)
    return dataclasses.replace(transcript, turns=(turn,))


@pytest.mark.parametrize("how", ["not ready", "needs input", "raises"])
def test_a_workflow_that_does_not_run_here_lets_nothing_pass(tmp_path: Path, how: str) -> None:
    there = workflow("You can.")
    failed = {
        "not ready": not_ready(there),
        "needs input": raising(there, NEEDS),
        "raises": raising(there, BOOM),
    }[how]
    run = Run(tmp_path).add("returns", native("You can.")).add("returns", failed, BROKEN)
    comparison = compare(run.results())
    assert [each.verdict for each in comparison.scenarios] == ["cannot be told"]
    assert comparison.status == 3


def test_a_server_that_is_not_ready_breaks_nothing_either(tmp_path: Path) -> None:
    failed = not_ready(native("You can."))
    run = Run(tmp_path).add("returns", failed, BROKEN).add("returns", workflow("You can."))
    comparison = compare(run.results())
    assert [each.verdict for each in comparison.scenarios] == ["cannot be told"]
    assert comparison.status == 3
