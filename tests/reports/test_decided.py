"""What was driven after a run about its breaks, as their page tells it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from tests.reports import sample
from tests.reports.test_breaks import failing

from chatkit_harness.causes import group
from chatkit_harness.core.errors import ResultsError
from chatkit_harness.reports.breaks import Break, breaks
from chatkit_harness.reports.breaks_page import breaks_page, suspected
from chatkit_harness.results import Results
from chatkit_harness.results.proofs import Behind, Moved, Proof, Proofs, TurnsAt, read_proofs, write_proofs


def told(made: Results, *proofs: Proof, behind: tuple[Behind, ...] = ()) -> tuple[Break, ...]:
    causes = group(made.cases, made.cells, started=made.header.started)
    return breaks(made, causes, Proofs(proofs=proofs, behind=behind))


def turn(name: str, good: str, bad: str, **more: object) -> Proof:
    """A proof of the sample's break: `name` decides between a pair's two resolutions."""
    cause = told(sample.results())[0].key
    here = {each: sample.cell("1.6.5", "0.5.1", each).id for each in ("contemporary", "today")}
    proof = Proof(
        cause=cause, axis="resolution", good=here["contemporary"], bad=here["today"],
        case="native/quote-aapl", verdict="found", changes=(Moved(name=name, good=good, bad=bad),),
        turns=(TurnsAt(axis=name, last_good=good, first_bad=bad),), driven=9,
    )  # fmt: skip
    return dataclasses.replace(proof, **more)  # type: ignore[arg-type]  # fields by name


OPENAI = ("openai", "2.44.0", "2.45.0")


def test_pins_that_were_driven_take_the_place_of_those_suspected() -> None:
    made = sample.results()
    agents = turn("openai-agents", "0.18.1", "0.18.0")
    (found,) = told(made, turn(*OPENAI), agents)
    assert found.decided is not None
    assert found.decided.words == "openai >= 2.45.0 (green: 2.44.0) and agents <= 0.18.0 (green: 0.18.1)"
    assert (found.decided.fits, found.decided.compared) == (8, 8)
    assert suspected(found) == found.decided.words
    page = breaks_page(made, (found,))
    assert "- decides: openai &gt;= 2.45.0 (green: 2.44.0) and agents" in page
    assert "- suspected" not in page
    assert "openai 2.44.0 works and 2.45.0 breaks, driven between `1.6.5:0.5.1 contemporary` and" in page


def test_cells_that_the_decision_does_not_explain_are_counted() -> None:
    (found,) = told(sample.results(), turn(*OPENAI))
    assert found.decided is not None
    assert found.decided.whole.endswith("fits 6 of the 8 cells compared")  # newer agents get along with it


def test_two_bounds_of_one_pin_are_a_span() -> None:
    (found,) = told(sample.results(), turn(*OPENAI), turn("openai", "2.60.0", "2.59.0"))
    assert found.decided is not None
    assert found.decided.words == "openai 2.45.0 to 2.59.0 (green: 2.44.0 and 2.60.0)"


def test_releases_on_both_sides_of_those_that_work_are_told_as_such() -> None:
    (found,) = told(sample.results(), turn("openai", "2.50.0", "2.51.0"), turn("openai", "2.44.0", "2.43.0"))
    assert found.decided is not None
    assert found.decided.words == "openai <= 2.43.0 or >= 2.51.0 (green: 2.44.0 to 2.50.0)"
    assert found.decided.fits == 2  # of the sample's versions none lies in between: both of its red cells fit


def test_what_is_not_settled_is_said_and_stays_a_suspicion_in_the_table() -> None:
    made = sample.results()
    (found,) = told(made, turn(*OPENAI), turn("mcp", "1", "2", verdict="unknown", why="It is out of reach."))
    page = breaks_page(made, (found,))
    assert "; 1 further border not settled" in page
    assert "- driven: not settled between" in page
    assert "It is out of reach." in page
    assert suspected(found).startswith("suspected: ")


def test_releases_that_told_neither_and_a_proven_constraint_are_told() -> None:
    between = TurnsAt(axis="openai", last_good="2.44.0", first_bad="2.47.0", between=("2.45.0", "2.46.0"))
    proof = turn(*OPENAI, turns=(between,), constraint="openai<2.45.0", verified=True)
    page = breaks_page(sample.results(), told(sample.results(), proof))
    assert "(between them 2.45.0 to 2.46.0: neither, or by something else)" in page
    assert "with `openai<2.45.0` the failing one passes" in page
    told_of = "driven: with it `native/quote-aapl` of a failing cell passes"
    assert f"- way out: `openai<2.45.0` ({told_of})" in page


def test_a_way_out_names_the_breaks_that_lie_beyond_it() -> None:
    cells = [sample.cell("1.6.5", name) for name in ("0.19.0", "0.20.0", "0.24.0")]
    cases = [
        failing(sample.case(cells[0], scenario="hello"), "text-missing"),
        *(failing(sample.case(cell), "widget-missing") for cell in cells[1:]),
    ]
    made = sample.results((cells, cases))
    newer = told(made)[0]
    back = turn("openai-agents", "0.19.0", "0.20.0", cause=newer.key, verified=True)
    back = dataclasses.replace(back, constraint="openai-agents<0.20.0")
    (found, _) = told(made, back)
    assert (found.proven[0].beyond, found.proven[0].into) == (1, ((2, 1),))
    page = breaks_page(made, told(made, back))
    assert "; there, all else asked for alike, the run shows break 2 (1 of 1 cell))" in page


def test_what_comes_or_goes_is_told_as_such() -> None:
    proof = turn(*OPENAI, changes=(Moved(name="httpx2", good=None, bad="1.0"),), turns=())
    (found,) = told(sample.results(), proof)
    assert found.decided is not None
    assert found.decided.words == "httpx2 installed"
    assert found.decided.fits == 6  # those that pass have none of it, as have those that fail


def test_what_another_break_hides_is_told_with_what_kept_that_one_away() -> None:
    cells = [sample.cell("1.6.5", name) for name in ("0.20.0", "0.24.0")]
    cases = [
        failing(sample.case(cells[0]), "text-missing"),
        failing(sample.case(cells[1]), "widget-missing"),
    ]
    made = sample.results((cells, cases))
    first, second = told(made)
    behind = Behind(
        cause=first.key, by=second.key, cell=cells[1].id, case="native/quote-aapl",
        constraint="openai<3.1.0", shows=True,
    )  # fmt: skip
    page = breaks_page(made, told(made, behind=(behind,)))
    assert "- not to be seen where the same scenarios meet another break first: 2 (1 cell)" in page
    assert "- behind break 2: it shows there, too (`1.6.5:0.24.0 today` with `openai<3.1.0`)" in page


def test_breaks_that_share_cases_do_not_take_each_others_words() -> None:
    cells = [sample.cell("1.6.5", name) for name in ("0.19.0", "0.20.0", "0.24.0")]
    words = [dataclasses.replace(sample.case(cell), outcome="pass") for cell in cells]
    both = failing(words[1], "text-missing")
    both = dataclasses.replace(both, findings=(*both.findings, *failing(words[1], "widget-missing").findings))
    cases = [failing(words[0], "text-missing"), both, failing(words[2], "widget-missing")]
    made = sample.results((cells, cases))
    shared = {each.key: dict(each.shared) for each in told(made)}
    assert [list(each.values()) for each in shared.values()] == [[1], [1]]
    assert all(len(each.seen) == 1 for each in told(made))
    assert "- 1 of its cases show break 2 as well" in breaks_page(made, told(made))


def test_what_was_found_comes_back_as_it_was_written(tmp_path: Path) -> None:
    kept = Proofs(proofs=(turn(*OPENAI),))
    write_proofs(tmp_path, kept)
    assert read_proofs(tmp_path) == kept
    assert read_proofs(tmp_path / "elsewhere") == Proofs()


@pytest.mark.parametrize("text", ["{", "[]", '{"schema_version": 9}', '{"schema_version": 1, "proofs": [1]}'])
def test_a_file_that_is_none_of_ours_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "proofs.json").write_text(text)
    with pytest.raises(ResultsError, match=r"proofs\.json"):
        read_proofs(tmp_path)
