"""The contract suite: an honest store keeps every rule, and each liar of the catalogue is found out."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import pytest
from tests.incell.contract import liars_items, liars_pages, liars_processes, liars_users
from tests.incell.contract.catalogue import LIES
from tests.incell.contract.honest import Honest
from tests.incell.contract.liars_users import OneUser

from chatkit_harness.checks.rules import RULES as LISTED
from chatkit_harness.incell.contract import EXAMS, RULES, examine, models
from chatkit_harness.incell.contract.kinds import FIELDS

LIARS = (liars_items, liars_pages, liars_processes, liars_users)


async def told(exam: str, factory: Any, **given: Any) -> dict[str, Any]:
    return await examine(exam, factory, **given)


@pytest.mark.parametrize("exam", EXAMS)
async def test_an_honest_store_keeps_every_rule(exam: str, tmp_path: Path) -> None:
    answer = await told(exam, functools.partial(Honest, str(tmp_path / "store")))
    assert answer["breaches"] == []
    assert answer["outcome"] == "held"
    assert answer["asked"] > 1


@pytest.mark.parametrize("name", LIES)
async def test_a_liar_is_found_out(name: str, tmp_path: Path) -> None:
    lie = LIES[name]
    limit_s = 0.2 if lie.rule == "hangs" else 60.0
    answer = await told(lie.exam, lie.factory(str(tmp_path / "store")), limit_s=limit_s)
    assert answer["outcome"] == "broken"
    assert lie.rule in {breach["rule"] for breach in answer["breaches"]}
    assert {breach["rule"] for breach in answer["breaches"]} <= set(RULES)


def test_every_lying_store_is_in_the_catalogue() -> None:
    found = {
        value
        for module in LIARS
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Honest) and not _is_base(value)
    }
    assert found - {lie.store for lie in LIES.values()} == {OneUser}
    assert len(LIES) >= 40


def _is_base(store: type) -> bool:
    return store is Honest or bool(
        store.__subclasses__() and store not in {lie.store for lie in LIES.values()}
    )


def test_every_exam_and_every_rule_has_a_liar() -> None:
    assert {lie.exam for lie in LIES.values()} == set(EXAMS)
    assert {lie.rule for lie in LIES.values()} == set(RULES)


def test_each_rule_is_known_to_the_checks() -> None:
    late = "hung"  # told by who ends an exam from outside
    assert {rule.partition("/")[2] for rule in LISTED["contract"]} == {*RULES, late}


def test_every_kind_of_item_has_a_sample() -> None:
    assert set(models.kinds()) <= set(FIELDS)
