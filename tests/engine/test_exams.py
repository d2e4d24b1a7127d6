"""Rules put to the test in real cells: the reference server keeps them, on its stores, old pairs and new."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest
from tests.cli.command import Said, call

pytestmark = [pytest.mark.cells, pytest.mark.index]

PAIRS = ("--pair", "1.6.5:0.24.0", "--pair", "0.0.2:0.3.2", "--resolution", "contemporary")
LYING = '''
"""A store that forgets the end of each thread, and shows everybody everything."""

from chatkit_harness.reference.context import create_context
from chatkit_harness.reference.stores import MemoryStore


class Forgetful(MemoryStore):
    async def load_thread_items(self, thread_id, after, limit, order, context):
        page = await super().load_thread_items(thread_id, after, limit, order, context)
        page.data = page.data[:2]
        return page
'''


def driven(out: Path, *words: Any) -> tuple[Said, dict[str, Any]]:
    said = call("run", *PAIRS, "--path", "native", "--out", out, "--format", "json", *words)
    return said, json.loads(said.out)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The document of a run on two stores, with all exams and one conversation."""
    out = tmp_path_factory.mktemp("exams") / "out"
    words = ("--scenario", "conformance-*", "--scenario", "store-*", "--scenario", "quote-aapl")
    said, document = driven(out, *words, "--store", "memory,sqlite")
    assert said.status == 0, said.out[-2000:]
    return document


def test_the_reference_server_keeps_every_rule_on_both_stores(kept: dict[str, Any]) -> None:
    cases = kept["cases"]
    assert {case["outcome"] for case in cases} == {"pass", "skipped"}
    assert {case["store"] for case in cases} == {"memory", "sqlite"}
    assert len({case["id"] for case in cases}) == len(cases)


def test_what_a_store_does_not_do_is_skipped_with_the_reason(kept: dict[str, Any]) -> None:
    skipped = {(case["scenario"], case["store"]): case["reason"] for case in kept["cases"]
               if case["outcome"] == "skipped"}  # fmt: skip
    assert {store for _, store in skipped} == {"memory"}
    assert all(scenario.startswith(("store-", "conformance-another-server")) for scenario, _ in skipped)
    assert all("durable" in reason or "as long as the server object" in reason for reason in skipped.values())


def test_a_lying_store_of_ones_own_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shelf.py").write_text(LYING)
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "shelf"\nversion = "1"\ndependencies = []\n')
    monkeypatch.chdir(tmp_path)
    said, document = driven(tmp_path / "out", "--scenario", "store-paging", "--store", "shelf:Forgetful")
    assert said.status == 1
    assert {case["outcome"] for case in document["cases"]} == {"fail"}
    rules = {finding["rule"] for case in document["cases"] for finding in case["findings"]}
    assert "contract/paging" in rules
    assert all(rule.startswith("contract/paging") for rule in rules)
    assert "--store shelf:Forgetful" in str(document["causes"])


@pytest.mark.slow
def test_which_store_is_asked_is_told_where_none_is_named(tmp_path: Path) -> None:
    asked = ("--scenario", "store-ids", "--scenario", "quote-aapl")
    told = "No --store is named: what stores have to keep is asked of the built-in store memory."
    assert driven(tmp_path / "out", *asked)[0].err.count(told) == 1
    assert told not in driven(tmp_path / "named", *asked, "--store", "memory")[0].err
    assert told not in driven(tmp_path / "talk", "--scenario", "quote-aapl")[0].err


def test_a_database_that_no_cell_can_know_of_is_told_before_anything_runs(tmp_path: Path) -> None:
    said = call("run", "--store", "postgres", "--out", tmp_path / "out")
    assert said.status == 2
    assert "--env DATABASE_URL" in said.err
    assert not (tmp_path / "out").exists()


def test_a_database_that_is_down_leaves_its_cases_unjudged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        monkeypatch.setenv("DATABASE_URL", f"postgresql://me@127.0.0.1:{nobody.getsockname()[1]}/chat")
        names = ("quote-aapl", "store-paging", "conformance-rename")
        asked = [word for name in names for word in ("--scenario", name)]
        store = ("--store", "postgres,memory", "--env", "DATABASE_URL")
        said, document = driven(tmp_path / "out", *asked, *store)
    outcomes = {(case["store"], case["outcome"]) for case in document["cases"]}
    assert (said.status, outcomes) == (3, {("postgres", "error"), ("memory", "pass")})
    reasons = {case["reason"] for case in document["cases"] if case["store"] == "postgres"}
    assert all(
        "the store in PostgreSQL" in each and "says nothing about the versions" in each for each in reasons
    )
