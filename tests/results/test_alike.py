"""Two runs, or two transcripts, are alike but for times and ids; whatever else differs is told."""

from __future__ import annotations

import copy
import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.reports import sample

from chatkit_harness.core.codec import from_document, to_document
from chatkit_harness.core.nouns import CaseResult, Cell
from chatkit_harness.core.transcript import (
    DiskFacts,
    Event,
    ImportResult,
    LogRecord,
    Raised,
    Stored,
    Transcript,
)
from chatkit_harness.results import Results, differences, plain_form, read_results, transcript_form

COSTS = ("at_ms", "sent_at_ms", "ended_at_ms", "cpu_ms", "starved_ms", "ms")


def conversation(number: int = 0) -> Transcript:
    """A turn as the `number`th process drives it: its ids, its clock, its folders and its port."""
    thread, first, second = (f"{kind}_{number * 7919 + 0xA1B2C3D4:08x}" for kind in ("thr", "msg", "wdg"))
    clock = f"2026-11-2{number}T05:34:39.{number:06d}"
    venv = f"/tmp/cache-{number}/layers/x{number}/lib/python3.12/site-packages"
    events: list[dict[str, Any]] = [
        {"type": "thread.created", "thread": {"id": thread, "created_at": clock}},
        {"type": "thread.item.done", "item": {"id": first, "thread_id": thread, "content": "AAPL 229.35"}},
        {"type": "thread.item.done", "item": {"id": second, "thread_id": thread, "content": "up 1.2%"}},
        {"type": "note", "client_secret": f"abc.{number}", "expires_at": 1_795_239_885 + number, "n": 2},
    ]
    whole = sample.transcript(sample.cell())
    turn = dataclasses.replace(
        whole.turns[0],
        sent_at_ms=1.0 + number,
        ended_at_ms=50.0 + number,
        cpu_ms=3.0 * number,
        events=tuple(Event(at_ms=float(n + number), data=each) for n, each in enumerate(events)),
        raised=Raised(type="builtins.ValueError", message=f"no item {second} in {thread}"),
    )
    disk = DiskFacts(module="agents", kind="package", locations=(f"{venv}/agents",))
    refused = f"cannot import name 'x' from 'agents' ({venv}/agents/__init__.py)"
    said = f"POST '/chat': 500 [{number:032x}] at 0x7f{number:010x} on 127.0.0.1:4{number}123"
    log = LogRecord(at_ms=1.0 * number, logger="server", level="ERROR", message=said)
    return dataclasses.replace(
        whole,
        turns=(turn,),
        imports=(ImportResult(module="agents", ok=False, ms=9.0 * number, disk=disk,
                              raised=Raised(type="builtins.ImportError", message=refused)),),
        log=(log,),
        stored=Stored(thread={"id": thread, "created_at": clock}, items=({"id": first}, {"id": second})),
        last_words=f"{venv}/agents/run.py:7: UserWarning: {thread}",
    )  # fmt: skip


def test_times_ids_and_places_make_no_difference() -> None:
    assert differences(conversation(0), conversation(3)) == []
    assert transcript_form(conversation(0)) == transcript_form(conversation(3))


