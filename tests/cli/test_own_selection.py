"""What the user's own server, workflow or answers change in a selection."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import click
import pytest
from tests.cli.command import call
from tests.reports.sample import write

from chatkit_harness.cli import options
from chatkit_harness.cli.selection import run_settings
from chatkit_harness.core.errors import SelectionError
from chatkit_harness.engine.settings import RunSettings
from chatkit_harness.results import ResultsWriter


def asked(*arguments: str, settings: dict[str, Any] | None = None) -> RunSettings:
    """The settings for these arguments, beside those of a project's file."""
    found: list[RunSettings] = []

    @click.command()
    @options.selection
    @options.CHECK
    @options.CLIENT
    @options.WIDGETS_BY
    def command(**given: Any) -> None:
        found.append(run_settings(given))

    command.main([*arguments], standalone_mode=False, default_map=settings or {})
    return found[0]


def test_an_own_server_is_asked_about_as_it_would_be_installed_today() -> None:
    settings = asked("--server", "shop.server:create_server")
    assert (settings.pairs, settings.resolution) == (("newest:newest",), "today")


def test_named_versions_beat_that() -> None:
    settings = asked("--server", "shop.server:create_server", "--chatkit", "1.4.0")
    assert (settings.pairs, settings.chatkit, settings.resolution) == ((), "1.4.0", "contemporary,today")


def test_answers_of_the_command_line_replace_the_projects_workflow() -> None:
    settings = asked("--answers", "answers", settings={"workflow": "export.py"})
    assert (settings.answers, settings.workflow) == (Path("answers"), None)


def test_both_on_the_command_line_are_refused() -> None:
    with pytest.raises(SelectionError, match="Name one of the two"):
        asked("--answers", "answers", "--workflow", "export.py")


def test_a_variable_is_passed_on_by_its_name_or_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_DATABASE", "shop.db")
    settings = asked("--env", "SHOP_DATABASE", "--env", "SHOP_COLOUR=red")
    assert settings.env == {"SHOP_DATABASE": "shop.db", "SHOP_COLOUR": "red"}


@pytest.mark.parametrize(
    ("given", "words"),
    [("SHOP_NOWHERE", "not set here"), ("OPENAI_API_KEY=x", "on loopback"), ("a-b=c", "no name")],
)
def test_variables_that_cannot_be_are_refused(given: str, words: str) -> None:
    with pytest.raises(SelectionError, match=words):
        asked("--env", given)


def test_releases_of_the_client_that_no_check_asks_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SelectionError, match="Add --check client"):
        asked("--client", "1.5.0", "--check", "widgets,text")
    said = call("recheck", write(tmp_path / "run").folder, "--client", "1.5.0", "--check", "widgets")
    assert (said.status, "Only the check `client` asks it" in said.err) == (2, True)


def test_a_run_goes_on_with_releases_of_the_client_only_where_its_checks_ask_them(tmp_path: Path) -> None:
    results = write(tmp_path / "run")
    told = dataclasses.replace(results.header, selection={**results.header.selection, "checks": ["widgets"]})
    with ResultsWriter(tmp_path / "told") as writer:
        writer.header(told)
    said = call("run", "--resume", tmp_path / "told", "--client", "1.5.0", "--cache", tmp_path)
    assert (said.status, "the checks are widgets" in said.err) == (2, True)


@pytest.mark.parametrize("more", [(), ("--check", "client"), ("--check", "widgets,client")])
def test_releases_of_the_client_are_taken_where_it_is_asked(more: tuple[str, ...]) -> None:
    assert asked("--client", "1.5.0", *more).clients == "1.5.0"


def test_checks_of_the_command_line_may_leave_out_the_projects_client() -> None:
    settings = asked("--check", "widgets", settings={"client": "1.5.0"})
    assert (settings.checks, settings.clients) == (("widgets",), "1.5.0")
    with pytest.raises(SelectionError, match="Only the check `client` asks it"):
        asked(settings={"client": "1.5.0", "checks": ["widgets"]})


def test_so_it_is_with_releases_that_judge_widgets_besides() -> None:
    settings = asked("--check", "text", settings={"widgets_by": "1.2.0"})
    assert (settings.checks, settings.widgets_by) == (("text",), "1.2.0")
    with pytest.raises(SelectionError, match="Only the check `widgets` asks it"):
        asked("--check", "text", "--widgets-by", "1.2.0")
