from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from tests.reports import sample

from chatkit_harness.core.errors import (
    ConfigurationError,
    IndexUnreachableError,
    OutputError,
    ResultsError,
)
from chatkit_harness.core.nouns import digest
from chatkit_harness.core.redaction import REDACTED
from chatkit_harness.core.transcript import Authored, Event, Exchange, Frame, Raised, Stored, Transcript
from chatkit_harness.results import RESULTS_FILE, ResultsWriter, RunFooter, read_results


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    cells, cases = sample.matrix()
    results = sample.write(tmp_path, (cells, cases))
    assert results.header == sample.HEADER
    assert list(results.cells) == cells
    assert [dataclasses.replace(case, transcript=None) for case in results.cases] == cases
    assert results.footer is not None
    assert results.footer.summary["fail"] == 16
    assert not results.complaints
    assert not results.notes


def test_a_transcript_is_stored_once_by_its_digest(tmp_path: Path) -> None:
    transcript = sample.transcript(sample.cell())
    with ResultsWriter(tmp_path) as writer:
        assert writer.transcript(transcript) == writer.transcript(transcript)
    (file,) = tmp_path.glob("transcripts/*/*.json")
    assert file.parent.name == file.stem[:2]
    assert file.stem == digest(json.loads(file.read_text()))


@pytest.mark.parametrize("dirt", ["\x00 and \x1b[31m", "\ud800", "\ud83d\ude00", "\u2028\n\r", "NaN"])
def test_what_a_broken_server_sent_survives(tmp_path: Path, dirt: str) -> None:
    value = float("nan") if dirt == "NaN" else dirt
    sent = Event(at_ms=1.0, data={"type": "x", dirt: value}, raw=dirt)
    turn = dataclasses.replace(sample.transcript(sample.cell()).turns[0], events=(sent,))
    dirty = dataclasses.replace(sample.transcript(sample.cell()), turns=(turn,))
    with ResultsWriter(tmp_path) as writer:
        writer.header(sample.HEADER)
        name = writer.transcript(dirty)
        writer.case(sample.case(sample.cell(), outcome="error", reason=dirt))
    results = read_results(tmp_path)
    # Two halves of a pair are one character to JSON; all else comes back as it was.
    expected = dirt.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    assert results.cases[0].reason == expected
    assert results.transcript(name).turns[0].events[0].raw == expected


def test_many_threads_write_whole_lines(tmp_path: Path) -> None:
    cells = [sample.cell(agents=f"0.{n}.0") for n in range(40)]
    with ResultsWriter(tmp_path) as writer:
        writer.header(sample.HEADER)
        threads = [threading.Thread(target=writer.cell, args=(cell,)) for cell in cells]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert {cell.id for cell in read_results(tmp_path).cells} == {cell.id for cell in cells}


def test_what_was_written_before_a_kill_is_readable(tmp_path: Path) -> None:
    script = (
        "import os, signal, sys; from pathlib import Path; from tests.reports import sample as s\n"
        "from chatkit_harness.results import ResultsWriter\n"
        "w = ResultsWriter(Path(sys.argv[1])); w.header(s.HEADER); w.cell(s.cell())\n"
        "w.case(s.case(s.cell()))\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], cwd=root, check=False)
    results = read_results(tmp_path)
    assert len(results.cases) == 1
    assert results.interrupted


def test_a_file_without_its_end_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    sample.write(tmp_path)
    file = tmp_path / RESULTS_FILE
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[:-2]) + lines[-2][:40])
    results = read_results(file)
    assert len(results.cases) == 63
    assert results.footer is None
    causes = [complaint["cause"] for complaint in results.complaints]
    assert any("cut" in cause for cause in causes)
    assert any("no end" in cause for cause in causes)


