"""What a project has already, and the CI job that it gets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from chatkit_harness.core.errors import SelectionError
from chatkit_harness.scaffold.project import NO_LOCK, Project, read_project
from chatkit_harness.scaffold.texts import ci_files

PAIR = "openai-chatkit==1.6.5\nopenai-agents==0.24.0\n"
DECLARED = '[project]\nname = "x"\ndependencies = ["openai-chatkit>=1.4"]\n'


def project(folder: Path, files: dict[str, str], **given: Any) -> Project:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return read_project(folder, **given)


@pytest.mark.parametrize(
    ("files", "lock"),
    [
        ({"uv.lock": "", "requirements.txt": PAIR}, "uv.lock"),
        ({"pylock.toml": "", "pyproject.toml": DECLARED}, "pylock.toml"),
        ({"requirements.txt": "flask", "requirements-prod.txt": PAIR}, "requirements-prod.txt"),
        ({"requirements-dev.txt": "pytest", "pyproject.toml": DECLARED}, "pyproject.toml"),
        ({"requirements.txt": "flask", "pyproject.toml": "[tool.x]"}, None),
    ],
)
def test_the_file_that_says_which_versions_run(
    tmp_path: Path, files: dict[str, str], lock: str | None
) -> None:
    found = project(tmp_path, files)
    assert found.lock == lock
    assert (NO_LOCK in found.notes) is (lock is None)


@pytest.mark.parametrize(
    ("files", "ci"),
    [
        ({".github/dependabot.yml": "", ".gitlab-ci.yml": ""}, "github"),
        ({".gitlab-ci.yml": ""}, "gitlab"),
        ({".git/config": '[remote "origin"]\n\turl = git@gitlab.example.com:a/b.git\n'}, "gitlab"),
        ({".git/config": '[remote "origin"]\n\turl = git@github.com:a/b.git\n'}, "github"),
        ({}, "github"),
    ],
)
def test_the_ci_is_the_one_that_the_repository_has(tmp_path: Path, files: dict[str, str], ci: str) -> None:
    assert project(tmp_path, files).ci == ci


@pytest.mark.parametrize("name", ["no.lock", "../outside.lock"])
def test_a_lock_that_is_not_in_the_project_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "outside.lock").write_text("")
    (tmp_path / "app").mkdir()
    with pytest.raises(SelectionError, match="--lock"):
        project(tmp_path / "app", {}, lock=name)


def job(found: Project, place: str) -> Any:
    ((path, text),) = ci_files(found, python="3.13").items()
    assert path == place
    return yaml.safe_load(text), text


def test_a_github_job_has_the_projects_lock_and_python(tmp_path: Path) -> None:
    found = project(tmp_path, {".git/HEAD": "", "requirements.txt": PAIR})
    document, text = job(found, ".github/workflows/chatkit-gate.yml")
    assert 'gate --base "origin/$GITHUB_BASE_REF:requirements.txt" --candidate requirements.txt' in text
    assert 'python-version: "3.13"' in text
    assert "uv.lock" not in text
    assert "Copy this file" not in text
    assert document["defaults"]["run"]["working-directory"] == "."


def test_a_project_below_the_top_has_a_job_of_its_own(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    found = project(tmp_path / "back/end", {"uv.lock": ""}, ci="github")
    document, text = job(found, ".github/workflows/chatkit-gate-back-end.yml")
    assert document["defaults"]["run"]["working-directory"] == "back/end"
    assert (
        'gate --base "origin/$GITHUB_BASE_REF:back/end/uv.lock" --candidate uv.lock --out reports/gate'
        in text
    )
    places = [
        step["with"]["path"] for step in document["jobs"]["gate"]["steps"] if "path" in step.get("with", {})
    ]
    assert places == [".cache", "back/end/reports/gate"]
    assert "hashFiles('back/end/uv.lock')" in text
    assert "hashFiles('back/end/reports/gate/gate.sarif')" in text


def test_a_gitlab_job_below_the_top(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    found = project(tmp_path / "app", {"uv.lock": ""}, ci="gitlab")
    document, text = job(found, ".gitlab/chatkit-gate-app.yml")
    (gate,) = document.values()
    assert gate["before_script"][0] == "cd app"
    assert gate["rules"][0]["changes"] == ["app/uv.lock", "app/chatkit-baseline.yaml"]
    assert gate["artifacts"]["reports"]["junit"] == "app/reports/gate/gate-junit.xml"
    assert ':app/uv.lock" --candidate uv.lock' in text
    assert gate["image"] == "python:3.13"


def test_who_wants_no_job_or_has_no_lock_gets_none(tmp_path: Path) -> None:
    assert ci_files(project(tmp_path, {"uv.lock": ""}, ci="none"), python="3.12") == {}
    (tmp_path / "uv.lock").unlink()
    assert ci_files(project(tmp_path, {}), python="3.12") == {}
