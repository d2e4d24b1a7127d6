from __future__ import annotations

import base64
import contextlib
import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.upstream.kit import LOOK_ALIKE, SSE, chunks, look_alike, recording, scripted
from vcr.serialize import deserialize
from vcr.serializers import yamlserializer

from chatkit_harness.core.errors import CassetteError
from chatkit_harness.documents import problems
from chatkit_harness.upstream import (
    Chunk,
    Fault,
    Interaction,
    cassette_text,
    parse_cassette,
    read_cassette,
    write_cassette,
)

BODY = 'event: a\ndata: {"x": "caf\u00e9 \u2028"}\n\n'.encode()
bodies = st.lists(st.binary(max_size=30) | st.text(max_size=30).map(lambda t: t.encode("utf-8", "ignore")))


def one(**more: Any) -> Interaction:
    return Interaction(request={"model": "gpt-x", "input": "hello"}, headers=SSE, **more)


def foreign(response: dict[str, Any], request: dict[str, Any] | None = None) -> str:
    asked = {"method": "POST", "uri": "https://api.openai.com/v1/responses", "body": '{"input": "hi"}'}
    answer = {"status": {"code": 200, "message": "OK"}, "headers": {}, **response}
    entry = {"request": {**asked, **(request or {})}, "response": answer}
    return yaml.safe_dump({"version": 1, "interactions": [entry]})


@settings(max_examples=60, deadline=None)
@given(bodies, st.booleans())
def test_what_is_written_is_read_back(parts: list[bytes], timed: bool) -> None:
    times = [n * 1.5 for n in range(len(parts))] if timed else None
    cassette = recording(one(chunks=chunks(*parts, times=times)), one(status=500, message="No"))
    assert parse_cassette(cassette_text(cassette), name="made") == cassette


@settings(max_examples=30, deadline=None)
@given(bodies)
def test_vcrpy_reads_the_same_bodies(parts: list[bytes]) -> None:
    cassette = recording(one(chunks=chunks(*parts)))
    requests, responses = deserialize(cassette_text(cassette), yamlserializer)
    assert responses[0]["body"]["string"] == b"".join(parts)
    assert responses[0]["status"]["code"] == 200
    assert json.loads(requests[0].body) == {"model": "gpt-x", "input": "hello"}
    assert requests[0].uri == "https://api.openai.com/v1/responses"


def test_a_stream_can_be_read_in_the_file() -> None:
    text = cassette_text(scripted())
    assert "\n        event: response.created\n" in text
    assert text.index("origin: script") < text.index("interactions:\n")


def test_a_chunk_may_end_inside_a_character() -> None:
    split = BODY.index(b"\xc3") + 1
    cassette = recording(one(chunks=chunks(BODY[:split], BODY[split:], times=[1.0, 2.5])))
    again = parse_cassette(cassette_text(cassette), name="made")
    assert [chunk.data for chunk in again.interactions[0].chunks] == [BODY[:split], BODY[split:]]


def test_additions_survive() -> None:
    fault = Fault(status=429, headers={"retry-after": "1"}, body={"error": {}})
    odd = one(turn=2, outputs={"quote": "AAPL"}, unoffered=True, cut=True, fault=fault)
    assert parse_cassette(cassette_text(recording(odd)), name="made").interactions[0] == odd


def test_what_is_written_has_the_published_form() -> None:
    schema = json.loads((Path(__file__).parents[2] / "schemas" / "cassette.schema.json").read_text())
    odd = one(chunks=chunks(b"a", b"b", times=[1.0, 2.0]), turn=1, cut=True, fault=Fault(cut_after_chunks=1))
    for cassette in (scripted(), recording(odd)):
        assert problems(yaml.safe_load(cassette_text(cassette)), schema) == []


def test_a_foreign_file_is_split_at_events_without_times() -> None:
    cassette = look_alike()
    first = cassette.interactions[0]
    assert cassette.provenance.origin == "foreign"
    assert cassette.provenance.recorded == "2025-06-15T15:06:40+00:00"
    assert cassette.provenance.model == "gpt-look-alike"
    assert len(first.chunks) == 15
    assert {chunk.at_ms for chunk in first.chunks} == {None}
    assert first.chunks[0].data.startswith(b"event: response.created\n")
    assert set(first.headers) == {"content-type", "date", "openai-version"}
    assert first.request["input"][0]["role"] == "user"


@pytest.mark.parametrize(
    "response",
    [
        {"body": {"string": '{"a": 1}'}},
        {"body": {"string": b'{"a": 1}'}},
        {"body": {"string": gzip.compress(b'{"a": 1}')}, "headers": {"content-encoding": ["gzip"]}},
        {"body": {"base64_string": base64.b64encode(b'{"a": 1}').decode()}},
        {"parsed_body": {"a": 1}},
    ],
)
def test_bodies_as_vcrpy_and_its_users_write_them(response: dict[str, Any]) -> None:
    (interaction,) = parse_cassette(foreign(response), name="f").interactions
    assert json.loads(interaction.body) == {"a": 1}
    assert not interaction.streamed


