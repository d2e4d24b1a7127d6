"""Evidence that findings share: once on disk, once in memory, and nobody sees a difference."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

from tests.reports import sample

from chatkit_harness.core.codec import to_document
from chatkit_harness.core.nouns import CaseResult, Cell, digest
from chatkit_harness.results import RESULTS_FILE, Results, ResultsWriter, Shared, believable, read_results

CELLS = [sample.cell(agents=f"0.{n}.0") for n in range(30)]
FAILING = [sample.case(cell, outcome="fail") for cell in CELLS]


def lines_of(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / RESULTS_FILE).read_text().splitlines()]


def without(folder: Path, kind: str) -> Results:
    """The run after its records of a kind were lost."""
    kept = [json.dumps(line) for line in lines_of(folder) if line["record"] != kind]
    (folder / RESULTS_FILE).write_text("\n".join(kept) + "\n")
    return read_results(folder)


def test_equal_evidence_is_stored_once_by_its_digest(tmp_path: Path) -> None:
    sample.write(tmp_path, (CELLS, FAILING))
    (stored,) = (line for line in lines_of(tmp_path) if line["record"] == "evidence")
    assert stored["digest"] == digest(stored["value"])
    assert stored["value"] == to_document(sample.BROKEN_USAGE)


def test_who_reads_a_run_sees_no_difference(tmp_path: Path) -> None:
    evidence = {"turn": 0, "raised": to_document(sample.BROKEN_USAGE), "text": "é\ud800" * 200, "last": None}
    told = dataclasses.replace(sample.finding(), evidence=evidence)
    results = sample.write(tmp_path, (CELLS, [sample.case(CELLS[0], outcome="fail", findings=(told,))]))
    (finding,) = results.cases[0].findings
    assert finding == told
    assert list(finding.evidence) == list(evidence)


def test_equal_findings_are_one_object_in_memory(tmp_path: Path) -> None:
    results = sample.write(tmp_path, (CELLS, FAILING))
    assert len({id(case.findings[0]) for case in results.cases}) == 1
    shared = Shared()
    first, second = (read_results(tmp_path, shared=shared).cases[0] for _ in range(2))
    assert first.findings[0] is second.findings[0]


def test_unequal_findings_are_kept_apart() -> None:
    shared = Shared()
    values: list[Any] = [1, 1.0, True, "1", [1], "[1]", [True], None, {"a": 1}, ["x" * 200], ["x" * 201]]
    found = [dataclasses.replace(sample.finding(), evidence={"value": value}) for value in values]
    kept = [shared.finding(each) for each in found + found]
    for given, held in zip(found + found, kept, strict=True):
        assert json.dumps(held.evidence) == json.dumps(given.evidence)
    assert len({id(each) for each in kept}) == len(values)


def test_evidence_that_is_no_json_stays_as_it_is() -> None:
    odd = dataclasses.replace(sample.finding(), evidence={"sent": [b"\xff"], "number": float("nan")})
    assert Shared().finding(odd) == odd


def test_files_of_before_are_read_as_ever(tmp_path: Path) -> None:
    results = sample.write(tmp_path, (CELLS, FAILING))
    whole = [{"record": "case", **to_document(case)} for case in results.cases]
    others = [line for line in lines_of(tmp_path) if line["record"] not in ("case", "evidence")]
    old = [*others[:-1], *whole, others[-1]]
    (tmp_path / RESULTS_FILE).write_text("\n".join(map(json.dumps, old)) + "\n")
    assert read_results(tmp_path) == results


def test_lost_evidence_costs_only_itself(tmp_path: Path) -> None:
    before = sample.write(tmp_path, (CELLS, FAILING))
    results = without(tmp_path, "evidence")
    assert [case.outcome for case in results.cases] == ["fail"] * 30
    assert results.cases[0].findings[0].message == before.cases[0].findings[0].message
    assert results.cases[0].findings[0].evidence == {}
    (complaint,) = results.complaints
    assert "Evidence is missing for findings of 30 of the cases" in complaint["cause"]
    assert (len(believable(before)), believable(results)) == (30, {})


def test_evidence_under_a_wrong_digest_is_not_believed(tmp_path: Path) -> None:
    sample.write(tmp_path, (CELLS, FAILING))
    file = tmp_path / RESULTS_FILE
    forged = {"record": "evidence", "digest": digest(to_document(sample.BROKEN_USAGE)), "value": "forged"}
    lines = file.read_text().splitlines()
    file.write_text("\n".join([*lines[:-1], json.dumps(forged), *lines[-1:]]) + "\n")
    results = read_results(tmp_path)
    assert "digest" in results.complaints[0]["cause"]
    assert results.cases[0].findings == (sample.finding(),)


def test_nonsense_in_place_of_references_is_a_complaint(tmp_path: Path) -> None:
    sample.write(tmp_path, (CELLS[:2], FAILING[:2]))
    file = tmp_path / RESULTS_FILE
    for nonsense in ("7", '{"raised":[]}', '{"raised":null}', "[]"):
        text = file.read_text()
        start = text.index('"shared":') + len('"shared":')
        file.write_text(text[:start] + nonsense + text[text.index("}", start) + 1 :])
        results = read_results(file)
        assert results.complaints
        assert results.cases[-1].findings == (sample.finding(),)
        file.write_text(text)


def test_what_a_resumed_run_finds_again_is_stored_with_it(tmp_path: Path) -> None:
    sample.write(tmp_path, (CELLS[:1], FAILING[:1]))
    without(tmp_path, "evidence")
    with ResultsWriter(tmp_path, resume=True) as writer:
        writer.case(FAILING[0])
    results = read_results(tmp_path)
    assert results.cases == (FAILING[0],)
    assert not results.incomplete


def test_a_sweep_of_like_failures_is_small(tmp_path: Path) -> None:
    sample.write(tmp_path / "one", made(1))
    sample.write(tmp_path / "many", made(20))
    size = [(tmp_path / name / RESULTS_FILE).stat().st_size for name in ("one", "many")]
    assert size[1] - size[0] < 19 * 4000 * 0.5


def made(cells: int) -> tuple[list[Cell], list[CaseResult]]:
    """Cells whose one case fails with 4 kB of evidence."""
    long = dataclasses.replace(sample.finding(), evidence={"text": "x" * 4000})
    chosen = CELLS[:cells]
    return chosen, [sample.case(cell, outcome="fail", findings=(long,)) for cell in chosen]
