"""Run: half of an answer that broke off, shown as if it were a whole one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.scenario import Scenario
from chatkit_harness.core.transcript import Transcript, Turn
from chatkit_harness.upstream.script import answers_by_turn, said

from . import reading

_ENDS = ("cut_after_chunks", "cut_inside_chunk", "end_after_chunks", "silence_after_chunks")


def check(transcript: Transcript, scenario: Scenario) -> Iterator[Finding]:
    """Of each turn whose model broke off: a finished message of just the words that had come, and no error.

    A server may tell of what happened as it likes, in other words too; what it must not do is to say nothing.
    """
    for turn in transcript.turns:
        shown = _shown(turn) if turn.end == "done" and not _told(turn) else []
        for whole in _torn(scenario, turn):
            half = next((text for text in shown if _is_half(text, whole)), None)
            if half is not None:
                yield _finding(turn, half, whole)


def _told(turn: Turn) -> bool:
    """Whether the user hears that something went wrong."""
    return any(event.get("type") in ("error", "notice") for _, event in reading.events(turn))


def _shown(turn: Turn) -> list[str]:
    """The words of finished messages."""
    return [reading.text_of(item).strip() for item in reading.assistant_items(turn) if item.done]


def _torn(scenario: Scenario, turn: Turn) -> Iterator[str]:
    """The words of the answers of a turn that were to come only in part."""
    for number, answer in answers_by_turn(scenario.script):
        if number == turn.index + 1 and answer.get("say") is not None and _breaks_off(answer):
            yield said(answer).strip()


def _breaks_off(answer: Mapping[str, Any]) -> bool:
    return any(name in (answer.get("fault") or {}) for name in _ENDS)


def _is_half(shown: str, whole: str) -> bool:
    return bool(shown) and shown != whole and whole.startswith(shown)


def _finding(turn: Turn, half: str, whole: str) -> Finding:
    return Finding(
        rule="run/torn-answer",
        severity="error",
        key="run/torn-answer",
        message=f"turn {turn.index + 1}: the model's answer broke off after {half[-60:]!r}, and that is "
        "shown as if it were all of it: the user is told of no error",
        evidence={"turn": turn.index, "shown": half, "whole": whole},
    )
