"""Why cases were skipped, each reason once."""

from __future__ import annotations

from collections import Counter

from chatkit_harness.checks.exceptions import normalised
from chatkit_harness.reports.text import clip, count
from chatkit_harness.results import Results

_MOST = 4
_WORDS = 240
_NONE = "no reason was given"


def skips(results: Results) -> str | None:
    """`Skipped: 19 because no thread can be made; 1 because …`, the most frequent reasons; None without any.

    Reasons that differ in an id or a number alone count as one.
    """
    # Many cases are skipped for few reasons: each is looked at once.
    reasons = Counter(case.reason or _NONE for case in results.cases if case.outcome == "skipped")
    numbers: Counter[str] = Counter()
    words: dict[str, str] = {}
    for reason, number in reasons.items():
        alike = normalised(reason, _WORDS)
        numbers[alike] += number
        words[alike] = min(reason, words.get(alike, reason))
    if not numbers:
        return None
    ordered = sorted(numbers, key=lambda alike: (-numbers[alike], words[alike]))
    told = [f"{numbers[each]:,} because {clip(words[each], _WORDS).rstrip('.')}" for each in ordered[:_MOST]]
    rest = ordered[_MOST:]
    more = sum(numbers[each] for each in rest)
    told += [f"and {more:,} more for {count(len(rest), 'other reason')}"] if rest else []
    return f"Skipped: {'; '.join(told)}."
