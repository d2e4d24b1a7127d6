"""The single-file form: it says what the command says, and runs where nothing else does."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.command import call
from tests.doctor.patients import copy, doctor, packages_of, python_of

import chatkit_harness.doctor as room

SOURCES = sorted(Path(str(room.__file__)).parent.glob("*.py"))


@pytest.fixture
def written(tmp_path: Path) -> Path:
    file = tmp_path / "carried" / "chatkit-doctor.py"
    file.parent.mkdir()
    assert call("doctor", "--write", file).status == 0
    return file


def run(python: Path, file: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([python, file, *arguments], capture_output=True, text=True, check=False)


@pytest.mark.cells
@pytest.mark.parametrize("broken", [pytest.param(False, marks=pytest.mark.slow), True])
def test_it_says_what_the_command_says(written: Path, good: Path, tmp_path: Path, broken: bool) -> None:
    patient = copy(good, tmp_path / "patient") if broken else good
    if broken:
        (packages_of(patient) / "agents" / "__init__.py").unlink()
    said = run(python_of(patient), written, "--format", "json")
    command = doctor(patient)
    assert (said.returncode, json.loads(said.stdout)) == (command.status, command.document)


@pytest.mark.cells
def test_it_finds_the_standard_library_whatever_lies_beside_it(written: Path, good: Path) -> None:
    for name in ("json.py", "dataclasses.py", "typing.py", "agents.py"):
        written.with_name(name).write_text("raise RuntimeError('not mine')\n")
    said = run(python_of(good), written)
    assert "Healthy" in said.stdout
    assert said.stderr == ""


def test_a_path_is_one_from_the_folder_of_who_calls(written: Path, place: Path) -> None:
    other = python_of(place / ".venv")
    other.parent.mkdir(parents=True)
    other.write_text("#!/bin/sh\necho '(2, 7, 18)'\n")
    other.chmod(0o755)
    (place / "src").mkdir()
    said = run(Path(sys.executable), written, "--python", ".venv", "--cwd", "src")
    assert (said.returncode, "This is Python 2.7.18" in said.stderr) == (3, True), said.stderr


def test_a_python_that_is_too_old_reads_it_and_is_told(written: Path) -> None:
    head, _, _ = written.read_text().partition("SOURCES = {}")
    assert "no release of openai-chatkit or openai-agents runs on it" in head
    for line in head.splitlines():
        assert "f'" not in line
        assert 'f"' not in line
    carried = written.read_text()[len(head) :]
    assert ast.parse(head + carried, feature_version=(3, 4)) is not None


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_the_oldest_python_can_read_each_source(source: Path) -> None:
    assert ast.parse(source.read_text(), feature_version=(3, 8)) is not None


def test_it_replaces_no_file_that_is_something_else(tmp_path: Path) -> None:
    file = tmp_path / "server.py"
    file.write_text("import agents\n")
    said = call("doctor", "--write", file)
    assert said.status == 2
    assert file.read_text() == "import agents\n"


def test_it_replaces_an_earlier_one(written: Path) -> None:
    assert call("doctor", "--write", written).status == 0
    assert os.access(written, os.R_OK)
