"""The files that a project gets, as text: settings, a scenario, a CI job."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import yaml

from chatkit_harness.core.data import data_folder

from .project import Project

TEMPLATES = "docs/ci"
GITHUB_FILE = ".github/workflows/chatkit-gate.yml"
GITLAB_INCLUDE = ".gitlab/chatkit-gate.yml"
TEMPLATE_LOCK, TEMPLATE_PYTHON = "uv.lock", "3.12"
_WRITTEN = "# Written by `chatkit-harness init`, and yours to change.\n"


def settings_text(values: Mapping[str, Any], *, newline: str = "\n") -> str:
    """`[tool.chatkit-harness]` with these values, as the end of a file that has something before it."""
    lines = ["", "[tool.chatkit-harness]"]
    lines += [f"{key} = {_toml(value)}" for key, value in values.items() if value]
    return newline.join([*lines, ""])


def _toml(value: Any) -> str:
    """Text, or a list of texts: what JSON writes of those is TOML as well."""
    return json.dumps(value, ensure_ascii=False)


def scenario_text(document: Mapping[str, Any], *, server: str, pins: Mapping[str, str]) -> str:
    """A scenario file; without pins one that was not recorded."""
    if pins:
        versions = " and ".join(
            f"{name} {pins[name]}" for name in ("openai-chatkit", "openai-agents") if name in pins
        )
        head = (
            f"# Recorded from {server} with {versions}.\n"
            "# The model's words are made up; what is expected is what the server did. Change them.\n"
        )
    else:
        head = (
            f"# Not recorded: {server} was not driven. Write down what a user asks, what the model does,\n"
            "# and what is expected of the server.\n"
        )
    body = yaml.safe_dump(
        dict(document), sort_keys=False, default_flow_style=None, allow_unicode=True, width=100
    )
    return head + body


def unrecorded(words: str, answer: str) -> dict[str, Any]:
    """A question without expectations: whatever answers it passes, unless something goes wrong."""
    return {
        "id": "first",
        "title": "A first question",
        "turns": [{"user": words}],
        "script": [{"say": answer}],
    }


def ci_files(project: Project, *, python: str) -> dict[str, str]:
    """The CI job by its path from the repository's top; empty where there is none to write."""
    if project.lock is None or project.ci == "none":
        return {}
    if project.ci == "github":
        return {_beside(GITHUB_FILE, project): _github(project, project.lock, python)}
    include = _beside(GITLAB_INCLUDE, project)
    return {include: _gitlab(project, project.lock, python)}


def gitlab_include(path: str) -> str:
    """What .gitlab-ci.yml has to say for the job to be taken in."""
    return f"include:\n  - local: {path}\n"


def _beside(path: str, project: Project) -> str:
    """A repository with several projects has a job for each."""
    if not project.below:
        return path
    stem, dot, suffix = path.rpartition(".")
    return f"{stem}-{project.below.replace('/', '-')}{dot}{suffix}"


def _template(name: str, begins: str) -> str:
    """A template with its own first comment, without the instructions to copy it."""
    text = (data_folder(TEMPLATES) / name).read_text(encoding="utf-8")
    first, _, rest = text.partition("\n")
    return f"{first}\n{_WRITTEN}{rest[rest.index(begins) :]}"


def _github(project: Project, lock: str, python: str) -> str:
    text = _placed(_template("github-gate.yml", "name: "), project, lock, python)
    if project.below:
        text = text.replace("name: ChatKit gate", f"name: ChatKit gate ({project.below})", 1)
        text = text.replace("working-directory: .\n", f"working-directory: {project.below}\n")
        text = text.replace("group: chatkit-gate-", f"group: chatkit-gate-{_slug(project)}-")
        for key in ("path", "sarif_file", "name", "category"):
            text = text.replace(
                f"          {key}: reports/gate", f"          {key}: {project.below}/reports/gate"
            )
            text = text.replace(
                f"          {key}: chatkit-gate\n", f"          {key}: chatkit-gate-{_slug(project)}\n"
            )
        text = text.replace("hashFiles('", f"hashFiles('{project.below}/")
    return text


def _gitlab(project: Project, lock: str, python: str) -> str:
    text = _placed(_template("gitlab-gate.yml", "chatkit-gate:"), project, lock, python)
    text = text.replace("image: python:3.12", f"image: python:{python}")
    if project.below:
        text = text.replace("chatkit-gate:\n", f"chatkit-gate-{_slug(project)}:\n", 1)
        text = text.replace(f"        - {lock}", f"        - {project.below}/{lock}")
        text = text.replace("        - chatkit-baseline", f"        - {project.below}/chatkit-baseline")
        text = text.replace("  before_script:\n", f"  before_script:\n    - cd {project.below}\n")
        text = text.replace("      - reports/gate/", f"      - {project.below}/reports/gate/")
        text = text.replace("junit: reports/", f"junit: {project.below}/reports/")
    return text


def _placed(text: str, project: Project, lock: str, python: str) -> str:
    """With the project's own lock file, which git names from its top, and its Python."""
    text = text.replace(TEMPLATE_LOCK, lock)
    text = text.replace(f'python-version: "{TEMPLATE_PYTHON}"', f'python-version: "{python}"')
    if project.below:
        for branch in ("$GITHUB_BASE_REF", "$CI_MERGE_REQUEST_TARGET_BRANCH_NAME"):
            text = text.replace(f"{branch}:{lock}", f"{branch}:{project.below}/{lock}")
    return text


def _slug(project: Project) -> str:
    return project.below.replace("/", "-")
