from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path

import pytest
from tests.reports import sample

from chatkit_harness.causes import group
from chatkit_harness.causes.needed import is_recorded
from chatkit_harness.causes.reproduce import options_of_run
from chatkit_harness.cli.run import command
from chatkit_harness.core.nouns import Cell
from chatkit_harness.engine.recorded import ANSWERS, recorded_scenarios
from chatkit_harness.engine.selection import options_of, selection_of
from chatkit_harness.engine.settings import RunSettings
from chatkit_harness.engine.targets import CATALOGUE, PROBE, PROBE_WORKFLOW, REFERENCE, WORKFLOW, Target

STARTED = "2026-11-20T09:30:00Z"


OWN = "shop.server:make"
ASKED = (
    *("--server", OWN, "--context", "shop.server:context", "--header", "X-Key: ..."),
    *(
        "--store",
        "memory,sqlite",
        "--read-by",
        "neighbours",
        "--workflow",
        "shop/flow.py",
        "--answers",
        "saved",
    ),
    *("--input", "text=input_as_text", "--with", "numpy", "--client", "newest"),
)


def line(cell: Cell, *options: str, started: str | None = None, **of_case: str) -> list[str]:
    failed = replace(sample.case(cell, outcome="fail"), **of_case)  # type: ignore[arg-type]
    (cause,) = group([failed], [cell], started=started, options=options)
    return shlex.split(cause.reproduce or "")


def asked(**of_case: str) -> list[str]:
    """The options of a case's line, in a run that was asked for all there is."""
    words = line(sample.cell(), *ASKED, **of_case)
    return words[words.index("--path") + 2 :]


def test_today_is_told_as_the_instant_of_the_run_where_that_is_known() -> None:
    assert line(sample.cell())[4:6] == ["--resolution", "today"]
    assert line(sample.cell(), started=STARTED)[4:6] == ["--resolution", STARTED]
    assert line(sample.cell(resolution="contemporary"), started=STARTED)[5] == "contemporary"


@pytest.mark.parametrize("chatkit", ["1.6.5", None])
def test_the_command_line_takes_it(chatkit: str | None) -> None:
    cell = Cell(id="x+py3.11+today", chatkit=chatkit, agents="0.9.3", python="3.11.7", resolution="today")
    words = line(cell, "--server", OWN, started=STARTED, server=OWN)
    with command.make_context("run", words[2:]) as context:
        assert context.params["pair"] == (f"{chatkit or 'none'}:0.9.3",)
        assert context.params["python"] == "3.11"
        assert context.params["scenario"] == ("quote-aapl",)
        assert context.params["server"] == "shop.server:make"


def test_a_case_on_its_own_server_names_the_servers_options_and_its_store() -> None:
    assert asked(server=OWN, store="sqlite") == [
        *("--server", OWN, "--context", "shop.server:context", "--header", "X-Key: ..."),
        *("--store", "sqlite", "--read-by", "neighbours", "--with", "numpy", "--client", "newest"),
    ]


@pytest.mark.parametrize("built_in", [REFERENCE, CATALOGUE, PROBE], ids=lambda each: each.name)
def test_a_case_on_a_built_in_server_names_no_other(built_in: Target) -> None:
    assert asked(server=built_in.name) == [
        *("--context", "shop.server:context", "--store", "memory", "--read-by", "neighbours"),
        *("--with", "numpy", "--client", "newest"),
    ]
    words = line(sample.cell(), "--server", OWN, "--context", "shop.server:context", server=built_in.name)
    assert words[-2:] == ["--path", "native"]


def test_what_a_project_brought_is_named_where_its_server_is_not() -> None:
    brought = ("--server", OWN, "--brought", "openai<=2.6.1")
    assert line(sample.cell(), *brought, server=OWN)[-2:] == ["--server", OWN]
    assert line(sample.cell(), *brought, server=CATALOGUE.name)[-2:] == ["--with", "openai<=2.6.1"]


def test_a_case_of_a_workflow_names_that_and_no_store() -> None:
    assert asked(path="agent_builder", server="workflow:flow.py") == [
        *("--workflow", "shop/flow.py", "--input", "text=input_as_text"),
        *("--with", "numpy", "--client", "newest"),
    ]


@pytest.mark.parametrize("built_in", [WORKFLOW, PROBE_WORKFLOW], ids=lambda each: each.name)
def test_a_case_of_a_built_in_workflow_names_no_other(built_in: Target) -> None:
    assert asked(path="agent_builder", server=built_in.name) == ["--with", "numpy", "--client", "newest"]


def test_saved_answers_are_named_where_they_were_judged() -> None:
    assert asked(path="agent_builder", server=ANSWERS)[2:4] == ["--answers", "saved"]


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
