from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from tests.reports import sample

from chatkit_harness.core import transcript as nouns
from chatkit_harness.core.codec import to_document
from chatkit_harness.core.errors import OutputError
from chatkit_harness.reports import document_pieces, result_document, write_reports
from chatkit_harness.results import RESULTS_FILE

SCHEMAS = Path(__file__).parents[2] / "schemas"


def schema(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((SCHEMAS / f"{name}.schema.json").read_text())
    Draft202012Validator.check_schema(document)
    return document


def test_the_document_has_the_form_that_scripts_rely_on(tmp_path: Path) -> None:
    document = result_document(sample.write(tmp_path))
    Draft202012Validator(schema("results")).validate(document)
    assert list(document) == ["schema_version", "cells", "cases", "causes", "summary", "run"]
    assert document["summary"] == {"pass": 48, "fail": 16, "error": 0, "unresolvable": 0, "skipped": 0}
    assert "reason" in document["cases"][0]
    assert "example" not in document["causes"][0]


def test_a_run_without_an_end_is_shown_again_as_it_was_asked_for(tmp_path: Path) -> None:
    cut = dataclasses.replace(sample.write(tmp_path, end=False), header=dataclasses.replace(
        sample.HEADER, selection={"with": ["pandas"]}))  # fmt: skip
    (cause,) = result_document(cut)["causes"]
    assert f"--resolution {sample.HEADER.started} " in cause["reproduce"]
    assert cause["reproduce"].endswith("--with pandas")


def test_the_schema_says_which_key_is_an_extension() -> None:
    whole = schema("results")
    document = result_document(sample.results())
    del document["run"]
    Draft202012Validator(whole).validate(document)
    assert set(whole["properties"]) - set(whole["required"]) == {"run"}
    assert "`run` is an extension" in whole["description"]


def test_every_line_of_the_results_file_has_its_schema(tmp_path: Path) -> None:
    sample.write(tmp_path)
    whole = schema("results")
    lines = Draft202012Validator({"$ref": "#/$defs/line", "$defs": whole["$defs"]})
    for line in (tmp_path / RESULTS_FILE).read_text().splitlines():
        lines.validate(json.loads(line))


@pytest.mark.parametrize("spoil", ["cells", "cases", "causes", "summary"])
def test_the_schema_refuses_a_key_that_nobody_promised(spoil: str) -> None:
    document = result_document(sample.results())
    found = document[spoil]
    (found if isinstance(found, dict) else found[0])["surprise"] = 1
    assert not Draft202012Validator(schema("results")).is_valid(document)


def test_a_transcript_has_the_form_of_its_schema() -> None:
    document = to_document(sample.transcript(sample.cell(), fails=True))
    Draft202012Validator(schema("transcript")).validate(document)


def test_the_transcripts_schema_has_every_field_of_the_nouns() -> None:
    whole = schema("transcript")
    kinds = [each for each in vars(nouns).values() if dataclasses.is_dataclass(each)]
    for kind in kinds:
        assert isinstance(kind, type)
        name = kind.__name__[0].lower() + kind.__name__[1:]
        described = whole if kind is nouns.Transcript else whole["$defs"][name]
        assert list(described["properties"]) == [field.name for field in dataclasses.fields(kind)]


def test_a_number_that_is_none_is_still_json_to_everybody() -> None:
    odd = dataclasses.replace(sample.finding(None), evidence={"x": float("nan"), "y": b"\xff"})
    results = sample.results(([sample.cell()], [sample.case(sample.cell(), outcome="fail", findings=(odd,))]))
    text = json.dumps(result_document(results), allow_nan=False)
    assert json.loads(text)["cases"][0]["findings"][0]["evidence"]["x"] == "nan"


def test_the_written_document_is_the_printed_one(tmp_path: Path) -> None:
    for made in (sample.matrix(), ([], [])):
        results = sample.results(made)
        write_reports(results, tmp_path)
        assert json.loads((tmp_path / "results.json").read_text()) == result_document(results)


def test_all_reports_are_written_into_the_folder(tmp_path: Path) -> None:
    paths = write_reports(sample.write(tmp_path / "run"), tmp_path / "new" / "folder")
    assert [path.name for path in paths] == ["results.json", "summary.md", "junit.xml", "report.html"]
    assert sorted(path.name for path in (tmp_path / "new" / "folder").iterdir()) == sorted(
        p.name for p in paths
    )


def test_a_folder_that_cannot_be_written_loses_nothing(tmp_path: Path) -> None:
    results = sample.write(tmp_path / "run")
    before = (tmp_path / "run" / RESULTS_FILE).read_bytes()
    with pytest.raises(OutputError, match="cannot be written"):
        write_reports(results, tmp_path / "run" / RESULTS_FILE / "reports")
    assert (tmp_path / "run" / RESULTS_FILE).read_bytes() == before


def test_what_a_sweep_adds_has_its_schema() -> None:
    told = {"ranges": ("agents 0.4.0 to 0.8.0",), "suspect": "openai", "reproduce": "chatkit-harness run"}
    document = result_document(sample.with_causes(sample.sweep(lacks=("agents.x (chatkit/y.py:1)",)), **told))
    Draft202012Validator(schema("results")).validate(document)
    assert document["causes"][0]["ranges"] == ["agents 0.4.0 to 0.8.0"]
    assert {tuple(cell["lacks"]) for cell in document["cells"]} == {(), ("agents.x (chatkit/y.py:1)",)}
    assert {cell["seconds"] for cell in document["cells"]} == {0.2}
    assert {case["confirmed"] for case in document["cases"]} == {False}


def test_a_shard_says_which_it_is() -> None:
    whole = sample.results()
    assert result_document(whole)["run"]["shard"] is None
    header = dataclasses.replace(sample.HEADER, matrix={"shard": {"index": 2, "of": 3}})
    document = result_document(dataclasses.replace(whole, header=header))
    Draft202012Validator(schema("results")).validate(document)
    assert document["run"]["shard"] == {"index": 2, "of": 3}


def test_a_document_comes_in_pieces_no_larger_than_a_case() -> None:
    pieces = list(document_pieces(sample.sweep()))
    assert len(pieces) > 60 + 120
    assert max(map(len, pieces)) < 20_000
    assert json.loads("".join(pieces)) == result_document(sample.sweep())
