"""Environments that say something at their start or end: they are examined like those that are silent."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.doctor.patients import doctor, packages_of, python_of, venv

SAYS = {
    "a line": "print('Welcome!')",
    "a line at once": "print('Welcome!', flush=True)",
    "no whole line": "print('Welcome! ', end='', flush=True)",
    "what reads as Python": "print('7', '(3, 11)', {'path': 1}, sep='\\n', flush=True)",
    "a line at the end": "import atexit; atexit.register(print, 'Goodbye!')",
}


@pytest.mark.parametrize("says", SAYS.values(), ids=SAYS)
def test_what_an_environment_says_by_itself_changes_nothing(
    says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = venv(tmp_path / "patient")
    monkeypatch.setenv("PATH", str(python_of(patient).parent))
    silent = doctor(patient)
    assert [each["name"] for each in silent.document["programs"]] == ["python", "python3"]
    (packages_of(patient) / "sitecustomize.py").write_text(f"{says}\n")
    said = doctor(patient)
    assert (said.status, said.document) == (silent.status, silent.document)
