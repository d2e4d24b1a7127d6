from __future__ import annotations

import pytest

from chatkit_harness import frontend
from chatkit_harness.frontend import BrokenDocument


def broken(message: str) -> BrokenDocument:
    (only,) = frontend.read(message).broken
    return only


@pytest.mark.parametrize(
    ("message", "before", "reason"),
    [
        ('{"a": NaN}', "NaN", "NaN is no JSON value"),
        ('{"a": -Infinity}', "-Inf", "-Infinity is no JSON value"),
        ('{"a": True}', "True", "True is Python's word; JSON has true"),
        ('{"a": [1,, 2]}', ", 2", "a value is missing before the comma"),
        ('{"a": [1, 2,]}', "]", "a value is missing between the comma and ']'"),
        ('{"a": 1,}', "}", "a key is missing between the comma and '}'"),
        ('{"a": 1 "b": 2}', '"b"', "a comma or '}' is expected, not '\"'"),
        ('{"a": [1 2]}', "2]", "a comma or ']' is expected, not '2'"),
        ('{"a": "so "what" now"}', "what", "a comma or '}' is expected, not 'w'"),
        ('{"a": 1, b: 2}', "b:", "a key in double quotes is expected, not 'b'"),
        ("{'a': 1}", "'a'", 'a key in double quotes is expected, not "\'"'),
        ('{"a": 1, "b" 2}', "2}", "a colon is expected after the key, not '2'"),
        ('{"a": "x\ny"}', "\n", "a line break stands in a string, where it must be written \\n"),
        ('{"a": "x\x00y"}', "\x00", "U+0000 stands in a string, where it must be escaped"),
        ('{"a": "\\x"}', "\\x", "'\\\\x' is no escape of JSON"),
        ('{"a": .5}', ".5", "a value is expected, not '.'"),
        ('{"a": 01}', "1}", "a comma or '}' is expected, not '1'"),
        ('{"a": undefined}', "undefined", "a value is expected, not undefined"),
        ('["LOAD:AAPL",,"LOAD:TSLA"]', ',"LOAD:T', "a value is missing before the comma"),
        ('[{"a": 1}, oops]', "oops", "a value is expected, not oops"),
    ],
)
def test_the_place_and_the_reason(message: str, before: str, reason: str) -> None:
    told = broken(f"Look: {message} Well.")
    assert told.reason == reason
    assert told.position == 6 + message.index(before)
    assert (told.start, told.end) == (6, 6 + len(message))
    assert message[:3] in told.excerpt


@pytest.mark.parametrize(
    "half", ['{"response_text": "It w', '{"a": [1, {"b":', '{"intent"', '["LOAD:AAPL",', "{"]
)
def test_half_a_document_at_the_end(half: str) -> None:
    message = f"AAPL rose.\n\n{half}"
    reading = frontend.read(message)
    assert reading.text == message
    if half != "{":
        told = broken(message)
        assert (told.start, told.position, told.end) == (12, len(message), len(message))
        assert (told.line, told.column) == (3, len(half) + 1)
        assert told.reason == "the text ends in the middle of the document"


def test_half_a_document_takes_no_whole_one_along() -> None:
    reading = frontend.read('{"intent": "news", "symbol": "AAPL"\n\n{"response_text": "Up."} Bye.')
    assert [each.role for each in reading.documents] == ["answer"]
    assert [each.position for each in reading.broken] == [37]
    assert "Up.\n\nBye." in reading.text


def test_what_a_broken_document_holds_is_no_widget_and_no_command() -> None:
    message = '{"widgets": [{"type": "Card"},, {"type": "Card"}], "chart_commands": ["SUPPORT:10"]}'
    reading = frontend.read(message)
    assert (reading.widgets, reading.commands, reading.text) == ((), (), message)


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"a":'])
def test_deep_nesting_is_told_once(opening: str) -> None:
    closing = "".join({"[": "]", "{": "}"}.get(each, "") for each in reversed(opening))
    for message in (opening * 10_000, opening * 10_000 + closing * 10_000):
        told = broken(message)
        assert told.reason == "brackets are nested more than 200 deep"
        assert (told.start, told.end) == (0, len(message))


def test_two_hundred_deep_is_read() -> None:
    (document,) = frontend.read('{"a":' * 200 + "1" + "}" * 200).documents
    assert document.role == "other"


def test_positions_of_what_is_broken_in_a_string() -> None:
    message = '{"response_text": "See \\"this\\": {\\"a\\": [1,,2]}"}'
    told = broken(message)
    assert message[told.position :].startswith(",2]")
    assert message[told.start : told.end] == '{\\"a\\": [1,,2]}'


def test_no_more_than_enough_is_told() -> None:
    assert len(frontend.read('{"a":1,, ' * 3000).broken) == 1000
    last = frontend.read('{"a":1}' * 10_001).broken[-1]
    assert last.reason == "there are more than 10000 documents: from here on none is read"
    assert last.position == 70_000
    twice = frontend.read(r'{"text":"{\"text\":\"a\"}"} ' * 10_001).broken
    assert len(twice) == 1
