"""An option that is given and names nothing is wrong use: an unset variable must not choose everything."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.command import call


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("--scenario", "It names no scenario."),
        ("--read-by", "It names no release."),
        ("--store", "It names no store."),
    ],
)
def test_an_option_that_names_nothing_is_refused(tmp_path: Path, option: str, words: str) -> None:
    said = call("run", option, "", "--cache", tmp_path, "--out", tmp_path / "run")
    assert said.status == 2
    assert words in said.err
