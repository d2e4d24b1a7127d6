"""At which line of the candidate's file a problem points, by how sure its culprit is."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest
from tests.reports import sample

from chatkit_harness.bisect.nouns import Change
from chatkit_harness.core.nouns import Finding
from chatkit_harness.engine.sides import Side
from chatkit_harness.gate.compared import Compared
from chatkit_harness.gate.document import document
from chatkit_harness.gate.drive import Driven
from chatkit_harness.gate.latency import Latency
from chatkit_harness.gate.problems import Culprit, Problem
from chatkit_harness.gate.verdict import Verdict
from chatkit_harness.results import Results

NAMES = ("annotated-types", "anyio", "attrs", "openai")
FILE = "".join(f"{name}==2\n" for name in (*NAMES, "openai-agents", "openai-chatkit"))
AGENTS = 5


def line(folder: Path, culprit: Culprit | None) -> int:
    """The line of a file that names everything, in an answer of which only this is made up."""
    file = folder / "requirements.txt"
    file.write_text(FILE)
    side = Side(name="candidate", word="requirements.txt", file=file, place="requirements.txt")
    cell = sample.cell()
    driven = Driven(
        planned=cast("Any", None), base=side, candidate=side, results=Results(header=sample.HEADER),
        base_cell=cell, candidate_cell=cell,
    )  # fmt: skip
    finding = Finding(rule="run/raised", severity="error", key="broken", message="broken")
    problem = Problem(key="broken", title="broken", findings=(finding,), cases=(), culprit=culprit)
    times = Latency(word="same", pairs=0, ratio=None, chance=None, budget=1.5)
    compared = Compared(changes=(), wire=(), latency=times)
    told = document(Verdict(word="breaks", problems=(problem,)), compared, driven)
    return int(told["problems"][0]["place"]["line"])


def culprit(verdict: str, *names: str) -> Culprit:
    changes = tuple(Change(name=name, good="1", bad="2") for name in names)
    return Culprit(verdict=verdict, text="It is.", changes=changes)


@pytest.mark.parametrize(
    ("suspect", "expected"),
    [
        (culprit("suspected", *NAMES), AGENTS),
        (culprit("suspected", *NAMES[1:]), 2),
        (culprit("found", *NAMES), 1),
        (culprit("unknown"), AGENTS),
        (None, AGENTS),
    ],
)
def test_a_suspicion_of_many_points_at_none_of_them(
    tmp_path: Path, suspect: Culprit | None, expected: int
) -> None:
    assert line(tmp_path, suspect) == expected
