"""An option that is given and names nothing is wrong use: an unset variable must not choose everything."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.command import call


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("--scenario", "It names no scenario."),
        ("--chatkit", "It names no release."),
        ("--agents", "It names no release."),
        ("--pair", "It names no pair."),
        ("--python", "It names no Python."),
        ("--resolution", "It names no resolution."),
        ("--client", "It names no release."),
        ("--check", "It names no check."),
        ("--path", "It names no path."),
        ("--read-by", "It names no release."),
        ("--store", "It names no store."),
    ],
)
@pytest.mark.parametrize("nothing", ["", " , "])
def test_an_option_that_names_nothing_is_refused(
    tmp_path: Path, option: str, words: str, nothing: str
) -> None:
    said = call("run", option, nothing, "--cache", tmp_path, "--out", tmp_path / "run")
    assert said.status == 2
    assert words in said.err


@pytest.mark.parametrize("option", ["--client", "--check"])
def test_a_run_is_not_judged_anew_by_nothing(tmp_path: Path, option: str) -> None:
    said = call("recheck", tmp_path, option, "", "--out", tmp_path / "again")
    assert said.status == 2
    assert f"{option} ''" in said.err


@pytest.mark.parametrize(
    "given",
    [
        ("run", "--out", ""),
        ("run", "--out="),
        ("run", "--cache", " "),
        ("report", ""),
        ("breaks", "--mine", ""),
        ("list", "scenarios", "--scenarios", ""),
    ],
)
def test_an_empty_word_is_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    said = call(*given)
    assert (said.status, "It is empty, and names nothing." in said.err) == (2, True)
    assert list(tmp_path.iterdir()) == []
