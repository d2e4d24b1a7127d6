from __future__ import annotations

import random
from collections.abc import Collection, Iterable

import pytest
from tests.reports import sample

from chatkit_harness.causes.range_words import in_words
from chatkit_harness.causes.ranges import Range, ranges
from chatkit_harness.causes.table import PinTable
from chatkit_harness.core.nouns import Cell

AGENTS = ("0.3.2", "0.4.0", "0.5.1", "0.9.1", "0.9.3", "0.13.4")
CHATKITS = ("0.0.2", "1.2.0", "1.4.0", "1.6.5")


def grid(*resolutions: str) -> list[Cell]:
    return [
        sample.cell(chatkit, agents, resolution)
        for chatkit in CHATKITS
        for agents in AGENTS
        for resolution in resolutions or ("today",)
    ]


def found(cells: list[Cell], red: Iterable[Cell]) -> tuple[Range, ...]:
    return ranges({cell.id for cell in red}, cells, PinTable(cells))


def told(cells: list[Cell], red: Iterable[Cell]) -> tuple[str, ...]:
    return in_words(found(cells, red), cells)


def of(cells: list[Cell], agents: Collection[str], chatkits: Collection[str] = CHATKITS) -> list[Cell]:
    return [cell for cell in cells if cell.agents in agents and cell.chatkit in chatkits]


def test_a_hole_is_named() -> None:
    cells = grid()
    assert told(cells, of(cells, set(AGENTS) - {"0.9.1"})) == (
        "agents 0.3.2 to 0.13.4 but not 0.9.1 with chatkit 0.0.2 to 1.6.5, as of today",
    )


def test_a_release_that_was_not_run_is_no_hole() -> None:
    cells = [cell for cell in grid() if cell.agents != "0.9.1"]
    (line,) = told(cells, of(cells, AGENTS))
    assert line == "agents 0.3.2 to 0.13.4 with chatkit 0.0.2 to 1.6.5, as of today"


def test_a_pair_that_was_not_run_splits_no_range() -> None:
    cells = [cell for cell in grid() if (cell.chatkit, cell.agents) != ("1.2.0", "0.5.1")]
    assert len(told(cells, cells)) == 1


def test_a_few_releases_are_listed() -> None:
    cells = grid()
    (line,) = told(cells, of(cells, ("0.5.1", "0.9.3"), ("1.2.0",)))
    assert line == "agents 0.5.1, 0.9.3 with chatkit 1.2.0, as of today"


def test_two_shapes_are_two_lines_the_larger_first() -> None:
    cells = grid()
    red = of(cells, AGENTS[:2], CHATKITS[:1]) + of(cells, AGENTS[3:], CHATKITS[2:])
    assert told(cells, red) == (
        "agents 0.9.1, 0.9.3, 0.13.4 with chatkit 1.4.0, 1.6.5, as of today",
        "agents 0.3.2, 0.4.0 with chatkit 0.0.2, as of today",
    )


def test_pythons_are_told_where_the_run_has_several() -> None:
    cells = grid()
    others = [
        Cell(
            id=cell.id.replace("+py3.12+", "+py3.13+"),
            chatkit=cell.chatkit,
            agents=cell.agents,
            python="3.13.0",
            resolution=cell.resolution,
            pins=cell.pins,
        )
        for cell in cells
    ]
    (line,) = told([*cells, *others], [*cells, *others])
    assert line.endswith(", as of today on Python 3.12 and 3.13")
    assert told([*cells, *others], others)[0].endswith(", as of today on Python 3.13")


def test_cells_without_chatkit_are_told_so() -> None:
    cell = sample.cell()
    bare = Cell(id="bare+py3.12+today", chatkit=None, agents="0.5.1", python="3.12.1", resolution="today")
    assert told([bare], [bare]) == ("agents 0.5.1 without chatkit, as of today",)
    assert told([cell, bare], [cell, bare]) == ("agents 0.5.1 with chatkit 1.2.0 or without, as of today",)


@pytest.mark.parametrize("seed", range(40))
def test_ranges_hold_exactly_the_red_ones_of_what_was_tested(seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311 - a drawn matrix, no secret
    cells = [cell for cell in grid("contemporary", "today") if draw.random() < draw.choice((0.5, 1))]
    red = [cell for cell in cells if draw.random() < seed / 40] or cells[:1]
    told_of = found(cells, red)
    assert {c.id for c in cells if any(each.covers(c) for each in told_of)} == {c.id for c in red}
    assert sum(each.covers(cell) for each in told_of for cell in cells) == len(red)
