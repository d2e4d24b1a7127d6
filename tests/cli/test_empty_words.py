"""An option that is given and names nothing is wrong use: an unset variable must not choose everything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from tests.cli.command import call

from chatkit_harness.cli.main import cli


def taking_words(command: click.Command = cli, *names: str) -> Iterator[tuple[str, ...]]:
    """Every command with each of its options that take a word."""
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from taking_words(found, *names, name)
    for parameter in command.params:
        if isinstance(parameter, click.Option) and not parameter.is_flag:
            yield *names, max(parameter.opts, key=len)


@pytest.mark.parametrize("words", [each for each in taking_words() if each[-1] != "--reason"], ids=" ".join)
def test_no_option_of_any_command_takes_an_empty_word(words: tuple[str, ...]) -> None:
    said = call(*words, "")
    assert (said.status, said.err.splitlines()[0]) == (2, f"Error: {words[-1]} ''")


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (("merge", "run1", " "), "RESULTS"),
        (("merge", "", "run1"), "RESULTS"),
        (("list", "coverage", ""), "RUN"),
        (("schemas", "diff", "1.3.1", ""), "B"),
    ],
)
def test_a_word_without_an_option_is_called_as_the_help_calls_it(given: tuple[str, ...], name: str) -> None:
    said = call(*given)
    assert (said.status, said.err.splitlines()[0]) == (2, f"Error: {name} ''")


@pytest.mark.parametrize("option", ["--chatkit", "--client"])
def test_no_schemas_are_written_of_no_release(tmp_path: Path, option: str) -> None:
    said = call("schemas", "sync", option, " , ", "--out", tmp_path / "schemas", "--cache", tmp_path)
    assert (said.status, "It names no release." in said.err) == (2, True)
    assert not (tmp_path / "schemas").exists()


def test_settings_that_name_nothing_are_not_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.chatkit-harness]\nchatkit = ""\n')
    monkeypatch.chdir(tmp_path)
    for command in (("sweep",), ("list", "cells", "--sweep")):
        said = call(*command, "--cache", tmp_path)
        assert (said.status, "It names no release." in said.err) == (2, True)


@pytest.mark.parametrize("nothing", ["[]", '""', '[" ", ""]'])
@pytest.mark.parametrize(("key", "option"), [("client", "--client"), ("widgets-by", "--widgets-by")])
def test_a_setting_that_names_nothing_is_blamed_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nothing: str, key: str, option: str
) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.chatkit-harness]\n{key} = {nothing}\n")
    monkeypatch.chdir(tmp_path)
    for command in ("run", "sweep", "recheck"):
        said = call(command)
        where = f"Error: {tmp_path / 'pyproject.toml'}: tool.chatkit-harness.{key}"
        assert (said.status, said.err.splitlines()[0]) == (2, where)
        assert call(command, option, ",").err.splitlines()[0] == f"Error: {option} ','"


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