def test_a_damaged_line_in_the_middle_costs_only_itself(tmp_path: Path) -> None:
    sample.write(tmp_path)
    file = tmp_path / RESULTS_FILE
    lines = file.read_bytes().splitlines(keepends=True)
    lines[20] = lines[20].replace(b'"cell"', b'"sell"', 1).replace(b'"outcome"', b'"income"')
    file.write_bytes(b"".join(lines))
    results = read_results(tmp_path)
    assert len(results.cases) == 63
    assert results.complaints[0]["culprit"].endswith(f"{RESULTS_FILE}:21")


def test_a_record_is_never_glued_to_half_a_line(tmp_path: Path) -> None:
    sample.write(tmp_path, end=False)
    file = tmp_path / RESULTS_FILE
    file.write_bytes(file.read_bytes()[:-30])
    with ResultsWriter(tmp_path, resume=True) as writer:
        writer.case(sample.case(sample.cell(), "one-more"))
    results = read_results(tmp_path)
    assert results.cases[-1].scenario == "one-more"
    assert len(results.cases) == 64


def test_of_a_case_that_is_there_twice_the_last_attempt_counts(tmp_path: Path) -> None:
    first = sample.case(sample.cell(), outcome="fail")
    second = dataclasses.replace(first, outcome="pass", findings=(), attempt=2)
    results = sample.write(tmp_path, ([sample.cell()], [second, first]))
    (case,) = results.cases
    assert (case.outcome, case.attempt) == ("pass", 2)
    assert "twice" in results.notes[0]


def test_what_was_driven_anew_since_what_it_rests_on_changed_contradicts_nothing(tmp_path: Path) -> None:
    first = dataclasses.replace(sample.case(sample.cell()), fingerprint="a")
    second = dataclasses.replace(first, outcome="fail", attempt=2, fingerprint="b")
    results = sample.write(tmp_path, ([sample.cell()], [first, second]))
    assert [case.outcome for case in results.cases] == ["fail"]
    assert results.notes == ()


def test_a_resumed_run_has_its_end_only_from_its_own_footer(tmp_path: Path) -> None:
    sample.write(tmp_path)
    with ResultsWriter(tmp_path, resume=True) as writer:
        writer.case(sample.case(sample.cell(), "one-more"))
    assert read_results(tmp_path).footer is None


def test_a_newer_version_is_refused_by_name(tmp_path: Path) -> None:
    sample.write(tmp_path)
    file = tmp_path / RESULTS_FILE
    file.write_text(file.read_text().replace('"schema_version":1', '"schema_version":7', 1))
    with pytest.raises(ResultsError, match=r"version 7 .*Upgrade"):
        read_results(tmp_path)


@pytest.mark.parametrize("text", ["", "{}\n", "[1]\n", "no json\n", '{"record":"case"}\n', '{"record":"head'])
def test_what_is_no_results_file_is_said_to_be_none(tmp_path: Path, text: str) -> None:
    file = tmp_path / "notes.jsonl"
    file.write_text(text)
    with pytest.raises(ResultsError, match="not a results file"):
        read_results(file)


def test_a_missing_run_is_answered_with_the_nearest(tmp_path: Path) -> None:
    sample.write(tmp_path / "monday")
    with pytest.raises(ResultsError, match="Did you mean 'monday'"):
        read_results(tmp_path / "mondya")


def test_a_folder_without_results_offers_the_runs_in_it(tmp_path: Path) -> None:
    sample.write(tmp_path / "monday")
    with pytest.raises(ResultsError, match="monday"):
        read_results(tmp_path)


def test_a_missing_or_changed_transcript_is_an_error_that_names_it(tmp_path: Path) -> None:
    results = sample.write(tmp_path)
    name = results.cases[0].transcript or ""
    (file,) = tmp_path.glob(f"transcripts/*/{name}.json")
    file.write_text(file.read_text().replace("AAPL", "TSLA"))
    with pytest.raises(ResultsError, match="digest"):
        results.transcript(name)
    file.write_text("{")
    with pytest.raises(ResultsError, match="not a transcript"):
        results.transcript(name)
    file.unlink()
    with pytest.raises(ResultsError, match=name):
        results.transcript(name)


