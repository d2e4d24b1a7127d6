"""Patients that cannot be examined: one clear answer each, and exit status 3."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.cli.command import call
from tests.doctor.patients import python_of

PYTHON_2 = "#!/bin/sh\necho '(2, 7, 18)'\n"


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def said_of(patient: object, *words: str) -> None:
    said = call("doctor", "--python", patient)
    assert said.status == 3
    assert [word for word in words if word not in said.err] == []
    assert "Traceback" not in said.err


def test_no_such_interpreter(tmp_path: Path) -> None:
    said_of(tmp_path / "nowhere", "nowhere", "There is no such interpreter or folder.")


def test_a_folder_that_is_no_environment(tmp_path: Path) -> None:
    said_of(tmp_path, "holds no Python interpreter")


def test_an_environment_whose_base_is_gone(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(tmp_path / "gone")
    said_of(tmp_path, str(tmp_path / "gone"), "Make the environment again.")


def test_another_major_version(tmp_path: Path) -> None:
    said_of(program(tmp_path / "python", PYTHON_2), "This is Python 2.7.18", "Python 3.10 or newer")


def test_a_path_is_one_from_the_folder_of_who_calls(place: Path) -> None:
    program(python_of(place / ".venv"), PYTHON_2)
    (place / "src").mkdir()
    for words in (["--python", ".venv"], []):
        said = call("doctor", *words, "--cwd", "src")
        assert (said.status, "This is Python 2.7.18" in said.err) == (3, True), said.err


def test_a_program_that_is_no_python(tmp_path: Path) -> None:
    said_of(program(tmp_path / "python", "#!/bin/sh\necho no >&2\nexit 1\n"), "No Python answers there (no)")


def test_a_python_that_ends_at_its_start(tmp_path: Path) -> None:
    only_short = f'#!/bin/sh\ncase "$3" in import*) exec {sys.executable} "$@";; esac\nexit 7\n'
    said_of(program(tmp_path / "python", only_short), "exit status 7")


def test_a_working_directory_that_is_not_there(tmp_path: Path) -> None:
    assert call("doctor", "--cwd", tmp_path / "nowhere").status == 2


def test_for_scripts_an_error_is_a_document(tmp_path: Path) -> None:
    said = call("doctor", "--python", tmp_path, "--format", "json")
    assert said.status == 3
    assert '"code": "unavailable"' in said.out
