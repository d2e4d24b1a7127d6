"""Whose server a transcript is of."""

from __future__ import annotations

from chatkit_harness.core.transcript import Transcript

_BUILT_IN = frozenset({"reference", "catalogue", "probe", "workflow", "probe-workflow"})


def is_built_in(transcript: Transcript) -> bool:
    """Whether the server is a part of the harness: whatever it does, it does not do on purpose."""
    return transcript.server in _BUILT_IN
