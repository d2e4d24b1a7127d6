"""The kit's other commands, run over made releases: the action, the comment, the sweep and its merge.

What only GitHub can do (checkout, set-up, caches, artifacts, SARIF) is left out: see `test_files.py`.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.ci_kit.made_repository import git
from tests.ci_kit.runner import ROOT, Done, GitHubJob, environment, read
from tests.engine.made_matrix import CONCERNED, SCENARIO, UNHARMED, instead, third
from tests.made_index import made_index

BROKEN = third("bad", files={"bad/__init__.py": "raise RuntimeError('bad is broken')\n"})
GH = """\
#!/usr/bin/env python3
# Stands in for GitHub's own program: keeps what is posted, and lists it as the real one does.
import json, pathlib, sys

kept = pathlib.Path(__file__).with_name("comments.json")
comments = json.loads(kept.read_text()) if kept.exists() else {}
words = sys.argv[1:]
assert words[0] == "api", words
if "--method" in words:
    method, address = words[words.index("--method") + 1 :][:2]
    name, _, file = words[words.index("-F") + 1].partition("=@")
    assert name == "body", words
    number = address.rpartition("/")[2] if method == "PATCH" else str(700 + len(comments))
    comments[number] = pathlib.Path(file).read_text()
    kept.write_text(json.dumps(comments))
else:
    assert "startswith" in words[words.index("--jq") + 1], words
    print("\\n".join(n for n, text in comments.items() if text.startswith("<!-- chatkit-harness gate -->")))
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository over made releases: its main branch works, its candidate's lock does not."""
    folder = tmp_path / "checkout"
    (folder / "scenarios").mkdir(parents=True)
    (folder / "scenarios/hello.yaml").write_text(SCENARIO)
    (folder / "requirements.txt").write_text(f"openai-chatkit==1.0.0\nopenai-agents=={UNHARMED}\n")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "--all")
    git(folder, "commit", "-q", "-m", "Begin")
    git(folder, "update-ref", "refs/remotes/origin/main", "HEAD")
    (folder / "requirements.txt").write_text(f"openai-chatkit==1.0.0\nopenai-agents=={CONCERNED}\n")
    return folder


@pytest.fixture
def variables(tmp_path: Path) -> Iterator[dict[str, str]]:
    """What a runner has, with made releases as its index and a stand-in for `gh`."""
    home = tmp_path / "home"
    (home / "bin").mkdir(parents=True)
    (home / "bin/gh").write_text(GH)
    (home / "bin/gh").chmod(0o755)
    with made_index(instead(BROKEN)) as index:
        given = environment(home, {"CHATKIT_HARNESS_INDEX": index.url, "GITHUB_BASE_REF": "main"})
        given["PATH"] = os.pathsep.join([str(home / "bin"), given["PATH"]])
        yield {**given, "GITHUB_REPOSITORY": "ann/shop", "CHATKIT_HARNESS_CACHE": str(home / "cache")}


def action(checkout: Path, variables: dict[str, str], **inputs: str) -> Done:
    """The action, used by a pull request's workflow with these inputs."""
    document = read("action.yml")
    given = {name: each.get("default", "") for name, each in document["inputs"].items()}
    pull = {"number": "7", "head": {"repo": {"full_name": "ann/shop"}}}
    github = {
        "workspace": str(checkout),
        "repository": "ann/shop",
        "event_name": "pull_request",
        "event": {"pull_request": pull},
    }
    context = {"github": github, "inputs": {**given, "candidate": "requirements.txt", **inputs}}
    return GitHubJob(document["runs"]["steps"], context, variables).run()


def comments(variables: dict[str, str]) -> dict[str, str]:
    kept: dict[str, str] = json.loads((Path(variables["HOME"]) / "bin/comments.json").read_text())
    return kept


