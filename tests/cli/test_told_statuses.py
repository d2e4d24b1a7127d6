"""`--help` of a command names every exit status that it can have."""

from __future__ import annotations

import re

import pytest
from tests.cli.command import call

STATUSES = {
    "gate": ["0", "1", "2", "3", "130"],
    "diff": ["0", "1", "2", "3", "130"],
    "bisect": ["0", "2", "3", "130"],
    "doctor": ["0", "1", "2", "3", "130"],
    "blocker": ["0", "1", "2", "3", "130"],
    "init": ["0", "1", "2", "3", "130"],
}


@pytest.mark.parametrize("command", STATUSES)
def test_the_help_names_each_exit_status(command: str) -> None:
    told = call(command, "--help").out.partition("Exit status:")[2].partition("Example:")[0]
    assert re.findall(r"^ {4}(\d+) ", told, re.MULTILINE) == STATUSES[command]
