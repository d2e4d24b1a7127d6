from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatkit_harness import frontend

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=6),
)
KEYS = st.one_of(
    st.sampled_from(
        ["type", "text", "response_text", "widgets", "widget", "chart_commands", "intent", "data"]
    ),
    st.text(max_size=4),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=10,
)
DOCUMENTS = st.dictionaries(KEYS, VALUES, min_size=1, max_size=4)
WRITTEN = st.builds(
    lambda value, indent, plain: json.dumps(value, indent=indent, ensure_ascii=plain),
    DOCUMENTS,
    st.sampled_from([None, 1, 2]),
    st.booleans(),
)
SNIPPETS = st.one_of(
    WRITTEN,
    st.builds(lambda text, cut: text[: cut % (len(text) + 1)], WRITTEN, st.integers(0, 200)),
    st.builds(lambda text: json.dumps({"response_text": text}), WRITTEN),
    st.sampled_from(
        ["```json\n", "\n```\n", "~~~", "```", "\n\n", " ", ",", '"', "\\", "{", "}", "[", "]", "\ufeff"]
    ),
    st.sampled_from(
        ["LOAD:AAPL", "SUPPORT:440", "TIMEFRAME:", "support at $440", '- **SUPPORT: 443** "low"', "LOAD"]
    ),
    st.sampled_from(["[" * 300, '{"a":' * 300, '"\\ud800"', "NaN", "{'a': 1}", '{"a": 1,,}']),
    st.text(max_size=8),
    st.text(st.characters(), max_size=4),
)
MESSAGES = st.lists(SNIPPETS, max_size=8).map("".join)
PROSE = st.text(st.characters(exclude_characters='{}[]"`~:\\'), max_size=20)
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def check(message: str) -> None:
    """What holds of every message."""
    reading = frontend.read(message)
    found: list[Any] = [*reading.documents, *reading.broken, *reading.widgets]
    found += [*reading.commands, *reading.rejected]
    assert all(0 <= each.start <= each.end <= len(message) for each in found)
    assert all(start < end <= len(message) for start, end in reading.stray)
    top = [each for each in reading.documents if each.inside is None]
    spans = sorted((each.start, each.end) for each in top)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    assert [json.loads(message[each.start : each.end]) for each in top] == [each.value for each in top]
    for each in reading.broken:
        assert each.start <= each.position <= len(message)
        lines = message[: each.position].split("\n")
        assert (each.line, each.column) == (len(lines), len(lines[-1]) + 1)
    assert reading.steps <= 40 * len(message)


@QUICK
@given(st.text(st.characters(), max_size=60))
def test_any_string_is_read(message: str) -> None:
    check(message)


@QUICK
@given(st.text('{}[]",:\\ \n`~a1', max_size=60))
def test_any_punctuation_is_read(message: str) -> None:
    check(message)


@QUICK
@given(MESSAGES)
def test_any_mixture_is_read(message: str) -> None:
    check(message)


@QUICK
@given(st.lists(st.tuples(PROSE, WRITTEN), min_size=1, max_size=4), PROSE)
def test_every_document_in_prose_is_found_back(parts: list[tuple[str, str]], tail: str) -> None:
    message = "".join(prose + document for prose, document in parts) + tail
    reading = frontend.read(message)
    values: list[Any] = [json.loads(document) for _, document in parts]
    assert [each.value for each in reading.documents if each.inside is None] == values
    assert not [each for each in reading.broken if each.position == len(message)]


@QUICK
@given(st.lists(st.tuples(PROSE, WRITTEN), min_size=1, max_size=4), PROSE)
def test_no_found_document_is_left_in_the_text(parts: list[tuple[str, str]], tail: str) -> None:
    message = "".join(prose + document for prose, document in parts) + f"\n{tail} the end\n"
    reading = frontend.read(message)
    assert "the end" in reading.text
    for each in reading.documents:
        if each.inside is None:
            assert message[each.start : each.end] not in reading.text


@QUICK
@given(st.lists(WRITTEN, min_size=1, max_size=3), st.sampled_from(["```json\n", "```\n", "~~~json\n"]))
def test_fenced_documents_leave_no_fence(documents: list[str], fence: str) -> None:
    message = "".join(f"{fence}{each}\n{fence[:3]}\n" for each in documents) + "the end"
    reading = frontend.read(message)
    assert all(each.fenced for each in reading.documents if each.inside is None)
    assert reading.text.endswith("the end")
