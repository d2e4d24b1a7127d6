"""What a scenario requires of chatkit is what the packages have: read from the models of each release."""

from __future__ import annotations

import json

import pytest
from packaging.specifiers import SpecifierSet

from chatkit_harness.contracts import catalogue
from chatkit_harness.contracts.strict import Kind
from chatkit_harness.core.data import data_folder
from chatkit_harness.scenarios.catalogue import load_all

SHIPPED = load_all([data_folder("scenarios")])

NEEDED: dict[str, tuple[Kind, str]] = {"refresh-quote-at-once": ("request", "threads.sync_custom_action")}
"""For each scenario that requires something of chatkit: a type that the releases without it do not name."""


def test_whatever_is_required_is_checked_here() -> None:
    requiring = {name for name, scenario in SHIPPED.items() if "chatkit" in scenario.requires}
    assert requiring == NEEDED.keys()


@pytest.mark.parametrize("name", NEEDED)
def test_a_scenario_is_skipped_only_where_its_api_is_absent(name: str) -> None:
    kind, needed = NEEDED[name]
    wanted = SpecifierSet(SHIPPED[name].requires["chatkit"])
    has = {
        version: f'"{needed}"' in json.dumps(catalogue.schema(kind, version))
        for version in catalogue.releases()
    }
    assert has == {version: wanted.contains(version) for version in catalogue.releases()}
    assert set(has.values()) == {True, False}