@pytest.mark.parametrize("body", ['{"input": "hi"}', b'{"input": "hi"}', {"string": '{"input": "hi"}'}])
def test_request_bodies_in_each_form(body: Any) -> None:
    (interaction,) = parse_cassette(foreign({"body": {"string": ""}}, {"body": body}), name="f").interactions
    assert interaction.request == {"input": "hi"}


def test_a_file_that_vcrpy_wrote_with_an_error_status(tmp_path: Path) -> None:
    text = foreign({"status": {"code": 429, "message": "Slow"}, "body": {"string": '{"error": {}}'}})
    (tmp_path / "f.yaml").write_text(text)
    assert read_cassette(tmp_path / "f.yaml").interactions[0].status == 429


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: [", "not valid YAML"),
        ("version: 1\n", "'interactions' is missing"),
        ("version: 1\ninteractions:\n- kind: x\n", "'request' is missing"),
        ("version: 2\ninteractions: []\n", "version is 2"),
        ("version: 1\ninteractions: !!python/object:os.system {}\n", "tag"),
        ("[]", "got a list"),
    ],
)
def test_what_is_no_cassette_is_told_so(text: str, words: str) -> None:
    with pytest.raises(CassetteError, match="f") as caught:
        parse_cassette(text, name="f")
    assert words in caught.value.cause


JUNK: list[Any] = [None, 7, -3, float("inf"), 10**400, True, "x", b"\xff", [], [1], [[1, 2]], {}, {1: 2}]
JUNK += [{"string": 7}, {"base64_string": 7}, {"base64_string": "\u00e9"}, {"code": None}, "[" * 3000]


def places(held: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths to everything in a document."""
    inner = held.items() if isinstance(held, dict) else enumerate(held) if isinstance(held, list) else ()
    return [path, *(each for key, value in inner for each in places(value, (*path, key)))]


def put(held: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    held = held.copy()
    held[path[0]] = put(held[path[0]], path[1:], value)
    return held


FAULTY = one(chunks=chunks(b"a", times=[1.0]), turn=2, outputs={"q": "x"}, fault=Fault(status=429, body=[]))
DOCUMENTS = [yaml.safe_load(cassette_text(recording(FAULTY))), yaml.safe_load(foreign({"body": "a"}))]


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_whatever_a_file_holds_it_is_read_or_refused(data: st.DataObject) -> None:
    document = data.draw(st.sampled_from(DOCUMENTS))
    odd = put(document, data.draw(st.sampled_from(places(document))), data.draw(st.sampled_from(JUNK)))
    with contextlib.suppress(CassetteError):
        parse_cassette(yaml.safe_dump(odd), name="odd")


def test_odd_headers_are_refused_with_their_line() -> None:
    with pytest.raises(CassetteError, match="cannot be read") as caught:
        parse_cassette(foreign({"headers": 7}), name="odd.yaml")
    assert caught.value.culprit.startswith("odd.yaml:")


def test_a_cassette_cut_anywhere_is_refused() -> None:
    text = cassette_text(scripted())
    lines = text.splitlines(keepends=True)
    for end in range(1, len(lines), 7):
        with pytest.raises(CassetteError):
            parse_cassette("".join(lines[:end]), name="cut")


def test_chunks_that_do_not_add_up_are_refused_with_their_line() -> None:
    text = cassette_text(recording(one(chunks=chunks(b"abc", b"de")))).replace("[3, 2]", "[3, 1]")
    with pytest.raises(CassetteError, match="add up to 4 bytes, and its body has 5") as caught:
        parse_cassette(text, name="cut.yaml")
    assert caught.value.culprit.startswith("cut.yaml:")


def test_a_missing_file_offers_the_nearest(tmp_path: Path) -> None:
    write_cassette(tmp_path / "quote.yaml", scripted())
    with pytest.raises(CassetteError, match=r"quote\.yaml"):
        read_cassette(tmp_path / "qoute.yaml")


def test_a_secret_keeps_the_file_from_being_written(tmp_path: Path) -> None:
    key = "sk-" + "aB3d" * 10
    with pytest.raises(CassetteError, match="OpenAI key") as caught:
        write_cassette(tmp_path / "a.yaml", recording(one(chunks=(Chunk(data=key.encode()),))))
    assert key not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_writing_replaces_the_old_file_and_leaves_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("old")
    write_cassette(tmp_path / "a.yaml", scripted())
    assert read_cassette(tmp_path / "a.yaml", name="quote-aapl") == scripted()
    assert [each.name for each in tmp_path.iterdir()] == ["a.yaml"]


def test_a_folder_that_cannot_hold_it_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(CassetteError, match="cannot be written"):
        write_cassette(tmp_path / "file" / "a.yaml", scripted())


def test_only_live_recordings_expire() -> None:
    made = datetime.fromisoformat("2026-01-02T03:04:05+00:00")
    assert not recording().expired(made + timedelta(days=180))
    assert recording().expired(made + timedelta(days=181))
    assert not recording(origin="foreign").expired(made + timedelta(days=999))
    assert not scripted().expired(datetime.now(UTC) + timedelta(days=999))


def test_the_look_alike_survives_our_own_form() -> None:
    cassette = read_cassette(LOOK_ALIKE)
    assert parse_cassette(cassette_text(cassette), name="look_alike") == cassette