def test_a_folder_that_cannot_be_written_is_told_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="cannot be written"):
        ResultsWriter(tmp_path / "file" / "run")


def test_an_earlier_run_is_never_overwritten(tmp_path: Path) -> None:
    sample.write(tmp_path)
    with pytest.raises(ConfigurationError, match="another run") as raised:
        ResultsWriter(tmp_path)
    assert raised.value.exit_status == 2
    assert len(read_results(tmp_path).cases) == 64


def test_of_two_runs_that_begin_at_once_one_gets_the_folder(tmp_path: Path) -> None:
    with ResultsWriter(tmp_path):
        with pytest.raises(ConfigurationError):
            ResultsWriter(tmp_path)
        ResultsWriter(tmp_path, resume=True).close()


# Put together from parts, so that no scanner takes this file for a leak.
KEY = "sk-" + "Ab3" * 16
ADDRESS = "http://ann:hunter" + "2@example.org/simple"


def leaky(text: str) -> Transcript:
    """A transcript that holds a text wherever a server, a tool or a library can put one."""
    clean = sample.transcript(sample.cell())
    frame = Frame(file="server.py", function="respond", line=3, code=text)
    raised = Raised(type="builtins.ValueError", message=text, frames=(frame,))
    turn = dataclasses.replace(
        clean.turns[0],
        user=text,
        request={text: [text]},
        events=(Event(at_ms=1, data={"token": text}), Event(at_ms=2, raw=f"data: {text}")),
        response={"deep": [{"token": text}]},
        raised=raised,
    )
    asked = Exchange(
        at_ms=0, method="POST", path="/", outcome="unmatched", status=400, request={}, difference=(text,)
    )
    return dataclasses.replace(
        clean,
        turns=(turn,),
        authored=(Authored(at_ms=1, turn=0, widget={"value": f"key\n{text}"}),),
        exchanges=(asked,),
        stored=Stored(items=({"text": f"\u00e9{text}"},), raised=raised),
        leaks=(text,),
        notes=(text,),
    )


@pytest.mark.parametrize(("text", "secret"), [(KEY, KEY), (f"from {ADDRESS}", "hunter2")])
def test_no_secret_of_a_transcript_reaches_the_disk(tmp_path: Path, text: str, secret: str) -> None:
    with ResultsWriter(tmp_path) as writer:
        writer.header(sample.HEADER)
        name = writer.transcript(leaky(text))
    (file,) = tmp_path.glob("transcripts/*/*.json")
    assert secret not in file.read_text()
    assert file.read_text().count(REDACTED) == 15
    assert file.stem == name == digest(json.loads(file.read_text()))


def test_no_secret_of_a_record_reaches_the_disk(tmp_path: Path) -> None:
    cell = dataclasses.replace(sample.cell(), unresolvable=f"uv said {ADDRESS}")
    complaint = IndexUnreachableError(ADDRESS, f"It refused {KEY}.", "Try later.").as_document()
    with ResultsWriter(tmp_path) as writer:
        writer.header(dataclasses.replace(sample.HEADER, command=("run", "--index", ADDRESS)))
        writer.cell(cell)
        writer.case(sample.case(cell, outcome="error", reason=KEY))
        writer.footer(RunFooter(finished="2026-01-01T00:00:00Z", complaints=(complaint,)))
    text = (tmp_path / RESULTS_FILE).read_text()
    assert (text.count(REDACTED), KEY in text, "hunter2" in text) == (5, False, False)


def test_data_may_call_anything_a_token(tmp_path: Path) -> None:
    clean = sample.transcript(sample.cell())
    said = Event(at_ms=1, data={"token": "AAPL", "password": "open sesame", "mail": "ann@example.org"})
    kept = dataclasses.replace(clean, turns=(dataclasses.replace(clean.turns[0], events=(said,)),))
    with ResultsWriter(tmp_path) as writer:
        writer.header(sample.HEADER)
        name = writer.transcript(kept)
    assert read_results(tmp_path).transcript(name).turns[0].events == (said,)
