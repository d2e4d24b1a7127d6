"""What agents hands out is taken away for real, kind by kind, and each scenario that names it fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.catalogue import liars_mixed, liars_model
from tests.own_seat import own_seat

from chatkit_harness.checks import run_checks
from chatkit_harness.checks.judge import Judgement, judge
from chatkit_harness.core.data import data_folder
from chatkit_harness.core.kinds import named_kinds
from chatkit_harness.engine.seat import Seat
from chatkit_harness.engine.targets import CATALOGUE, Target
from chatkit_harness.scenarios.catalogue import load_folder
from chatkit_harness.upstream import render_script

SCENARIOS = load_folder(data_folder("scenarios") / "catalogue")
ELSEWHERE = {
    name
    for table in (liars_model.PASS_ELSEWHERE, liars_mixed.PASS_ELSEWHERE)
    for names in table.values()
    for name in names
}
NAMED = [
    (name, kind)
    for name, scenario in SCENARIOS.items()
    for kind in sorted(named_kinds(scenario))
    if kind.startswith("agents.") and name not in ELSEWHERE
]
THIEF = Target(
    name="catalogue",
    module="thief",
    path=(Path(__file__).parent,),
    imports=(*CATALOGUE.imports, "thief"),
)

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Room:
    """A cell in which things of one kind are kept from whoever reads the stream."""

    seat: Seat
    kept: Path

    def judged(self, name: str, taken: str = "") -> Judgement:
        self.kept.write_text(taken, encoding="utf-8")
        scenario = SCENARIOS[name]
        held = self.seat.drive(scenario, render_script(scenario), THIEF).transcript
        return judge(held, scenario, run_checks(held, scenario))


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """The environment of these tests as a cell."""
    home = tmp_path_factory.mktemp("thief")
    kept = home / "kept.txt"
    kept.touch()
    with own_seat(home, [THIEF], limit_s=10, environ={"KEPT_BY_THIEF": str(kept)}) as made:
        yield Room(made, kept)


@pytest.mark.parametrize("name", sorted({name for name, _kind in NAMED}))
def test_it_passes_where_nothing_is_taken(room: Room, name: str) -> None:
    verdict = room.judged(name)
    wrong = [str(each) for each in verdict.findings if each.severity == "error"]
    assert (verdict.outcome, wrong) == ("pass", [])


@pytest.mark.parametrize(("name", "kind"), NAMED)
def test_it_fails_where_a_kind_that_it_names_never_comes(room: Room, name: str, kind: str) -> None:
    verdict = room.judged(name, kind)
    assert verdict.outcome == "fail"
    assert "error" in {each.severity for each in verdict.findings}
