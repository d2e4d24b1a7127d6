"""Very long answers, from a sentence and a size."""

from __future__ import annotations


def repeated(sentence: str, size: int) -> str:
    """The sentence over and over until there are `size` bytes of it; `{n}` in it is how often it came so far.

    The last one may be cut off.
    """
    parts, length, number = [], 0, 0
    while length < size:
        number += 1
        parts.append(sentence.replace("{n}", str(number)))
        length += len(parts[-1].encode())
    return "".join(parts).encode()[:size].decode("utf-8", "ignore")