def places(document: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where the texts, numbers and nothings of a document stand, but for times and costs."""
    if isinstance(document, dict):
        for key, value in document.items():
            if key not in (*COSTS, "created_at", "client_secret", "expires_at"):
                yield from places(value, (*path, key))
    elif isinstance(document, list):
        for number, value in enumerate(document):
            yield from places(value, (*path, number))
    else:
        yield path


WHOLE = to_document(conversation())
PLACES = list(places(WHOLE))


def at(document: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        document = document[step]
    return document


def changed(path: tuple[Any, ...], value: Any) -> Transcript | dict[str, Any]:
    document = copy.deepcopy(WHOLE)
    at(document, path[:-1])[path[-1]] = value
    return transcript_form_of(document)


def transcript_form_of(document: dict[str, Any]) -> dict[str, Any]:
    """The form of a document, which a liar may have made unfit for a transcript."""
    try:
        return transcript_form(from_document(Transcript, document))
    except ValueError:
        return document


@pytest.mark.parametrize("path", PLACES, ids=lambda path: ".".join(map(str, path)))
def test_any_change_is_told_with_its_place(path: tuple[Any, ...]) -> None:
    old = at(WHOLE, path)
    new = old + 1 if isinstance(old, int) else f"{old} really" if isinstance(old, str) else "something"
    told = differences(transcript_form(conversation()), changed(path, not old if old is True else new))
    assert told
    assert any(str(path[0]) in each for each in told)


@given(path=st.sampled_from(PLACES), text=st.text(min_size=1, max_size=5))
def test_any_text_added_to_a_text_is_told(path: tuple[Any, ...], text: str) -> None:
    old = at(WHOLE, path)
    if isinstance(old, str):
        told = differences(transcript_form(conversation()), changed(path, f"{old} {text} {old}"))
        assert told


@given(path=st.sampled_from(PLACES), word=st.integers(0, 20), new=st.sampled_from(["not", "7", "TSLA"]))
def test_one_changed_word_is_told(path: tuple[Any, ...], word: int, new: str) -> None:
    old = at(WHOLE, path)
    words = old.split(" ") if isinstance(old, str) else []
    if words and new not in words:
        words[word % len(words)] = new
        assert differences(transcript_form(conversation()), changed(path, " ".join(words)))


def liar(change: str) -> Transcript:
    """The conversation with one lie about its events."""
    whole = conversation(2)
    events = list(whole.turns[0].events)
    if change == "missing":
        del events[1]
    elif change == "twice":
        events.insert(1, events[1])
    elif change == "swapped":
        events[1], events[2] = events[2], events[1]
    elif change == "of another thread":
        data = json.loads(json.dumps(events[2].data).replace("thr_", "thr_0"))
        events[2] = dataclasses.replace(events[2], data=data)
    elif change == "same id":
        first = events[1].data
        assert first is not None
        assert events[2].data is not None
        item = {**events[2].data["item"], "id": first["item"]["id"]}
        events[2] = dataclasses.replace(events[2], data={**events[2].data, "item": item})
    return dataclasses.replace(whole, turns=(dataclasses.replace(whole.turns[0], events=tuple(events)),))


@pytest.mark.parametrize("change", ["missing", "twice", "swapped", "of another thread", "same id"])
def test_a_lie_about_the_events_is_told(change: str) -> None:
    assert differences(conversation(), liar(change))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("AAPL at 229.35", "AAPL at 229.36"),
        ("2026-11-20", "2026-11-21"),
        ("POST /api/chatkit/proxy", "POST /api/chatkit/other"),
        ("/lib/python3.12/site-packages/agents/a.py", "/lib/python3.12/site-packages/agents/b.py"),
        ("/a/lib/python3.12/asyncio/tasks.py", "/a/lib/python3.12/asyncio/runners.py"),
        ("openai 2.8.1", "openai 2.54.0"),
        ("order_12345678", "order_12345679"),
        ("sha256:" + "a" * 64, "sha256:" + "b" * 64),
        ("example.org:443", "example.org:444"),
        ("deadbeef", "deadbeee"),
        ("2026-11-20T09:30:00Z", "2026-11-20T09:31:00Z"),
        ("after 5 ms", "after 6 ms"),
    ],
)
def test_what_looks_like_an_id_or_a_place_and_is_none_is_told(one: str, other: str) -> None:
    runs = [dataclasses.replace(conversation(), notes=(text,)) for text in (one, other)]
    assert len(differences(*runs)) == 1


def test_numbers_and_words_that_look_alike_differ() -> None:
    values = [1, 1.0, True, "1", None, [1], {"1": 1}]
    for place, one in enumerate(values):
        assert [not differences([one], [other]) for other in values] == [
            n == place for n in range(len(values))
        ]
    assert not differences({"a": float("nan")}, {"a": float("nan")})


def test_a_long_difference_is_shown_where_it_is() -> None:
    (told,) = differences({"text": "x" * 5000 + "left"}, {"text": "x" * 5000 + "right"})
    assert "left" in told
    assert "right" in told
    assert len(told) < 500


def run(cells: list[Cell], cases: list[CaseResult]) -> Results:
    return sample.results((cells, cases))


def test_a_run_is_alike_whatever_it_cost_and_in_whichever_order(tmp_path: Path) -> None:
    cells, cases = sample.matrix()
    first = sample.write(tmp_path, (cells, cases))
    cells = [dataclasses.replace(cell, isolation="fork", seconds=3.0, interpreter="/x") for cell in cells]
    other = [
        dataclasses.replace(case, attempt=2, confirmed=True, timing={}, fingerprint="f", transcript="e" * 64)
        for case in cases
    ]
    assert differences(first, run(cells, other)) == []
    assert differences(plain_form(read_results(tmp_path)), plain_form(first)) == []
    backwards = run(cells, other[::-1])
    assert differences(plain_form(first)["cases"], plain_form(backwards)["cases"]) == []


def test_ids_and_durations_in_a_message_make_no_difference() -> None:
    cells, cases = sample.matrix()
    for one, other in [
        ("no item msg_12ab34cd in thr_12ab34cd", "no item msg_99ff00aa in thr_11111111"),
        ("took 1234.5 ms", "took 999 ms"),
        ("'correlation_id': '130614c811b8480…", "'correlation_id': '9ffcdb19a1db45ea918713…"),
        ("at 2026-11-21T05:34:39.876930", "at 2026-11-21T05:34:59.295825"),
    ]:
        runs = [run(cells[:1], [failing(cases[0], message)]) for message in (one, other)]
        assert differences(*runs) == []


def failing(case: CaseResult, message: str = "The turn ended in an error event.") -> CaseResult:
    found = sample.finding(None, message=message)
    other = sample.finding(message="The turn raised.")
    return dataclasses.replace(case, outcome="fail", findings=(found, other))


@pytest.mark.parametrize(
    "change",
    [
        {"outcome": "fail"},
        {"reason": "another"},
        {"findings": ()},
        {"findings": failing(sample.matrix()[1][0]).findings[::-1]},
        {"findings": failing(sample.matrix()[1][0], "The turn ended in an error.").findings},
        {"server": "shop.server:create"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_difference_of_one_case_is_told_by_its_name(change: dict[str, Any]) -> None:
    cells, cases = sample.matrix()
    first = failing(cases[0]) if "findings" in change else cases[0]
    told = differences(
        run(cells, [first, *cases[1:]]), run(cells, [dataclasses.replace(first, **change), *cases[1:]])
    )
    assert any(f"cases.{first.id}" in each for each in told)


def test_a_missing_case_and_other_pins_are_told() -> None:
    cells, cases = sample.matrix()
    told = differences(run(cells, cases), run(cells, cases[1:]))
    assert any(f"cases.{cases[0].id} is only in the first" in each for each in told)
    other = dataclasses.replace(cells[0], pins={**cells[0].pins, "mcp": "0.0.1"})
    (told_pins,) = differences(run(cells, cases), run([other, *cells[1:]], cases))
    assert "pins.mcp" in told_pins


def test_other_causes_are_told() -> None:
    results = sample.results()
    assert results.footer is not None
    causes = results.footer.causes
    for change in (
        {"title": "another"},
        {"cases": causes[0].cases[1:]},
        {"suspect": "openai"},
        {"ranges": ("all",)},
    ):
        footer = dataclasses.replace(
            results.footer,
            causes=(dataclasses.replace(causes[0], **change), *causes[1:]),
        )
        (told,) = differences(results, dataclasses.replace(results, footer=footer))[:1]
        assert told.startswith(f"causes.{causes[0].key}")
