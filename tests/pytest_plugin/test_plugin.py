"""The plugin in somebody's project: real pytest, in an environment that project and harness share."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from tests.pytest_plugin.greenhouse import Greenhouse, copied, environment, taken_away, wheel

pytestmark = pytest.mark.cells

HOW_DRY, NO_BED, THANKS = (
    f"scenarios/{name}.yaml::native[installed]" for name in ("how-dry", "no-such-bed", "thanks")
)


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    harness = f"chatkit-harness[pytest] @ {wheel(tmp_path_factory.mktemp('wheel')).as_uri()}"
    pair = ("openai-chatkit==1.6.5", "openai-agents==0.24.0")
    return environment(tmp_path_factory.mktemp("shared") / "venv", harness, "pytest-xdist", *pair)


@pytest.fixture
def project(python: Path, tmp_path: Path) -> Greenhouse:
    return copied(python, tmp_path)


def test_plain_pytest_runs_the_scenarios_beside_the_tests(project: Greenhouse) -> None:
    said = project.pytest("-v")
    assert said.status == 0, said.text
    for name in (HOW_DRY, NO_BED, THANKS, "tests/test_beds.py::test_a_bed_is_known_by_its_name"):
        assert f"{name} PASSED" in said.text
    folder = said.text.partition("chatkit-harness report ")[2].split()[0]
    assert (project.folder / folder / "results.jsonl").is_file()


def test_a_failure_is_told_in_findings_and_x_lf_and_k_do_what_they_do(project: Greenhouse) -> None:
    project.change("scenarios/how-dry.yaml", "Tomatoes, 22 % water", "Tomatoes, 90 % water")
    said = project.pytest("-x", "-rA")
    assert said.status == 1
    assert "expect/widget-content: turn 1: the Card does not show '90 % water'" in said.text
    assert "chatkit-harness run --resolution installed --python " in said.text
    assert f"FAILED {HOW_DRY} - expect/widget-content" in said.text
    assert "pytest_plugin" not in said.text, "nobody needs to know how it is done"
    assert "Captured" not in said.text
    assert "1 failed in" in said.text, "and it is the last one"
    assert project.pytest("--lf", "--collect-only", "-q").ids == [HOW_DRY]
    assert project.pytest("-k", "thanks or basil", "--collect-only", "-q").ids == [THANKS]
    assert project.pytest("--scenario", "no-*", "--collect-only", "-q", "scenarios").ids == [NO_BED]


@pytest.mark.slow
def test_several_processes_share_the_scenarios(project: Greenhouse) -> None:
    project.change("greenhouse/server.py", 'return f"There is no bed {name}."', "raise KeyError(name)")
    said = project.pytest("-n", "2", "-q")
    assert "1 failed, 3 passed" in said.text, said.text
    assert "run/tool-error: " in said.text
    assert "To see these conversations: chatkit-harness " in said.text


@pytest.mark.slow
def test_three_sessions_are_kept_also_where_a_process_of_several_dies(project: Greenhouse) -> None:
    kept = project.folder / ".pytest_cache/d/chatkit-harness"
    for age, name in enumerate(("newest", "second", "third")):
        (kept / name).mkdir(parents=True)
        os.utime(kept / name, (1e9 - age, 1e9 - age))
    project.write(
        {"tests/test_dies.py": "import os\n\ndef test_dies():\n    os._exit(3)\n\ndef test_next(): pass\n"}
    )
    said = project.pytest("-n", "1", "-q", "-k", "thanks or dies or next")
    assert "1 failed, 2 passed" in said.text, said.text
    left = {each.name for each in kept.iterdir()}
    assert {"newest", "second"} < left
    assert len(left) == 3


ASKS = """\
import importlib.util
from importlib import metadata

