"""What these scenarios require of chatkit is what its releases have, by their models or by their sources."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from tests.catalogue.liars_chatkit import LIARS
from tests.catalogue.sources import must_be_named_where_required, sources_of

from chatkit_harness.contracts.strict import Kind
from chatkit_harness.core.data import data_folder
from chatkit_harness.scenarios.catalogue import load_folder

SCENARIOS = load_folder(data_folder("scenarios") / "catalogue")

NAMED: dict[str, tuple[Kind, str]] = {
    "widget-action-sync": ("request", "threads.sync_custom_action"),
    "widget-basic": ("widget", "Basic"),
    "template-basic": ("widget", "Basic"),
    "widget-icon-of-vendor": ("widget", "^vendor:"),
    "widget-icon-of-lucide": ("widget", "^lucide:"),
    "effect-client": ("event", "client_effect"),
    "effect-by-tool": ("event", "client_effect"),
    "input-structured": ("request", "threads.add_structured_input"),
    "input-structured-skipped": ("event", "structured_input"),
    "input-structured-twice": ("request", "threads.add_structured_input"),
    "input-transcribe-unsupported": ("request", "input.transcribe"),
    "input-transcribe": ("request", "input.transcribe"),
    "thread-stream-options": ("event", "stream_options"),
    "thread-no-cancel": ("event", "stream_options"),
    "thread-hidden-by-chatkit": ("event", "sdk_hidden_context"),
    "thread-source-entity": ("event", "inline_label"),
    "input-tag-group": ("request", "group"),
    "thread-image": ("event", "generated_image"),
    "thread-image-domains": ("event", "allowed_image_domains"),
}
"""For each scenario a type that the releases without it do not name."""

IN_SOURCE: dict[str, tuple[str, str, str]] = {
    **{
        name: ("class WidgetTemplate", "1.3.1", "1.4.0")
        for name in SCENARIOS
        if name.startswith("template-") and name not in NAMED
    },
    "thread-hidden-by-default": ("HiddenContextItems with non-string content", "1.3.0", "1.3.1"),
}
"""For others the words of the source that came with a release, the release before it, and that release."""


def test_whatever_is_required_is_checked_here() -> None:
    requiring = {name for name in LIARS if "chatkit" in SCENARIOS[name].requires}
    assert requiring == NAMED.keys() | IN_SOURCE.keys()


@pytest.mark.parametrize("name", NAMED)
def test_a_scenario_is_skipped_only_where_its_type_is_absent(name: str) -> None:
    must_be_named_where_required(SCENARIOS[name], *NAMED[name])


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """The source of each release that is asked about, by its version."""
    versions = (each for _, *both in IN_SOURCE.values() for each in both)
    return sources_of("openai-chatkit", versions, tmp_path_factory)


@pytest.mark.index
@pytest.mark.parametrize("name", IN_SOURCE)
def test_a_scenario_is_skipped_only_where_its_source_is_absent(name: str, sources: Mapping[str, str]) -> None:
    words, before, first = IN_SOURCE[name]
    assert SCENARIOS[name].requires["chatkit"] == f">={first}"
    assert (words in sources[before], words in sources[first]) == (False, True)
