"""The project's settings: each is told of, and is the default of an option."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from chatkit_harness.cli import gate, report, run
from chatkit_harness.cli.settings import KEYS, project_settings

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"


def options(command: click.Command) -> set[str]:
    return {parameter.name for parameter in command.params if parameter.name}


def test_the_page_names_every_setting_and_no_other() -> None:
    rows = [
        line.split("|")[1] for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")
    ]
    assert sorted(name for row in rows for name in re.findall(r"`([^`]+)`", row)) == sorted(KEYS)


@pytest.mark.parametrize("key", KEYS)
def test_a_setting_is_the_default_of_an_option(key: str) -> None:
    assert KEYS[key][0] in options(run.command) | options(gate.command)


def test_ones_own_pair_is_marked_in_reports_of_the_project(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.chatkit-harness]\nmine = "1.6.5:0.24.0"\n')
    defaults = project_settings(tmp_path)
    assert defaults["run"]["mine"] == defaults["report"]["mine"] == "1.6.5:0.24.0"
    assert "mine" in options(report.command)
    assert "breaks" not in defaults  # it would leave out what the own pair does not show
