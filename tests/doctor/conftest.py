"""One environment with the real packages, as of the day on which the blocker was met."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.doctor.patients import AGENTS, CHATKIT, THEN, pip, venv
from uv import find_uv_bin


@pytest.fixture(scope="session")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment that works; tests make copies of it."""
    folder = venv(tmp_path_factory.mktemp("doctor") / "good")
    pip(folder, "install", CHATKIT, AGENTS, "--exclude-newer", THEN)
    return folder


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory, and nothing but uv on PATH."""
    folder, programs = tmp_path / "project", tmp_path / "programs"
    folder.mkdir()
    programs.mkdir()
    (programs / "uv").symlink_to(find_uv_bin())
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.delenv("PYTHONPATH", raising=False)
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    return folder
