"""History: whether the model is told what was said in earlier turns.

A recorded answer is found by the newest of the user's words, so that a server that forgets the rest gets
the same answer; a model would not give it. Servers may shorten a conversation on purpose: a warning.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.transcript import Exchange, Transcript, Turn

from . import reading


def check(transcript: Transcript) -> Iterator[Finding]:
    """`upstream/history` for answers of the assistant and for words of the user, each once.

    Turns that are no part of a ChatKit thread say nothing of it: a workflow is given a question at a time,
    and an HTTP call brings its own conversation along.
    """
    answers: list[str] = []
    asked: list[str] = []
    told: set[str] = set()
    for turn in transcript.turns:
        if transcript.path == reading.WORKFLOW or turn.request.get("type") == "http":
            continue
        request = _first_request(transcript, turn)
        if request is not None:
            for who, said in (("answer of the assistant", answers), ("message of the user", asked)):
                gone = _missing(said, request)
                if gone and who not in told:
                    told.add(who)
                    yield _finding(who, gone, turn, request)
        if turn.end == "done" and not reading.error_events(turn):
            answers += _finished(turn)
            asked += _words(turn)


def _first_request(transcript: Transcript, turn: Turn) -> Exchange | None:
    """The turn's first request that has to hold the conversation, which the API may keep instead."""
    for exchange in reading.turn_exchanges(transcript, turn):
        if exchange.outcome != "unsupported":
            kept = exchange.request.get("previous_response_id") or exchange.request.get("conversation")
            return None if kept else exchange
    return None


def _finished(turn: Turn) -> list[str]:
    return [
        text for text in map(reading.text_of, filter(_done, reading.assistant_items(turn))) if text.strip()
    ]


def _done(item: reading.SentItem) -> bool:
    return item.done


def _words(turn: Turn) -> list[str]:
    given = reading.mapping(reading.mapping(turn.request.get("params")).get("input"))
    texts = (
        reading.words(reading.mapping(part).get("text")) for part in reading.sequence(given.get("content"))
    )
    return [text for text in texts if text.strip()]


def _missing(said: list[str], exchange: Exchange) -> list[str]:
    if not said:
        return []
    request = exchange.request
    held = _plain("\n".join(_texts([request.get("input"), request.get("messages")])))
    return [text for text in said if any(line not in held for line in map(_plain, text.splitlines()))]


def _plain(text: str) -> str:
    return " ".join(text.split())


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, Mapping):
        for value in node.values():
            yield from _texts(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from _texts(value)


def _finding(who: str, gone: list[str], turn: Turn, exchange: Exchange) -> Finding:
    first = _plain(gone[0])
    shown = first if len(first) <= 80 else f"{first[:79]}…"
    more = f" and {len(gone) - 1} more" if len(gone) > 1 else ""
    return Finding(
        rule="upstream/history",
        severity="warning",
        key=f"upstream/history {who}",
        message=f'turn {turn.index + 1}: the model is not told of an earlier {who}: "{shown}"{more}',
        evidence={
            "turn": turn.index,
            "missing": [text[:2000] for text in gone],
            "noted": list(exchange.noted),
        },
    )
