"""A real repository is gated by the workflow's own commands: red where an upgrade breaks, else green."""

from __future__ import annotations

import html
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.ci_kit.made_repository import MadeRepository, made_repository
from tests.ci_kit.runner import Done, GitHubJob, environment, gitlab, read
from uv import find_uv_bin

pytestmark = pytest.mark.cells
BAD, GOOD = "openai==2.45.0", "openai==2.44.0"
"""The first release that openai-agents 0.5.1 fails with, and the last that it works with."""


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> MadeRepository:
    made = made_repository(tmp_path_factory.mktemp("repository"))
    made.branch("bad", BAD)
    made.branch("good", GOOD)
    return made


@pytest.fixture(scope="module")
def caches(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """What the CI's cache restores: one for these tests, unless a cache is named."""
    named = os.environ.get("CHATKIT_HARNESS_CACHE")
    done = subprocess.run([find_uv_bin(), "cache", "dir"], capture_output=True, text=True, check=True)
    return {
        "chatkit-harness": Path(named) if named else tmp_path_factory.mktemp("cache"),
        "uv": Path(done.stdout.strip()),
    }


def checkout(repository: MadeRepository, branch: str, place: Path, caches: dict[str, Path]) -> Path:
    folder = repository.checkout(branch, place / "checkout")
    (folder / ".cache").mkdir()
    for name, cache in caches.items():
        (folder / ".cache" / name).symlink_to(cache, target_is_directory=True)
    return folder


def gated(repository: MadeRepository, branch: str, place: Path, caches: dict[str, Path]) -> tuple[Done, Path]:
    """The job of the workflow for a pull request that has this branch."""
    folder = checkout(repository, branch, place, caches)
    workflow = read("github-gate.yml")
    job = workflow["jobs"]["gate"]
    home = place / "home"
    home.mkdir()
    context = {"github": {"workspace": str(folder), "repository": "ann/tides"}, "runner": {"os": "Linux"}}
    environ = environment(home, {"GITHUB_BASE_REF": "main", "GITHUB_REPOSITORY": "ann/tides"})
    steps = GitHubJob(job["steps"], context, environ)
    return steps.run(job["env"], folder=workflow["defaults"]["run"]["working-directory"]), folder


def answer(folder: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((folder / "reports/gate/gate.json").read_text(encoding="utf-8"))
    return document


@pytest.mark.slow
def test_an_upgrade_that_breaks_is_red_with_its_culprit(
    repository: MadeRepository, tmp_path: Path, caches: dict[str, Path]
) -> None:
    done, folder = gated(repository, "bad", tmp_path, caches)
    told = answer(folder)
    assert (done.status, told["verdict"]) == (1, "breaks"), done.said
    assert told["pins"] == [{"name": "openai", "base": "2.8.1", "candidate": "2.45.0"}]
    (problem,) = told["problems"]
    assert "InputTokensDetails.cache_write_tokens" in problem["key"]
    culprit = problem["culprit"]
    assert [each["name"] for each in culprit["changes"]] == ["openai"]
    assert (culprit["constraint"], culprit["verified"]) == ("openai<2.45.0", True)
    assert culprit["verdict"] == "found", culprit["text"]
    assert "openai<2.45.0" in html.unescape(done.summary)
    assert "::error file=uv.lock,line=" in done.said


def test_an_upgrade_that_works_is_green(
    repository: MadeRepository, tmp_path: Path, caches: dict[str, Path]
) -> None:
    done, folder = gated(repository, "good", tmp_path, caches)
    told = answer(folder)
    assert (done.status, told["verdict"]) == (0, "safe"), done.said
    assert told["pins"] == [{"name": "openai", "base": "2.8.1", "candidate": "2.44.0"}]


def test_a_pull_request_that_installs_nothing_else_is_not_gated(
    repository: MadeRepository, tmp_path: Path, caches: dict[str, Path]
) -> None:
    done, folder = gated(repository, "main", tmp_path, caches)
    assert (done.status, done.outputs["changed"]) == (0, {"gate": "no"})
    assert not (folder / "reports").exists()


@pytest.mark.slow
def test_the_gitlab_job_says_the_same(
    repository: MadeRepository, tmp_path: Path, caches: dict[str, Path]
) -> None:
    folder = checkout(repository, "good", tmp_path, caches)
    environ = environment(tmp_path, {"CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"})
    job = read("gitlab-gate.yml")["chatkit-gate"]
    done = gitlab(job, folder, environ)
    assert (done.status, answer(folder)["verdict"]) == (0, "safe"), done.said
    assert (folder / job["artifacts"]["reports"]["junit"]).is_file()
