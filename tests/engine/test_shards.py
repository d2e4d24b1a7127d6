from __future__ import annotations

import dataclasses
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.reports import sample

from chatkit_harness.core.errors import ConfigurationError
from chatkit_harness.engine.shards import Item, costs_of, parse, recorded_costs, share

ITEMS = st.lists(
    st.builds(
        Item,
        key=st.uuids().map(str),
        group=st.sampled_from("abcd"),
        cost=st.floats(0, 1000) | st.sampled_from([float("inf"), float("nan")]),
    ),
    unique_by=lambda item: item.key,
    max_size=40,
)


def skewed() -> list[Item]:
    """A matrix as it is: a few stacks hold most cells, and one release costs ten times as much."""
    drawn = random.Random(7)  # noqa: S311 - no secret
    stacks = [f"stack-{n}" for n in range(8)]
    weights = [41, 20, 10, 8, 5, 3, 2, 1]
    return [
        Item(
            key=f"{chatkit}:{agents}",
            group=f"{drawn.choices(stacks, weights)[0]} {agents}",
            cost=drawn.lognormvariate(0, 0.5) * (10 if chatkit == 3 else 1),
        )
        for chatkit in range(23)
        for agents in range(90)
    ]


def cost_of(items: list[Item], keys: list[str]) -> float:
    known = {item.key: item.cost for item in items}
    return sum(known[key] for key in keys)


@given(items=ITEMS, of=st.integers(1, 50))
def test_every_item_is_in_exactly_one_shard(items: list[Item], of: int) -> None:
    keys = [key for index in range(1, of + 1) for key in share(items, index, of)]
    assert sorted(keys) == sorted(item.key for item in items)


@given(items=ITEMS, of=st.integers(1, 9), drawn=st.randoms(use_true_random=False))
def test_a_shard_keeps_the_order_of_the_plan(items: list[Item], of: int, drawn: random.Random) -> None:
    order = [item.key for item in items]
    keys = share(items, drawn.randint(1, of), of)
    assert keys == sorted(keys, key=order.index)


@pytest.mark.parametrize("of", [2, 3, 8, 20])
def test_shards_of_a_skewed_matrix_cost_nearly_the_same(of: int) -> None:
    items = skewed()
    costs = [cost_of(items, share(items, index, of)) for index in range(1, of + 1)]
    assert max(costs) <= 1.05 * sum(costs) / of + max(item.cost for item in items)
    assert max(costs) <= 1.1 * min(costs)


def test_groups_stay_together_while_balance_allows() -> None:
    items = skewed()
    homes: dict[str, set[int]] = {}
    for index in range(1, 9):
        for key in share(items, index, 8):
            group = next(item.group for item in items if item.key == key)
            homes.setdefault(group, set()).add(index)
    assert sum(len(found) == 1 for found in homes.values()) > 0.95 * len(homes)


def test_a_group_that_is_larger_than_a_fair_share_is_split() -> None:
    items = [Item(key=str(n), group="one", cost=1) for n in range(100)]
    assert [len(share(items, index, 4)) for index in range(1, 5)] == [25, 25, 25, 25]


def test_an_item_that_costs_more_than_a_fair_share_has_a_shard_to_itself() -> None:
    items = [Item(key="giant", group="g", cost=100), *(Item(key=str(n), group="g", cost=1) for n in range(9))]
    assert ["giant"] in [share(items, index, 3) for index in range(1, 4)]


def test_the_order_of_adding_up_changes_nothing() -> None:
    items = [Item(key=str(n), group=str(n % 7), cost=0.1 * (n % 13)) for n in range(200)]
    again = [dataclasses.replace(item, cost=item.cost + 1e-12) for item in items]
    assert [share(items, n, 3) for n in (1, 2, 3)] == [share(again, n, 3) for n in (1, 2, 3)]


def test_costs_are_those_of_the_cells_and_unknown_ones_the_median() -> None:
    cells = [
        dataclasses.replace(sample.cell(agents=f"0.{n}.0"), seconds=cost)
        for n, cost in enumerate([1.0, 2.0, 50.0, None, float("nan")])
    ]
    recorded = recorded_costs(sample.results((cells, [])))
    assert sorted(recorded.values()) == [1.0, 2.0, 50.0]
    assert costs_of([cells[2].id, "new"], recorded) == {cells[2].id: 50.0, "new": 2.0}
    assert costs_of(["new"], {}) == {"new": 1.0}


def test_a_shard_is_read_from_its_words() -> None:
    assert parse("3/8") == (3, 8)


@pytest.mark.parametrize(
    ("wrong", "offer"),
    [
        ("9/8", "8/8"),
        ("0/8", "1/8"),
        ("1/0", "1/1"),
        ("3", "3/8"),
        ("a/b", "3/8"),
        ("-1/4", "3/8"),
        ("/", "3/8"),
        ("99999999/3", "3/3"),
        ("1/99999999", "1/999999"),
    ],
)
def test_a_wrong_shard_is_answered_with_a_right_one(wrong: str, offer: str) -> None:
    with pytest.raises(ConfigurationError, match="--shard") as raised:
        parse(wrong)
    assert offer in raised.value.next_step


def test_too_many_shards_are_told_by_the_bound() -> None:
    with pytest.raises(ConfigurationError, match="at most 999999 shards"):
        parse("1/1000000")
    assert parse("1/999999") == (1, 999999)
