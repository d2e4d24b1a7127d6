"""What the user's own server, workflow or answers change in a selection."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import pytest

from chatkit_harness.cli import options
from chatkit_harness.cli.selection import run_settings
from chatkit_harness.core.errors import SelectionError
from chatkit_harness.engine.settings import RunSettings


def asked(*arguments: str, settings: dict[str, Any] | None = None) -> RunSettings:
    """The settings for these arguments, beside those of a project's file."""
    found: list[RunSettings] = []

    @click.command()
    @options.selection
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
