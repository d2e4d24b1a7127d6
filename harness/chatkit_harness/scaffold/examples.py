"""The sentences of a description, and the examples that it gives in passing: `such as 'Lisbon'`,
`e.g. north or south`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

MOST = 4
"""So many examples of one description are taken: each may be tried."""

_LEAD = re.compile(
    r"\b(?:e\.\s?g\.?|eg\.|for example|for instance|such as|like|one of|either|examples?(?=:))[,:]?\s+",
    re.IGNORECASE,
)
_END = re.compile(r"[.!?](?=\s|$)|[;()\[\]]|\n\s*\n|\n(?=\s*[\w:*-]+\s*(?:\([^)\n]*\))?:)")
_IN_PASSING = re.compile(
    r"[,;(]?\s*\b(?:such as\b|e\.\s?g\b\.?|eg\.|for example\b|for instance\b).*", re.IGNORECASE | re.DOTALL
)
_STOP = re.compile(r"\.(?=\s)")
_NEVER_LAST = re.compile(
    r"(?<![\w.])(?:Dr|Mr|Mrs|Ms|Prof|St|Mt|vs|cf|eg|ie|[A-Za-z](?:\.\s?[A-Za-z])+)$"  # e.g, i.e, U.S, z. B
)
_SELDOM_LAST = re.compile(
    r"(?<![\w.])(?:etc|approx|incl|excl|resp|ca|nos?|nr|figs?|sec|dept|est|max|min|inc|ltd|co|corp|vol|pp?)$",
    re.IGNORECASE,
)
_IN_PARTS = re.compile(r"(?<![\w.])[A-Za-z]$")
_QUOTED = re.compile(r"(?<!\w)([\"'`])([^\"'`\n]{1,60})\1(?!\w)")
_BETWEEN = re.compile(r"\s*(?:,\s*(?:or|and)\s|,|\||\s(?:or|and)\s)\s*")
_NAME = re.compile(r"[A-Z0-9][\w./:+&@-]*(?:\s+[A-Z0-9][\w./:+&@-]*)*")
_WORD = re.compile(r"[a-z_][\w./:+@-]*")
_CURLY = str.maketrans("\u201c\u201d\u2018\u2019", "\"\"''")
_NO_EXAMPLES = re.compile(
    r"(?:the|this|that|these|those|it|its|they|them|your|our|their|my|any|all|each|every|some|which|who|what|when"
    r"|where|while|if|as|in|of|on|at|by|for|to|from|with|is|are|was|be|not|no|none|etc|so|than|then|only|both"
    r"|following|others?|another|more|or|and)",
    re.IGNORECASE,
)


def gist(description: str) -> str:
    """The first sentence of a description, without its full stop and the examples that it gives."""
    plain = " ".join(_IN_PASSING.sub("", description).split())
    ends = (found.start() for found in _STOP.finditer(plain) if not _abbreviates(plain, found.start()))
    return plain[: next(ends, len(plain))].rstrip(" .,:(")


def _abbreviates(text: str, stop: int) -> bool:
    """Whether a full stop belongs to the word before it, so that the sentence goes on."""
    before, after = text[:stop], text[stop + 1 :].lstrip()
    if _NEVER_LAST.search(before):
        return True
    if _SELDOM_LAST.search(before):
        return after[:1].islower() or after[:1].isdigit()
    return bool(_IN_PARTS.search(before) and re.match(r"[A-Za-z]\.", after))


def examples_in(description: str) -> tuple[str, ...]:
    """What a description gives as examples, likeliest first; what is merely in quotation marks comes last."""
    text = description.translate(_CURLY)
    led = [each for found in _LEAD.finditer(text) for each in _after(text[found.end() :])]
    quoted = [found[2].strip() for found in _QUOTED.finditer(text)]
    return tuple(dict.fromkeys(each for each in [*led, *quoted] if each))[:MOST]


def part_about(name: str, description: str) -> str:
    """The line of a tool's description that tells of one field: `bed: the bed's name`, `:param bed: ...`."""
    begins = rf"^[\s:*@-]*(?:param\s+)?`?{re.escape(name)}`?\s*(?:\([^)\n]*\))?\s*:(.*)"
    found = re.search(begins, description, re.MULTILINE)
    return found[1] if found else ""


def _after(tail: str) -> list[str]:
    """The examples with which a text begins: all in quotation marks, or bare words and what they stand in."""
    tail = _clause(re.sub(r"^an?\s+", "", tail)) if tail[:1] not in "\"'`" else tail
    if _QUOTED.match(tail):
        return [found[2].strip() for found in _row(tail)]
    bare = list(_bare(tail))
    return [word for word, _ in bare] + [phrase for _, phrase in bare if phrase]


def _clause(tail: str) -> str:
    """A text up to where its sentence, bracket or paragraph ends."""
    ends = (
        found for found in _END.finditer(tail) if found[0] != "." or not _abbreviates(tail, found.start())
    )
    end = next(ends, None)
    return tail[: end.start()] if end else tail


def _row(tail: str) -> Iterator[re.Match[str]]:
    """Words in quotation marks with nothing but commas, `or` and `and` between them."""
    at = 0
    while (found := _QUOTED.match(tail, at)) is not None:
        yield found
        at = found.end()
        between = re.compile(r"[\s,/|]*(?:\b(?:or|and)\s+)?").match(tail, at)
        at = between.end() if between else at


def _bare(tail: str) -> Iterator[tuple[str, str]]:
    """Each alternative as its first word, or its name (`New York`), and the phrase it may be part of."""
    for part in _BETWEEN.split(tail):
        plain = re.sub(r"^an?\s+", "", part.strip()).strip("\"'`")
        found = _NAME.match(plain) or _WORD.match(plain)
        if found is None or _NO_EXAMPLES.fullmatch(found[0]):
            return
        word = found[0].rstrip(".,:-/")
        rest = plain.split()
        phrase = (
            plain
            if 1 < len(rest) <= 3 and not any(map(_NO_EXAMPLES.fullmatch, rest)) and plain != word
            else ""
        )
        several = word.split("/")
        if len(several) > 1 and all(each.isalpha() and each.islower() for each in several):
            yield from ((each, "") for each in several)
        else:
            yield word, phrase
        if len(rest) > len(word.split()):
            return  # the sentence goes on: what comes after its next comma is no alternative
