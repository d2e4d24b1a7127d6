"""Why cases were skipped, each reason once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from packaging.version import InvalidVersion, Version

from chatkit_harness.checks.exceptions import normalised
from chatkit_harness.reports.text import clip, count
from chatkit_harness.results import Results

_MOST = 4
_WORDS = 240
_NONE = "no reason was given"
_WANTED = re.compile(r"[<>=!~]=?\s*\d[\w.*]*")
_VERSION = re.compile(r"(\W*)(\d+(?:\.\w+)+)(\W*)")


def skips(results: Results) -> str | None:
    """`Skipped: 19 because no thread can be made; 1 because …`, the most frequent reasons; None without any.

    Reasons that differ in an id or a number alone count as one, told without what differs; of versions their
    range is told.
    """
    # Many cases are skipped for few reasons: each is looked at once.
    reasons = Counter(case.reason or _NONE for case in results.cases if case.outcome == "skipped")
    numbers: Counter[str] = Counter()
    alike: dict[str, list[str]] = {}
    for reason, number in reasons.items():
        # What is asked for makes another reason; what there is instead does not.
        key = " ".join([normalised(reason, _WORDS), *_WANTED.findall(reason)])
        numbers[key] += number
        alike.setdefault(key, []).append(reason)
    if not numbers:
        return None
    words = {key: _told(sorted(found)) for key, found in alike.items()}
    ordered = sorted(numbers, key=lambda each: (-numbers[each], words[each]))
    told = [f"{numbers[each]:,} because {clip(words[each], _WORDS).rstrip('.')}" for each in ordered[:_MOST]]
    rest = ordered[_MOST:]
    more = sum(numbers[each] for each in rest)
    told += [f"and {more:,} more for {count(len(rest), 'other reason')}"] if rest else []
    return f"Skipped: {'; '.join(told)}."


def _told(reasons: Sequence[str]) -> str:
    """One wording that holds for all of them, which are the same but for ids and numbers."""
    split = [reason.split() for reason in reasons]
    if len({len(words) for words in split}) > 1:
        return f"{reasons[0]} (for example)"
    return " ".join(_all_of(words) for words in zip(*split, strict=True))


def _all_of(words: Iterable[str]) -> str:
    """What stands for words that were said in one place."""
    said = sorted(set(words))
    if len(said) == 1:
        return said[0]
    found = [_VERSION.fullmatch(word) for word in said]
    matches = [each for each in found if each is not None]
    try:
        versions = sorted((each[2] for each in matches), key=Version)
    except InvalidVersion:
        versions = []
    around = {(each[1], each[3]) for each in matches}
    if len(versions) < len(said) or len(around) > 1:
        return "\N{HORIZONTAL ELLIPSIS}"
    before, after = around.pop()
    return f"{before}{versions[0]} to {versions[-1]}{after}"
