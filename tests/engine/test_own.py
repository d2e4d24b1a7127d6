"""What a run makes of the user's own server where a scenario or an option asks for what it has not."""

from __future__ import annotations

from pathlib import Path

import pytest

from chatkit_harness.core.data import data_folder
from chatkit_harness.core.errors import SelectionError
from chatkit_harness.core.transcript import CellFacts
from chatkit_harness.engine.assemble import Assembler
from chatkit_harness.engine.cases import plan_cases
from chatkit_harness.engine.own import find_own
from chatkit_harness.engine.plan import plan_scenarios
from chatkit_harness.engine.settings import RunSettings
from chatkit_harness.engine.targets import Target, Targets
from chatkit_harness.pins.lock_files import LockFile
from chatkit_harness.scenarios.catalogue import load_all

SHIPPED = load_all([data_folder("scenarios")])
CELL = CellFacts(python="3.12.1", platform="Linux")


def test_a_context_that_is_not_there_is_told_before_anything_is_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shop.py").write_text("def make(): ...\ndef context(values): ...\n")
    monkeypatch.chdir(tmp_path)
    settings = RunSettings(out=tmp_path, server="shop:make", server_context="shop:kontext")
    with pytest.raises(SelectionError, match=r"--context shop:kontext.*'context'"):
        find_own(settings)


def test_what_calls_the_built_in_http_side_is_not_to_be_recorded_with_an_own_server() -> None:
    own = Target(name="shop:make", kind="server", module="shop", attribute="make")
    settings = RunSettings(out=Path(), paths=("native",))
    (case,) = plan_cases(settings, [SHIPPED["session-expired"]], Targets(server=own))
    assert case.skipped == (
        "it calls the HTTP side of the built-in server, and shop:make is driven without one"
    )


def test_a_tool_server_in_somebodys_home_is_told_without_the_home() -> None:
    assembler = Assembler()
    started = {"turn": 0, "user": "hi", "request": {}, "at_ms": 0}
    stage = {"name": "connect", "agent": "stdio: /home/ann/bin/market", "at_ms": 1, "ended_at_ms": 2}
    ended = {"turn": 0, "at_ms": 3, "end": "done", "cpu_ms": 1, "starved_ms": None, "stages": [stage]}
    assembler.take({"type": "turn_started", **started})
    assembler.take({"type": "turn_ended", **ended})
    known = assembler.transcript(scenario="s", path="agent_builder", server="w", cell=CELL, imports=())
    assert known.turns[0].stages[0].agent == "stdio: ~/bin/market"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose server needs two packages, one of them in one version."""
    (tmp_path / "shop.py").write_text("def create_server(): ...\n")
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "shop"\nversion = "1"\ndependencies = ["openai==2.45.0", "prices>=2"]\n'
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_lock_of_another_day_counts_before_what_the_project_asks_for_now(shop: Path) -> None:
    own = find_own(RunSettings(out=shop, server="shop:create_server"))
    assert own.beside(None) == ("openai==2.45.0", "prices>=2")
    whole = LockFile(label="uv.lock", pins={"openai": "2.44.0", "openai-agents": "0.5.1"})
    assert own.beside(whole) == ("prices>=2",), "what the lock lacks the server needs all the same"
    loose = LockFile(label="requirements.txt", requirements=("openai<2.45", "Prices==1.0"))
    assert own.beside(loose) == ()


def test_what_the_user_asks_for_besides_counts_with_a_lock_too(shop: Path) -> None:
    own = find_own(RunSettings(out=shop, server="shop:create_server", extras=("openai<2.44",)))
    assert own.beside(LockFile(label="uv.lock", pins={"openai": "2.44.0"})) == ("openai<2.44", "prices>=2")


def test_on_a_store_that_is_named_only_the_reference_server_is_driven(tmp_path: Path) -> None:
    servers = {each.server for each in plan_scenarios(RunSettings(out=tmp_path, stores=("sqlite",)))}
    assert servers == {"reference"}
    assert "catalogue" in {each.server for each in plan_scenarios(RunSettings(out=tmp_path))}