found = {name for name in ("rich", "vcr", "pytest", "yaml") if importlib.util.find_spec(name)}
assert found == {"rich", "yaml"}, found
told = {each.name for each in metadata.distributions()} & {"rich", "vcrpy", "pytest", "chatkit-harness"}
assert told == {"rich"}, told
"""


def test_a_cell_sees_what_the_project_needs_and_not_what_the_harness_brings(project: Greenhouse) -> None:
    project.change("pyproject.toml", '"pyyaml>=6"', '"pyyaml>=6", "rich"')
    project.write({"greenhouse/asks.py": ASKS})
    project.change("greenhouse/server.py", "from .beds", "from . import asks\nfrom .beds")
    project.write({"tests/test_beds.py": "def test_it_is_all_here():\n    import rich, vcr, yaml\n"})
    said = project.pytest("-q", "-k", "thanks or all_here")
    assert "2 passed" in said.text, said.text


@pytest.mark.slow
def test_a_pair_of_ones_own_choice_has_an_environment_of_its_own(project: Greenhouse) -> None:
    pair = ("--pair", "1.2.0:0.5.1", "--resolution", "contemporary", "-q")
    said = project.pytest(*pair, "--scenario", "thanks", "scenarios/", "-rA")
    column = f"1.2.0:0.5.1 py{sys.version_info[0]}.{sys.version_info[1]} contemporary"
    assert f"PASSED scenarios/thanks.yaml::native[{column}]" in said.text, said.text
    said = project.pytest(*pair, "--with", "openai<1", "scenarios/thanks.yaml")
    assert said.status == 1
    assert f"ERROR at setup of thanks native[{column}]" in said.text
    assert "No set of pins exists for this cell." in said.text


def test_what_names_nothing_is_wrong_use(project: Greenhouse) -> None:
    said = project.pytest("--pair", "9.9.9:0.24.0")
    assert said.status == pytest.ExitCode.USAGE_ERROR
    assert "ERROR: openai-chatkit 9.9.9: " in said.text, said.text
    said = project.pytest("--scenario", "thank", "--collect-only")
    assert "Did you mean 'thanks'?" in said.text


def test_a_scenario_that_is_wrong_is_told_with_its_line(project: Greenhouse) -> None:
    project.change("scenarios/thanks.yaml", "script:", "skript:")
    said = project.pytest("-q")
    assert said.status == pytest.ExitCode.INTERRUPTED
    assert "ERROR collecting scenarios/thanks.yaml" in said.text
    assert "scenarios/thanks.yaml:5: " in said.text
    assert "Traceback" not in said.text
    said = project.pytest("--collect-only", "-q", "scenarios/no-such-bed.yaml")
    assert (said.status, said.ids) == (0, [NO_BED]), "the others are none the worse"


def test_other_peoples_yaml_is_left_alone(project: Greenhouse) -> None:
    project.write({"scenarios/more/notes.yaml": "- a list\n", "chart.yml": "id: 7\ntitle: x\nturns: no\n"})
    said = project.pytest("--collect-only", "-q", ".")
    assert said.ids[:3] == [HOW_DRY, NO_BED, THANKS]
    assert said.status == 0
    project.change("pyproject.toml", "[tool.chatkit-harness]", "[tool.greenhouse]")
    assert "native" not in project.pytest("--collect-only", "-q").text, "that folder's name says nothing"
    assert project.pytest("--collect-only", "-q", "scenarios").ids == [HOW_DRY, NO_BED, THANKS]


@pytest.mark.slow
def test_a_name_that_somebody_else_has_is_left_to_them(project: Greenhouse) -> None:
    owns = "def pytest_addoption(parser):\n    parser.addoption('--server', type=int)\n"
    project.write({"conftest.py": owns})
    assert project.pytest("--server", "7", "--collect-only", "-q").ids[:1] == [HOW_DRY]
    said = project.pytest("--chatkit-harness-server", "greenhouse.server:nobody", "-q", "-k", "thanks")
    assert "greenhouse/server.py has no nobody" in said.text
    assert "--chatkit-harness-pair" in project.pytest("--help").text


@pytest.mark.parametrize(
    ("distribution", "told"),
    [
        ("openai_agents", "openai-agents is not installed there"),
        pytest.param(
            "openai_chatkit",
            "openai-chatkit: It is not installed in this environment",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_an_environment_without_either_is_no_silent_pass(
    project: Greenhouse, distribution: str, told: str
) -> None:
    with taken_away(project.python, distribution):
        said = project.pytest("-q", "-k", "thanks")
    assert said.status == 1
    assert told in said.text
    assert "pytest --pair newest:newest" in said.text
    assert "1 error" in said.text


def test_pytest_is_told_of_scenarios_that_it_would_pass_over(project: Greenhouse) -> None:
    named = '[tool.pytest.ini_options]\ntestpaths = ["tests"]'
    project.change("pyproject.toml", "[tool.pytest.ini_options]", named)
    assert "scenarios is not among pytest's testpaths" in project.pytest("--collect-only").text
    assert project.pytest("--collect-only", "-q", inside="scenarios").ids == [HOW_DRY, NO_BED, THANKS]
