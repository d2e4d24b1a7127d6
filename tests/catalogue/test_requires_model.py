"""What these scenarios require is what the releases have, by chatkit's models or by agents' sources."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from tests.catalogue.liars_model import LIARS
from tests.catalogue.sources import must_be_named_where_required, sources_of

from chatkit_harness.core.data import data_folder
from chatkit_harness.scenarios.catalogue import load_folder

SCENARIOS = {
    name: each for name, each in load_folder(data_folder("scenarios") / "catalogue").items() if name in LIARS
}
PICTURES = [name for name, each in SCENARIOS.items() if "chatkit" in each.requires]

IN_SOURCE: dict[str, tuple[str, str, str]] = {
    "hosted-compaction": ("class CompactionItem", "0.6.5", "0.6.6"),
    "hosted-custom": ("class CustomTool", "0.13.6", "0.14.0"),
    "hosted-patch": ("class ApplyPatchTool", "0.5.0", "0.5.1"),
    "hosted-program": ("class ProgrammaticToolCallingTool", "0.18.3", "0.19.0"),
    "hosted-shell": ("class ShellTool", "0.5.0", "0.5.1"),
    "hosted-shell-container": ("environment: ShellToolEnvironment", "0.8.3", "0.8.4"),
    "hosted-tool-search": ("class ToolSearchTool", "0.10.5", "0.11.0"),
    "mcp-approval-told": ('"mcp_approval_response"', "0.4.0", "0.4.1"),
    "mcp-asks-user": ("class InputItem", "0.19.4", "0.20.0"),
    "mixed-patch-function": ("class ApplyPatchTool", "0.5.0", "0.5.1"),
}
"""Words of agents' source that came with a release, the release before it, and that release."""


def test_whatever_is_required_of_agents_is_checked_here() -> None:
    assert {name for name, each in SCENARIOS.items() if "agents" in each.requires} == IN_SOURCE.keys()


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_are_skipped_only_where_chatkit_has_no_such_item(name: str) -> None:
    must_be_named_where_required(SCENARIOS[name], "event", "generated_image")


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """What types and tools each release that is asked about declares, by its version."""
    versions = (each for _, *both in IN_SOURCE.values() for each in both)
    files = ("tool.py", "items.py", "stream_events.py")
    return sources_of("openai-agents", versions, tmp_path_factory, files)


@pytest.mark.index
@pytest.mark.parametrize("name", IN_SOURCE)
def test_a_scenario_is_skipped_only_where_agents_lack_the_type(name: str, sources: Mapping[str, str]) -> None:
    words, before, first = IN_SOURCE[name]
    assert SCENARIOS[name].requires["agents"] == f">={first}"
    assert (words in sources[before], words in sources[first]) == (False, True)