def test_the_action_gates_tells_and_keeps_one_comment(checkout: Path, variables: dict[str, str]) -> None:
    words = "--scenario=hello\n--culprit-budget=0\n"
    red = action(checkout, variables, arguments=words)
    assert red.status == 1, red.said
    assert red.outputs["gate"] == {"status": "1", "verdict": "breaks", "report": "reports/gate"}
    assert [text for text in comments(variables).values() if "bad is broken" in text]
    shutil.rmtree(checkout / "reports")
    same = {"base": "origin/main:requirements.txt", "candidate": "main:requirements.txt"}
    green = action(checkout, variables, arguments=words, **same)
    assert (green.status, green.outputs["gate"]["verdict"]) == (0, "safe"), green.said
    (comment,) = comments(variables).values()
    assert "bad is broken" not in comment


def test_an_action_that_names_no_file_is_wrong_use(checkout: Path, variables: dict[str, str]) -> None:
    done = action(checkout, variables, candidate="requirments.txt", base="main:requirements.txt")
    assert done.status == 2
    assert done.outputs["gate"] == {"status": "2", "verdict": "", "report": "reports/gate"}
    assert "Did you mean" in done.said
    assert "Comment on the pull request" in done.skipped


def test_an_action_below_the_top_gates_the_files_that_are_there(
    checkout: Path, variables: dict[str, str]
) -> None:
    shop = checkout / "services/shop"
    shop.mkdir(parents=True)
    shutil.copytree(checkout / "scenarios", shop / "scenarios")
    (shop / "requirements.txt").write_text(f"openai-chatkit==1.1.0\nopenai-agents=={UNHARMED}\n")
    git(checkout, "add", "--all")
    git(checkout, "commit", "-q", "-m", "A shop")
    git(checkout, "update-ref", "refs/remotes/origin/main", "HEAD")
    words = "--scenario=hello\n"
    done = action(checkout, variables, arguments=words, **{"working-directory": "services/shop"})
    assert (done.status, done.outputs["gate"]["verdict"]) == (0, "safe"), done.said
    told = json.loads((shop / "reports/gate/gate.json").read_text(encoding="utf-8"))
    assert (told["base"]["chatkit"], told["base"]["place"]["file"]) == (
        "1.1.0",
        "services/shop/requirements.txt",
    )


def test_what_an_earlier_job_left_is_never_published(checkout: Path, variables: dict[str, str]) -> None:
    report = checkout / "reports/gate"
    report.mkdir(parents=True)
    (report / "gate.json").write_text('{"verdict": "safe"}')
    (report / "summary.md").write_text("<!-- chatkit-harness gate -->\nsafe")
    done = action(checkout, variables, arguments="--scenario=hello\n")
    assert done.outputs["gate"] == {"status": "2", "verdict": ""}
    assert {"Comment on the pull request", "Keep the report"} <= {*done.skipped}
    for name, key in (("github-gate.yml", "run"), ("gitlab-gate.yml", "before_script")):
        before, _, _ = (
            (ROOT / "docs/ci" / name).read_text(encoding="utf-8").partition("chatkit-harness gate --base")
        )
        assert "rm -rf reports/gate " in before.partition(f"{key}:")[2]


@pytest.mark.slow
def test_shards_are_swept_apart_and_merged(checkout: Path, variables: dict[str, str]) -> None:
    document = read("github-sweep.yml")
    workflow = {**document["env"], "RESOLUTION": "today"}
    (checkout / "pyproject.toml").write_text('[tool.chatkit-harness]\nscenarios = "scenarios"\n')
    github = {"workspace": str(checkout)}
    for number in (1, 2):
        context: dict[str, Any] = {
            "github": github,
            "matrix": {"shard": number},
            "strategy": {"job-total": 2},
        }
        job = document["jobs"]["sweep"]
        own = {**workflow, "SHARD": job["env"]["SHARD"]}
        done = GitHubJob(job["steps"], context, variables).run(own)
        assert done.status == 0, done.said
        shard = checkout / f"reports/shards/chatkit-shard-{number}"
        shard.parent.mkdir(exist_ok=True)
        (checkout / f"reports/shard-{number}").rename(shard)
    done = GitHubJob(document["jobs"]["merge"]["steps"], {"github": github}, variables).run()
    assert done.status == 1, done.said
    results = json.loads((checkout / "reports/sweep/results.json").read_text(encoding="utf-8"))
    assert {cell["agents"] for cell in results["cells"]} == {UNHARMED, CONCERNED}
    assert "bad is broken" in done.summary
