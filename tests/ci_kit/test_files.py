"""The kit's files are what each system takes: parsed, pinned, with no more rights than they need."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.ci_kit.runner import INSTALLATION, KIT, ROOT, read

WORKFLOWS = ("github-gate.yml", "github-sweep.yml")
GATE = 'chatkit-harness gate --base "origin/$GITHUB_BASE_REF:uv.lock" --candidate uv.lock --out reports/gate'
ENOUGH = {"contents": "read", "pull-requests": "write", "security-events": "write"}


def jobs(name: str) -> Iterator[Mapping[str, Any]]:
    yield from read(name)["jobs"].values()


def steps(name: str) -> list[Mapping[str, Any]]:
    if name == "action.yml":
        return list(read(name)["runs"]["steps"])
    return [step for job in jobs(name) for step in job["steps"]]


def named(name: str, step: str) -> Mapping[str, Any]:
    (found,) = (each for each in steps(name) if each.get("name") == step)
    return found


@pytest.mark.parametrize("name", [*WORKFLOWS, "action.yml"])
def test_each_step_runs_something_and_each_action_is_pinned_by_its_major_version(name: str) -> None:
    for step in steps(name):
        assert ("run" in step) != ("uses" in step)
        if "uses" in step:
            assert re.fullmatch(r"(actions|github)/[\w/-]+@v\d+", step["uses"])


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_has_the_rights_that_it_needs_and_an_end(name: str) -> None:
    document = read(name)
    assert document["permissions"].items() <= ENOUGH.items()
    assert all(job["timeout-minutes"] <= 60 for job in jobs(name))
    checkouts = [each for each in steps(name) if str(each.get("uses")).startswith("actions/checkout@")]
    assert len(checkouts) == len(document["jobs"])
    assert all(each["with"]["persist-credentials"] is False for each in checkouts)
    assert sum(each.get("run") == INSTALLATION for each in steps(name)) == len(document["jobs"])


def test_the_gate_has_the_whole_history_and_rules_the_job() -> None:
    document = read("github-gate.yml")
    assert set(document["on"]) == {"pull_request"}
    assert document["on"]["pull_request"] is None, "a filter here would block other pull requests"
    assert steps("github-gate.yml")[0]["with"]["fetch-depth"] == 0
    gate = named("github-gate.yml", "Gate")
    assert gate["run"] == GATE
    assert "continue-on-error" not in gate


def test_what_the_gate_leaves_is_kept_whatever_its_answer() -> None:
    report = named("github-gate.yml", "Keep the report")
    sarif = named("github-gate.yml", "Show findings at their lines")
    comment = named("github-gate.yml", "Comment on the pull request")
    assert all(each["if"].startswith("always() && ") for each in (report, sarif, comment))
    assert report["with"]["path"] == "reports/gate"
    assert sarif["with"]["sarif_file"] == "reports/gate/gate.sarif"
    assert sarif["continue-on-error"] is comment["continue-on-error"] is True
    assert comment["if"].endswith("github.event.pull_request.head.repo.full_name == github.repository")


def test_what_is_cached_is_what_the_harness_and_uv_use() -> None:
    (job,) = jobs("github-gate.yml")
    places = [job["env"][name] for name in ("CHATKIT_HARNESS_CACHE", "UV_CACHE_DIR")]
    assert all(place.startswith("${{ github.workspace }}/.cache/") for place in places)
    (cache,) = (each for each in job["steps"] if str(each.get("uses")).startswith("actions/cache@"))
    assert cache["with"]["path"] == ".cache"


@pytest.mark.parametrize("name", ["github-gate.yml", "github-sweep.yml", "action.yml"])
def test_no_script_holds_an_expression(name: str) -> None:
    # What a pull request calls its branch would otherwise be run as a command.
    assert not any("${{" in step.get("run", "") for step in steps(name))


def test_the_action_is_composite_and_tells_its_answer() -> None:
    document = read("action.yml")
    assert document["runs"]["using"] == "composite"
    assert all(each["shell"] == "bash" for each in document["runs"]["steps"] if "run" in each)
    assert {name: each["value"] for name, each in document["outputs"].items()} == {
        name: f"${{{{ steps.gate.outputs.{name} }}}}" for name in ("verdict", "status", "report")
    }
    assert all(each["description"] for each in document["inputs"].values())


def test_the_sweep_is_as_many_jobs_as_it_has_shards_and_one_that_merges() -> None:
    document = read("github-sweep.yml")
    sweep, merge = document["jobs"]["sweep"], document["jobs"]["merge"]
    assert "schedule" in document["on"]
    assert sweep["strategy"]["matrix"]["shard"] == [1, 2, 3, 4]
    assert sweep["env"]["SHARD"] == "${{ matrix.shard }}/${{ strategy.job-total }}"
    assert (merge["needs"], merge["if"]) == ("sweep", "always()")
    handed = named("github-sweep.yml", "Hand the shard over")["with"]
    taken = named("github-sweep.yml", "Take the shards")["with"]
    assert handed["name"].startswith(taken["pattern"].rstrip("*"))


def test_the_gitlab_job_runs_for_merge_requests_that_change_the_lock() -> None:
    job = read("gitlab-gate.yml")["chatkit-gate"]
    assert job["rules"][0]["if"] == '$CI_PIPELINE_SOURCE == "merge_request_event"'
    assert "uv.lock" in job["rules"][0]["changes"]
    assert job["variables"]["GIT_DEPTH"] == "0"
    assert job["artifacts"]["when"] == "always"
    assert job["artifacts"]["reports"] == {"junit": "reports/gate/gate-junit.xml"}
    assert all(job["variables"][name].startswith("$CI_PROJECT_DIR/.cache/") for name in ("UV_CACHE_DIR",))


def test_each_bot_raises_the_three_alone_and_the_rest_together() -> None:
    three = {"openai-chatkit", "openai-agents", "openai"}
    renovate = json.loads((KIT / "renovate.json").read_text(encoding="utf-8"))
    alone, rest = renovate["packageRules"]
    assert set(alone["matchPackageNames"]) == three
    assert {each.lstrip("!") for each in rest["matchPackageNames"]} == three
    assert renovate["lockFileMaintenance"]["enabled"] is True
    (python,) = read("dependabot.yml")["updates"]
    groups = python["groups"]
    assert {name for group in groups.values() for name in group["patterns"]} == {*three, "*"}
    assert set(groups["others"]["exclude-patterns"]) == three
    assert python["allow"] == [{"dependency-type": "all"}]


def test_the_page_names_every_file_of_the_kit() -> None:
    page = (KIT / "README.md").read_text(encoding="utf-8")
    kit = [path.name for path in KIT.iterdir() if path.name != "README.md"]
    assert [name for name in [*kit, "action.yml"] if f"{name})" not in page] == []
    assert (ROOT / "action.yml").is_file()
    assert all((KIT / link).exists() for link in re.findall(r"\]\(([^):#]+)\)", page) if Path(link).suffix)


@pytest.mark.parametrize("name", [*WORKFLOWS, "gitlab-gate.yml"])
def test_where_the_harness_is_installed_it_is_said_that_no_index_has_it_yet(name: str) -> None:
    lines = [line for line in (KIT / name).read_text().splitlines() if INSTALLATION in line]
    assert lines
    assert all(f"{INSTALLATION} # unreleased" in line for line in lines)


@pytest.mark.parametrize("page", ["docs/ci/README.md", "docs/pytest.md", "docs/init.md"])
def test_the_pages_say_so_too(page: str) -> None:
    text = " ".join((ROOT / page).read_text().split())
    assert re.search(r"[Uu]ntil it is released.*(repository|wheel)", text)
