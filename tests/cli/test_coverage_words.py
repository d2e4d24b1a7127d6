"""What `list coverage` prints of several cells: sums first, and what is alike once."""

from __future__ import annotations

from dataclasses import replace

from tests.reports import sample

from chatkit_harness.cli.coverage_words import coverage_lines
from chatkit_harness.engine.coverage import CellCoverage, KindCoverage

DONE, HALF = "openai.event/done", "openai.event/half"
CARD = "chatkit.widget/Card"


def covered(agents: str, *kinds: KindCoverage, failing: tuple[str, ...] = ()) -> CellCoverage:
    return CellCoverage(cell=sample.cell("1.6.5", agents), kinds=kinds, failing=failing)


def kind(name: str, *by: str, by_hand: bool = False) -> KindCoverage:
    return KindCoverage(kind=name, exercised_by=by, by_hand=by_hand)


def lines(*found: CellCoverage) -> list[str]:
    return list(coverage_lines(found))


def name(agents: str) -> str:
    return sample.cell("1.6.5", agents).id


def test_of_one_cell_the_sums_stand_before_the_rows() -> None:
    told = lines(covered("0.24.0", kind(DONE, "text"), kind(HALF), kind(CARD), failing=("broken",)))
    assert told[:6] == [
        name("0.24.0"),
        "openai.event: 1 of 2 exercised (50%)",
        "  gaps: half",
        "chatkit.widget: 0 of 1 exercised (0%)",
        "  gaps: Card",
        "\nDid not pass, and so exercise nothing: broken",
    ]
    assert told[6:9] == [
        "\nopenai.event",
        "  ✓ done  text",
        "  ✗ half  gap: shown by no scenario of this run",
    ]


def test_cells_in_which_all_is_alike_are_told_once() -> None:
    kinds = (kind(DONE, "text"), kind(CARD, "card"))
    told = lines(*(covered(agents, *kinds) for agents in ("0.20.0", "0.21.0", "0.24.0")))
    assert told[0] == "3 cells, one coverage"
    assert [each for each in told if "done" in each] == ["  ✓ done  text"]
    assert "\n" + ", ".join(map(name, ("0.20.0", "0.21.0", "0.24.0"))) in told


def test_cells_that_differ_are_joined_first_and_then_summed_by_coverage() -> None:
    told = lines(
        covered("0.5.1", kind(DONE, "text"), kind(HALF), kind(CARD)),
        covered("0.20.0", kind(DONE, "text"), kind(HALF, "odd", by_hand=True), kind(CARD)),
        covered("0.24.0", kind(DONE, "text"), kind(HALF, "odd", by_hand=True), kind(CARD)),
    )
    assert told[0].startswith("3 cells, 2 different coverages;")
    assert told[1:7] == [
        "openai.event: 2 of 2 exercised (100%, 1 by hand only), 1 of them not in every cell that knows them",
        "chatkit.widget: 0 of 1 exercised (0%)",
        "  gaps: Card",
        "",
        f"2 cells ({name('0.20.0')} and 1 more): 2 of 3 exercised (67%, 1 by hand only)",
        f"1 cell ({name('0.5.1')}): 1 of 3 exercised (33%); gaps besides: {HALF}",
    ]


def test_a_kind_that_a_cell_has_not_is_no_gap_of_it() -> None:
    told = lines(
        covered("0.5.1", kind(DONE, "text")), covered("0.24.0", kind(DONE, "text"), kind(HALF, "odd"))
    )
    assert told[1] == "openai.event: 2 of 2 exercised (100%)"
    assert not [each for each in told if "gap" in each]


def test_equal_sums_with_other_scenarios_are_one_coverage_and_two_lists() -> None:
    told = lines(covered("0.5.1", kind(DONE, "text")), covered("0.24.0", kind(DONE, "other")))
    assert told[0] == "2 cells, one coverage"
    assert [each for each in told if "done" in each] == ["  ✓ done  text", "  ✓ done  other"]


def test_a_cell_of_which_nothing_is_known_counts_for_nothing() -> None:
    unread = replace(covered("0.5.1"), unreadable="It has no packages.")
    told = lines(unread, covered("0.24.0", kind(DONE, "text")))
    assert told[:2] == [
        "2 cells, of 1 of which nothing is known, one coverage",
        "openai.event: 1 of 1 exercised (100%)",
    ]
    assert told[told.index(f"\n{name('0.5.1')}") + 1] == "  It has no packages."
    assert lines(unread) == [name("0.5.1"), "  It has no packages."]


def test_of_many_gaps_the_first_are_named() -> None:
    told = lines(covered("0.24.0", *(kind(f"openai.event/e{number}") for number in range(10))))
    assert told[2] == "  gaps: e0, e1, e2, e3, e4, e5, e6, e7 and 2 more"
