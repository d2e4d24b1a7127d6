from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path

import pytest
from tests.reports import sample

from chatkit_harness.causes import group
from chatkit_harness.causes.reproduce import is_recorded, options_of_run
from chatkit_harness.cli.run import command
from chatkit_harness.core.nouns import Cell
from chatkit_harness.engine.recorded import recorded_scenarios
from chatkit_harness.engine.selection import options_of, selection_of
from chatkit_harness.engine.settings import RunSettings

STARTED = "2026-11-20T09:30:00Z"


def line(cell: Cell, *options: str, started: str | None = None) -> list[str]:
    (cause,) = group([sample.case(cell, outcome="fail")], [cell], started=started, options=options)
    return shlex.split(cause.reproduce or "")


def test_today_is_told_as_the_instant_of_the_run_where_that_is_known() -> None:
    assert line(sample.cell())[4:6] == ["--resolution", "today"]
    assert line(sample.cell(), started=STARTED)[4:6] == ["--resolution", STARTED]
    assert line(sample.cell(resolution="contemporary"), started=STARTED)[5] == "contemporary"


@pytest.mark.parametrize("chatkit", ["1.6.5", None])
def test_the_command_line_takes_it(chatkit: str | None) -> None:
    cell = Cell(id="x+py3.11+today", chatkit=chatkit, agents="0.9.3", python="3.11.7", resolution="today")
    words = line(cell, "--server", "shop.server:make", started=STARTED)
    with command.make_context("run", words[2:]) as context:
        assert context.params["pair"] == (f"{chatkit or 'none'}:0.9.3",)
        assert context.params["python"] == "3.11"
        assert context.params["scenario"] == ("quote-aapl",)
        assert context.params["server"] == "shop.server:make"


def test_only_what_stores_threads_is_read_by_others() -> None:
    read = ("--read-by", "neighbours", "--with", "numpy")
    assert line(sample.cell(), *read)[-4:] == [*read]
    answered = replace(sample.case(sample.cell(), outcome="fail"), path="agent_builder")
    (cause,) = group([answered], [sample.cell()], options=read)
    assert shlex.split(cause.reproduce or "")[-4:] == ["--path", "agent_builder", "--with", "numpy"]


@pytest.mark.parametrize(
    ("scenario", "path", "reads"),
    [
        ("quote-aapl", "native", False),
        ("answers", "native", False),
        ("recorded-streams/aapl", "native", True),
        ("answers/truncated-command", "agent_builder", True),
    ],
)
def test_only_what_was_recorded_is_read_from_a_folder(scenario: str, path: str, *, reads: bool) -> None:
    failed = replace(sample.case(sample.cell(), scenario, "fail"), path=path)
    (cause,) = group([failed], [sample.cell()], options=("--data", "kept", "--with", "numpy"))
    data = ["--data", "kept"] if reads else []
    assert shlex.split(cause.reproduce or "")[-4 - len(data) :] == ["--path", path, *data, "--with", "numpy"]


def test_a_described_answer_is_of_the_group_by_whatever_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "hours.txt").write_text("From nine to five.", "utf-8")
    own = tmp_path / "scenarios" / "answers"
    own.mkdir(parents=True)
    described = (
        "id: opening-hours\ntitle: T\npaths: [agent_builder]\nanswer: hours.txt\nturns: [{user: When?}]\n"
    )
    (own / "hours.yaml").write_text(described, "utf-8")
    monkeypatch.chdir(tmp_path)
    (scenario,) = recorded_scenarios(tmp_path / "kept")
    assert (scenario.id, scenario.turns[0].user) == ("answers/opening-hours", "When?")
    assert is_recorded(scenario.id)


def test_what_was_never_driven_has_no_line() -> None:
    cell = sample.cell(unresolvable="no such release")
    assert (
        group([sample.case(cell, outcome="unresolvable", reason="no such release")], [cell])[0].reproduce
        is None
    )


def test_what_a_header_keeps_names_the_same_options_as_the_run_itself() -> None:
    settings = RunSettings(
        out=Path("out"),
        server="shop.server:make",
        server_context="shop.server:context",
        endpoint="http://127.0.0.1:8000/chatkit",
        stores=("memory", "sqlite"),
        read_by=("newest",),
        upstream="127.0.0.1:9000",
        workflow="shop.workflow:run",
        answers=Path("answers"),
        cassettes=Path("cassettes"),
        clients="fetch",
        data=Path("data"),
        scenario_folder=Path("mine"),
        extras=("pandas==2.2", "numpy"),
        inputs={"text": "input_as_text"},
        env={"SHOP": "open"},
        headers={"X-Key": "secret"},
        other_headers={"X-User": "secret"},
    )
    assert list(options_of_run(selection_of(settings))) == options_of(settings)
