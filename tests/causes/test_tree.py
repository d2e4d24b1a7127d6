from __future__ import annotations

import pytest

from chatkit_harness.causes import tree
from chatkit_harness.causes.table import PinTable
from chatkit_harness.core.nouns import Cell


def cell(number: int, **pins: str) -> Cell:
    agents, chatkit = pins.pop("agents", "0.5.1"), pins.pop("chatkit", "1.2.0")
    return Cell(
        id=f"c{number}",
        chatkit=chatkit,
        agents=agents,
        python="3.12.1",
        resolution="today",
        pins={"a": "1", **pins},
    )


def suspect(red: list[dict[str, str]], green: list[dict[str, str]], *prefer: str) -> str | None:
    """What the tree says of red and green cells with these pins."""
    cells = [cell(n, **pins) for n, pins in enumerate([*red, *green])]
    table = PinTable(cells)
    ids = [each.id for each in cells]
    found = tree.split(table, table.mask(ids[: len(red)]), table.mask(ids[len(red) :]), prefer)
    return tree.words(found) if found else None


def openai(*minors: int, **more: str) -> list[dict[str, str]]:
    return [{"openai": f"2.{minor}.0", **more} for minor in minors]


def test_a_threshold_is_told_with_the_nearest_green_version() -> None:
    told = suspect(openai(37, 40, 54), openai(8, 36))
    assert told == "openai >= 2.37.0 (green: up to 2.36.0); fits all 5 cells compared"


def test_versions_are_in_their_own_order() -> None:
    assert (suspect(openai(10, 11), openai(9, 8)) or "").startswith("openai >= 2.10.0 (green: up to 2.9.0)")


def test_an_upper_bound_and_a_span() -> None:
    assert (suspect(openai(8), openai(9)) or "").startswith("openai < 2.9.0 (red: up to 2.8.0)")
    told = suspect(openai(20, 21), openai(8, 9, 30, 31))
    assert (told or "").startswith("openai 2.20.0 to 2.21.0 (green: up to 2.9.0 and from 2.30.0)")


def test_two_pins_that_moved_together_are_both_told() -> None:
    told = suspect(openai(9, pydantic="2"), openai(8, pydantic="1"))
    assert told == (
        "openai >= 2.9.0 (green: up to 2.8.0), or pydantic >= 2: they always moved together; "
        "fits all 2 cells compared"
    )


def test_the_traceback_says_which_of_equals_comes_first() -> None:
    told = suspect(openai(9, pydantic="2"), openai(8, pydantic="1"), "pydantic")
    assert (told or "").startswith("pydantic >= 2 ")


def test_a_likely_pin_goes_before_a_remote_one() -> None:
    told = suspect(openai(9, tqdm="2"), openai(8, tqdm="1") + openai(10, tqdm="1"))
    assert (told or "").startswith("openai 2.9.0 (green: up to 2.8.0 and from 2.10.0), or tqdm >= 2: ")


def test_whose_class_it_is_speaks_for_one_of_equals() -> None:
    cells = [cell(n, **pins) for n, pins in enumerate(openai(9, mcp="2") + openai(8, mcp="1"))]
    found = tree.split(PinTable(cells), 1, 2, ("mcp",), "openai")
    assert found is not None
    assert tree.words(found, ("openai", "class")) == (
        "openai >= 2.9.0 (green: up to 2.8.0), whose class it is; mcp >= 2 always moved together with "
        "openai; fits all 2 cells compared"
    )


def test_two_conditions_where_one_is_not_enough() -> None:
    red = openai(37, 38, 39, agents="0.18.2") + openai(39, agents="0.14.2")
    green = openai(37, 38, 39, agents="0.19.0") + openai(8, 36, agents="0.18.2") + openai(8, agents="0.14.2")
    assert suspect(red, green) == (
        "agents < 0.19.0 (red: up to 0.18.2) and openai >= 2.37.0 (green: up to 2.36.0); "
        "fits all 10 cells compared"
    )


def day(chatkit: str, agents: str, **pins: str) -> dict[str, str]:
    return {"chatkit": chatkit, "agents": agents, **pins}


@pytest.mark.parametrize("pin", ["openai", "python-multipart"])
def test_a_pair_goes_before_pins_that_only_its_day_had(pin: str) -> None:
    days = {"1.6.3": "2.8.0", "1.6.4": "2.9.0", "1.6.5": "2.10.0"}
    red = [day("1.6.4", agents, **{pin: days["1.6.4"]}) for agents in ("0.10.0", "0.14.6")]
    green = [day(chatkit, agents, **{pin: days[chatkit]})
             for chatkit in ("1.6.3", "1.6.5") for agents in ("0.10.0", "0.14.6")]  # fmt: skip
    later = [day(chatkit, "0.21.1", **{pin: "2.12.0"}) for chatkit in days]
    assert (suspect(red, green + later, "openai-chatkit") or "").startswith(
        "chatkit 1.6.4 (green: up to 1.6.3 and from 1.6.5) and agents < 0.21.1 (red: up to 0.14.6)"
    )


def test_a_span_of_what_the_traceback_names_is_enough() -> None:
    red = [day("1.6.4", "0.14.6", openai="2.9.0")]
    green = [day("1.6.4", "0.21.1", openai="2.10.0"), day("1.6.3", "0.14.6", openai="2.8.0")]
    assert (suspect(red, green, "openai") or "").startswith(
        "openai 2.9.0 (green: up to 2.8.0 and from 2.10.0)"
    )


def test_how_pure_a_split_is_is_told() -> None:
    told = suspect(openai(37, 38, 39, 40, 8), openai(1, 2, 3, 4, 5))
    assert (told or "").endswith("; fits all 10 cells compared")
    told = suspect(openai(37, 38, 39, 40, 2), openai(1, 2, 3, 4, 5))
    assert (told or "").endswith("; fits 9 of the 10 cells compared")


def test_nothing_is_said_without_green_cells_or_without_a_difference() -> None:
    assert suspect(openai(37), []) is None
    assert suspect(openai(37, 38), openai(37, 38)) is None
    assert suspect(openai(1, 3, 5, 7), openai(2, 4, 6, 8)) is None


def test_a_pin_that_only_one_side_has() -> None:
    told = suspect([{"httpx": "1"}, {"httpx": "2"}], [{}, {}])
    assert told == "httpx installed; fits all 4 cells compared"
    assert suspect([{}, {}], [{"httpx": "1"}, {"httpx": "2"}]) == (
        "httpx not installed; fits all 4 cells compared"
    )
