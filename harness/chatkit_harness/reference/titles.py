"""A thread's title, out of its first question: without a model, so that it costs nothing."""

from __future__ import annotations

LONGEST = 48


def title_of(question: str) -> str | None:
    """The question's first line, cut at a word where it is long; None where there are no words in it."""
    lines = [" ".join(line.split()) for line in question.splitlines()]
    first = next((line for line in lines if any(letter.isalnum() for letter in line)), None)
    if first is None:
        return None
    title = first[:1].upper() + first[1:]
    if len(title) <= LONGEST:
        return title
    cut = title[: LONGEST - 1]
    words = cut.rpartition(" ")[0] if title[LONGEST - 1] != " " else cut
    # What has no word to be cut at, such as an address, is cut where it stands.
    return f"{(words if len(words) > LONGEST // 2 else cut).rstrip(' ,;:.-')}…"
