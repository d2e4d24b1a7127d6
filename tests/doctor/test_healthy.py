"""Environments of several kinds in which nothing is wrong: no cause, and the kind is recognised."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.doctor.patients import (
    AGENTS,
    CHATKIT,
    MINOR,
    THEN,
    doctor,
    files,
    fill,
    packages_of,
    python_of,
    uv,
    venv,
)

pytestmark = pytest.mark.cells
Make = Callable[[Path, Path, pytest.MonkeyPatch], Path]


def made_by_python_with_pip(folder: Path, good: Path, _environ: pytest.MonkeyPatch) -> Path:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    uv("pip", "install", "--python", python_of(folder), "pip")
    fill(packages_of(folder), good)
    return folder


def made_by_uv_without_pip(_folder: Path, good: Path, _environ: pytest.MonkeyPatch) -> Path:
    return good


def seeing_its_base_and_the_user_site(folder: Path, good: Path, environ: pytest.MonkeyPatch) -> Path:
    environ.setenv("PYTHONUSERBASE", str(folder / "home"))
    fill(folder / "home" / "lib" / MINOR / "site-packages", good)
    return venv(folder / "venv", "--system-site-packages")


def target_folder_on_python_path(folder: Path, good: Path, environ: pytest.MonkeyPatch) -> Path:
    fill(folder / "packages", good)
    environ.setenv("PYTHONPATH", str(folder / "packages"))
    return venv(folder / "venv")


def conda_prefix(folder: Path, good: Path, _environ: pytest.MonkeyPatch) -> Path:
    """An installation of its own, not a virtual environment, with the folder in which conda keeps notes."""
    library, base = folder / "lib" / MINOR, Path(sys.base_prefix) / "lib" / MINOR
    library.mkdir(parents=True)
    for each in base.iterdir():
        if each.name != "site-packages":
            (library / each.name).symlink_to(each)
    (folder / "bin").mkdir()
    shutil.copy2(os.path.realpath(sys.executable), python_of(folder))
    for shared in (Path(sys.base_prefix) / "lib").glob("libpython*"):
        (folder / "lib" / shared.name).symlink_to(shared)
    (folder / "conda-meta").mkdir()
    fill(library / "site-packages", good)
    return folder


def uv_tool(folder: Path, _good: Path, environ: pytest.MonkeyPatch) -> Path:
    environ.setenv("UV_TOOL_DIR", str(folder / "tools"))
    environ.setenv("UV_TOOL_BIN_DIR", str(folder / "bin"))
    extra = ["--with", CHATKIT, "--with", AGENTS, "--exclude-newer", THEN, "--python", sys.executable]
    uv("tool", "install", "--quiet", "openai", *extra)
    return folder / "tools" / "openai"


KINDS: dict[Make, tuple[str, str]] = {
    made_by_python_with_pip: ("virtual environment", "site-packages"),
    made_by_uv_without_pip: ("virtual environment", "site-packages"),
    seeing_its_base_and_the_user_site: ("virtual environment", "user site-packages"),
    target_folder_on_python_path: ("virtual environment", "PYTHONPATH"),
    conda_prefix: ("conda", "site-packages"),
    uv_tool: ("uv tool", "site-packages"),
}


LONG = (seeing_its_base_and_the_user_site, target_folder_on_python_path, conda_prefix, uv_tool)


@pytest.mark.parametrize(
    "make",
    [pytest.param(make, marks=[pytest.mark.slow] if make in LONG else []) for make in KINDS],
    ids=lambda make: make.__name__,
)
def test_nothing_is_wrong(make: Make, tmp_path: Path, good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make(tmp_path / "patient", good, monkeypatch)
    before = files(folder)
    said = doctor(folder, "--fix")
    assert (said.status, said.keys) == (0, [])
    found = {each["name"]: each["place"] for each in said.document["distributions"]}
    assert (said.document["patient"]["kind"], found["openai-agents"]) == KINDS[make]
    assert files(folder) == before
