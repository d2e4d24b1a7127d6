"""What the frontend does with a workflow's answer is part of its turn: this is its time."""

from __future__ import annotations

import dataclasses
import time

from chatkit_harness.core.transcript import Stage, Transcript, Turn
from chatkit_harness.frontend import read


def parsed(transcript: Transcript) -> Transcript:
    """The transcript with the stage `parse`, and its time, in each turn that a workflow answered."""
    if transcript.saved or all(turn.message is None for turn in transcript.turns):
        return transcript
    return dataclasses.replace(transcript, turns=tuple(map(_parsed, transcript.turns)))


def _parsed(turn: Turn) -> Turn:
    if turn.message is None:
        return turn
    began = time.perf_counter()
    read(turn.message)
    ended = round(turn.ended_at_ms + (time.perf_counter() - began) * 1000, 3)
    stage = Stage(name="parse", at_ms=turn.ended_at_ms, ended_at_ms=ended)
    return dataclasses.replace(turn, stages=(*turn.stages, stage), ended_at_ms=ended)
