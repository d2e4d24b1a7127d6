"""What these scenarios require of agents is what its releases have, by their sources."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from tests.catalogue.liars_agents import LIARS
from tests.catalogue.sources import sources_of

from chatkit_harness.core.data import data_folder
from chatkit_harness.scenarios.catalogue import load_folder

SCENARIOS = {
    name: each for name, each in load_folder(data_folder("scenarios") / "catalogue").items() if name in LIARS
}
REQUIRING = {name: each for name, each in SCENARIOS.items() if each.requires}

APPROVAL, TIMEOUT, PICTURES = "needs_approval", "timeout_behavior", "class ToolOutputImage"
HANDLERS, GUARDS = "class RunErrorHandlers", "tool_input_guardrails"
SINCE: dict[str, tuple[str, str]] = {
    GUARDS: ("0.3.2", "0.3.3"),
    PICTURES: ("0.3.3", "0.4.0"),
    "run_in_parallel": ("0.5.1", "0.6.0"),
    "nest_handoff_history": ("0.5.1", "0.6.0"),
    "auto_previous_response_id": ("0.6.1", "0.6.2"),
    "on_stream": ("0.6.3", "0.6.4"),
    APPROVAL: ("0.7.0", "0.8.0"),
    HANDLERS: ("0.7.0", "0.8.0"),
    TIMEOUT: ("0.8.4", "0.9.0"),
    "tool_not_found_behavior": ("0.17.3", "0.17.4"),
    "class InputItem": ("0.19.4", "0.20.0"),
}
"""Words of agents' sources that came with a release: the release before it, and that release."""

NEEDS: dict[str, str] = {
    **dict.fromkeys((name for name in LIARS if name.startswith("approval-")), APPROVAL),
    **dict.fromkeys((name for name in LIARS if name.startswith("guardrail-tool-")), GUARDS),
    **dict.fromkeys((name for name in LIARS if name.startswith("tool-times-out")), TIMEOUT),
    **dict.fromkeys(("tool-output-image", "tool-output-file", "tool-output-several"), PICTURES),
    "approval-by-words": "class InputItem",
    "guardrail-before": "run_in_parallel",
    "handoff-nested": "nest_handoff_history",
    "run-max-turns-handled": HANDLERS,
    "session-chained": "auto_previous_response_id",
    "tool-agent-streams": "on_stream",
    "tool-unknown-told": "tool_not_found_behavior",
}
"""What each scenario needs."""


def test_whatever_is_required_is_checked_here() -> None:
    assert REQUIRING.keys() == NEEDS.keys()
    wanted = {name: {"agents": f">={SINCE[words][1]}"} for name, words in NEEDS.items()}
    assert {name: dict(each.requires) for name, each in REQUIRING.items()} == wanted


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """The source of each release that is asked about, by its version; not of what is for voices."""
    versions = (each for both in SINCE.values() for each in both)
    return sources_of("openai-agents", versions, tmp_path_factory)


@pytest.mark.index
@pytest.mark.parametrize("words", SINCE)
def test_a_scenario_is_skipped_only_where_its_source_is_absent(
    words: str, sources: Mapping[str, str]
) -> None:
    before, first = SINCE[words]
    assert (words in sources[before], words in sources[first]) == (False, True)
