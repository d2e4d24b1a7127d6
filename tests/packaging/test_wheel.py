"""The wheel carries its data and works from any folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without isolation and therefore without network, and unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "unpacked")
    return folder / "unpacked"


def call(unpacked: Path, cwd: Path, *arguments: str) -> str:
    environ = {**os.environ, "PYTHONPATH": str(unpacked)}
    command = [sys.executable, "-m", "chatkit_harness", *arguments, "--format", "json"]
    return subprocess.run(command, cwd=cwd, env=environ, check=True, capture_output=True, text=True).stdout


def test_scenarios_cassettes_and_schemas_come_with_it(unpacked: Path) -> None:
    data = unpacked / "chatkit_harness" / "_data"
    for folder in ("scenarios", "cassettes", "schemas"):
        mine = {path.relative_to(ROOT / folder) for path in (ROOT / folder).rglob("*.*")}
        assert mine <= {path.relative_to(data / folder) for path in (data / folder).rglob("*.*")}
    assert (unpacked / "chatkit_harness/reports/templates/page.html.j2").is_file()
    assert (unpacked / "chatkit_harness/reports/page/static/main.js").is_file()
    assert (unpacked / "chatkit_harness/reference/requirements/attachments.txt").is_file()


def test_it_works_from_any_folder(unpacked: Path, tmp_path: Path) -> None:
    names = {each["id"] for each in json.loads(call(unpacked, tmp_path, "list", "scenarios"))["scenarios"]}
    assert {"quote-aapl", "news-tsla", "calendar-nfp"} <= names
    assert json.loads(call(unpacked, tmp_path, "schemas", "diff", "1.3.1", "1.4.0"))["changes"]


def test_a_projects_own_scenarios_come_first(unpacked: Path, tmp_path: Path) -> None:
    (tmp_path / "scenarios").mkdir()
    own = "id: quote-aapl\ntitle: Mine\nturns: [{user: hi}]\nscript: [{say: hello}]\n"
    (tmp_path / "scenarios" / "quote.yaml").write_text(own)
    listed = json.loads(call(unpacked, tmp_path, "list", "scenarios"))["scenarios"]
    assert {each["id"]: each["title"] for each in listed}["quote-aapl"] == "Mine"
