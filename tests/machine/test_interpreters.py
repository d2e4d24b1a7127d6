"""Finding interpreters."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from chatkit_harness.core.errors import SelectionError
from chatkit_harness.machine.interpreters import installed, select_interpreters


def test_without_words_it_is_the_one_that_runs_the_harness() -> None:
    assert select_interpreters(None)[0].version == ".".join(map(str, sys.version_info[:3]))


def test_a_path_is_taken_as_it_is() -> None:
    assert select_interpreters(sys.executable)[0].minor == f"{sys.version_info[0]}.{sys.version_info[1]}"


def test_one_word_for_each_minor_that_is_installed() -> None:
    for found in installed():
        assert select_interpreters(found.minor)[0].minor == found.minor


@pytest.mark.parametrize(
    ("word", "cause"),
    [
        ("3.99", "No such CPython"),
        ("snake", "neither a version nor a path"),
        ("/no/such/python", "No Python interpreter runs there"),
        (" , ", "No Python is named"),
    ],
)
def test_what_is_not_there_is_told_with_what_is(word: str, cause: str) -> None:
    with pytest.raises(SelectionError, match=cause):
        select_interpreters(word)


def test_a_file_that_is_no_interpreter_is_refused(tmp_path: Path) -> None:
    script = tmp_path / "python"
    script.write_text("#!/bin/sh\nexit 1\n")
    script.chmod(0o755)
    with pytest.raises(SelectionError, match="No Python interpreter runs there"):
        select_interpreters(str(script))
