"""What a report says of a conversation in words: whose words the model's were, what a frontend found."""

from __future__ import annotations

from chatkit_harness.core.transcript import Transcript
from chatkit_harness.frontend.reading import Reading
from chatkit_harness.reports.text import clean, clip, count


def found_words(found: Reading | None) -> str:
    """What a frontend made of an answer, in one sentence."""
    if found is None:
        return ""
    told = [
        count(len(found.documents), "JSON document"),
        count(len(found.widgets), "widget"),
        count(len(found.commands), "chart command"),
        count(len(found.text.strip()), "character") + " of text",
    ]
    told += [f"{each.verb} rejected: {each.reason}" for each in found.rejected[:3]]
    told += [
        f"JSON that does not parse at {each.line}:{each.column}: {each.reason}" for each in found.broken[:3]
    ]
    return clip("; ".join(told), 400)


def said_otherwise(transcript: Transcript) -> list[str]:
    """What each request to the model says otherwise than the one that answers it, without its mattering."""
    told = []
    for number, exchange in enumerate(transcript.exchanges, start=1):
        told += [clean(f"request {number}: {each}") for each in exchange.noted]
    return told


def cassette_label(transcript: Transcript) -> str:
    """Whose words the model's were: a recording's, or a script's, which no model ever said."""
    facts = transcript.cassette
    if transcript.saved:
        return "none: answers saved from a hosted workflow"
    if facts is None:
        return "no cassette"
    name = clean(facts.name)
    if facts.origin == "recording":
        of = f" of {clean(facts.model)}" if facts.model else ""
        when = f" on {clean(facts.recorded)}" if facts.recorded else ""
        return f"{name}: recorded{of}{when}{', expired' if facts.expired else ''}"
    return f"{name}: scripted, not a recording of the model"


def is_scripted(transcript: Transcript) -> bool:
    """Whether the model's words were written by somebody, so that nothing of them was ever recorded."""
    return transcript.cassette is not None and transcript.cassette.origin == "script"
