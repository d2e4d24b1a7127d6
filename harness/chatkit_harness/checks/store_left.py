"""What is stored of an answer that nobody waited for: all that was shown of it, where anything is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chatkit_harness.contracts.words import shown
from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.transcript import Transcript

from .held import held_items
from .items import parts_of
from .shapes import words


def check(transcript: Transcript, stored: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    """`store/differs`, where words that the user had seen before leaving are others in the thread.

    Whether such an answer is kept at all is for a scenario to say: chatkit does so from 1.4.0 on.
    """
    kept = {words(item.get("id")): _text(item) for item in stored if item.get("type") == "assistant_message"}
    for turn in transcript.turns:
        if turn.end != "left":
            continue
        for item in held_items([turn]):
            identity, seen = words(item.get("id")), _text(item)
            if identity in kept and not kept[identity].startswith(seen):
                yield Finding(
                    rule="store/differs",
                    severity="error",
                    key="store/differs assistant_message of a turn that was left",
                    message=f"turn {turn.index + 1}: the user had seen {shown(seen, 120)} before leaving, "
                    f"and what is stored of it is {shown(kept[identity], 120)}",
                    evidence={"turn": turn.index, "item": identity, "shown": seen, "stored": kept[identity]},
                )


def _text(item: Mapping[str, Any]) -> str:
    return "".join(parts_of(item))
