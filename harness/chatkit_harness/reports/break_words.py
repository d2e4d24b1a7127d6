"""What a user sees of a finding, in words of every day: made of its rule and of what it says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from chatkit_harness.core.nouns import CaseResult, Finding
from chatkit_harness.reports.text import clean, clip

_WORDS: Mapping[str, str] = {
    "imports/failed": "the server cannot start: a module cannot be imported",
    "run/died": "the server's process dies",
    "run/hang": "the conversation never comes to an end",
    "run/rejected": "the request is refused",
    "run/raised": "the connection breaks off",
    "run/http-error": "the server answers with an error",
    "run/error-event": "the answer ends in an error event",
    "run/silent-end": "the turn ends with neither an answer nor an error",
    "expect/error-missing": "nobody is told that the answer failed: no error event comes",
    "run/torn-answer": "half an answer is shown as if it were whole",
    "run/asked-too-soon": "the model is asked again sooner than it allows",
    "run/widget-lost": "a widget that a tool streamed never comes out",
    "run/tool-error": "a tool fails",
    "run/action-not-offered": "the button to click is not there",
    "expect/tool-missing": "no call of the tool comes to its end",
    "expect/tool-unexpected": "a tool is called that should not be",
    "expect/tool-arguments": "a tool is called with other arguments",
    "expect/client-tool-missing": "the page is not asked to do its part",
    "expect/widget-missing": "a widget is missing",
    "expect/widget-unexpected": "a widget too many is shown",
    "expect/widget-content": "a widget shows something else",
    "expect/text-missing": "no answer in words comes",
    "expect/text-content": "words of the answer are lost",
    "expect/text-unexpected": "the answer says what it must not say",
    "text/doubled": "the answer is said twice",
    "text/raw-json": "raw JSON stands in the answer",
    "text/markup": "markup stands in the answer",
    "text/empty": "the answer is empty",
    "text/delta-mismatch": "what was streamed is not what stands there in the end",
    "widgets/delta-mismatch": "a widget that grew is not what stands there in the end",
    "store/twice": "an item is stored twice",
    "store/lost": "an item that was shown is not stored",
    "store/differs": "what is stored is not what was shown",
    "store/order": "after a reload the thread is in another order",
    "store/never-shown": "after a reload there is an item that was never shown",
    "store/foreign-thread": "a stored item belongs to another thread",
    "store/duplicate-id": "two stored items have one id",
    "store/reused-id": "an item takes the place of an earlier one, whose id it has",
    "store/rollback-unreadable": "another release cannot read what was stored",
    "store/rollback-differs": "another release reads something else than was stored",
    "store/rollback-stuck": "the conversation cannot go on under another release",
    "store/not-read-after-restart": "what was stored cannot be read after a restart",
    "run/not-read-back": "what was stored cannot be read back",
    "run/unfinished": "an item is begun and never ended",
    "run/tool-after-leaving": "a tool runs after the user has gone away",
    "run/asked-after-leaving": "the model is asked on after the user has gone away",
    "run/task-left": "a run waits on, with all that it holds, for a user who has gone away",
    "run/stayed": "the user cannot go away at the moment that is meant",
    "run/leak": "the server talks to somebody else than its model",
    "run/invalid-event": "an event is not as the protocol has it",
    "run/unreadable-event": "an event cannot be read",
    "upstream/unmatched": "the model is asked something else than it should be",
    "upstream/history": "the model is not told of what was said before",
    "expect/model-request": "the model is asked in another way",
    "expect/model-told": "the model is told what it must not be told",
    "expect/model-not-told": "the model is not told what it has to know",
    "expect/model-not-asked": "the model is not asked",
    "expect/title": "the thread has another title",
    "expect/progress-missing": "no progress is shown",
    "expect/order": "things come in another order than they should",
    "expect/not-hidden": "what is hidden is shown",
    "expect/response-content": "a request gets another answer",
    "expect/response-status": "a request gets another status",
    "expect/response-missing": "a request gets no answer",
    "expect/client-tool-not-pending": "the page is not waited for",
    "expect/client-tool-arguments": "the page is asked to do something else",
    "run/logged-exception": "the server logs an exception",
}
"""In the order in which they matter to a user."""
_FAMILIES: Mapping[str, str] = {
    "widgets": "a widget is not drawn as it was written",
    "client": "the page does not understand what it gets",
    "commands": "the chart is not told what the answer says",
    "latency": "the answer takes longer than it may",
    "store": "the store does not keep what it is given",
    "text": "the answer is not fit to be read",
    "run": "the turn does not go as it should",
}
_QUIET = frozenset({"expect/finding-missing", "run/fault-not-met", "run/not-driven", "upstream/unused"})
"""Rules that tell of the examination, and not of what a user sees."""
_ITEMS = {
    "assistant_message": "the assistant's message",
    "user_message": "the user's message",
    "client_tool_call": "the call of the page",
    "hidden_context_item": "the hidden context",
}
_THINGS = ("expect/shown-missing", "expect/items", "expect/event-missing", "expect/not-passed-on")
_RULES = list(_WORDS)
_RULES[_RULES.index("store/twice") : _RULES.index("store/twice")] = _THINGS
_ORDER = {rule: n for n, rule in enumerate(_RULES)}
_NONE = re.compile(r"there is none of type ([\w.]+)")
_ENTRIES = re.compile(r"(\S+) has (\d+) entr(?:y|ies) instead of (\d+)")
_OTHERWISE = re.compile(r"(\S+) is .* instead of ")
_CLIP = 110


def seen(cases: Iterable[CaseResult], *, raised: bool) -> list[tuple[str, int]]:
    """What users see in these cases, in how many of them: what matters most and is frequent first.

    `raised` is whether an exception is behind it: then what a scenario waited for came for that reason.
    """
    counts: Counter[str] = Counter()
    rules: dict[str, str] = {}
    for case in cases:
        own = [each for each in case.findings if _counts(each, raised=raised)]
        told = {words: each.rule for each in own for words in _words(each)}
        counts.update(told.keys())
        rules |= told
    whole = max(counts.values(), default=0)

    def rank(words: str) -> tuple[object, ...]:
        often = counts[words] * 2 >= whole
        return not often, _ORDER.get(rules[words], len(_ORDER)) if often else 0, -counts[words], words

    return [(words, counts[words]) for words in sorted(counts, key=rank)]


def _counts(finding: Finding, *, raised: bool) -> bool:
    if finding.rule in _QUIET:
        return False
    if finding.severity == "error" or "consequence_of" in finding.evidence:
        return True
    return raised and finding.rule == "run/error-event"


def _words(finding: Finding) -> Iterator[str]:
    rule, about = finding.rule, finding.key.partition(" ")[2]
    if rule == "expect/items":
        yield from _items(finding.evidence.get("stored"), finding.evidence.get("wanted"))
    elif rule == "expect/not-passed-on" or (rule == "expect/order" and not _came_before(finding)):
        kind, _, after = clean(about).partition(" after ")
        yield f"{kind.partition(' ')[0]} {'comes too seldom' if after == kind else 'does not come through'}"
    elif rule in ("expect/shown-missing", "expect/event-missing"):
        told = clean(finding.message).partition(" as expected: ")[2]
        yield _not_as_expected(told, "event " if rule == "expect/event-missing" else "")
    elif rule == "expect/widget-missing" and about:
        yield f"the widget ({clip(about, 40)}) is missing"
    else:
        words = _WORDS.get(rule) or _FAMILIES.get(rule.partition("/")[0])
        yield from () if words is None else (words,)


def _came_before(finding: Finding) -> bool:
    """Whether a thing that stands in a wrong place came at all."""
    return finding.evidence.get("came_before") is True


def _not_as_expected(told: str, what: str) -> str:
    """What of an item or an event is otherwise, without values, which each scenario has of its own."""
    none = _NONE.match(told)
    if none:
        return f"there is no {_ITEMS.get(none[1], none[1])}"
    name, _, lack = told.partition(": ")
    number, value = _ENTRIES.match(lack), _OTHERWISE.match(lack)
    if number:
        many = "too many" if int(number[2]) > int(number[3]) else "too few"
        lack = f"{number[1]} has {many} entries"
    elif value:
        lack = f"{value[1]} is another one"
    return f"{_ITEMS.get(name, f'the {what}{name}')} is not as it should be: {clip(lack, _CLIP)}"


def _items(stored: object, wanted: object) -> Iterator[str]:
    """What is lacking in the thread afterwards, or what is there besides."""
    if not isinstance(stored, Sequence) or not isinstance(wanted, Sequence):
        yield "the thread cannot be read afterwards"
        return
    lacks, more = Counter(map(str, wanted)), Counter(map(str, stored))
    for word, items in (("lacks", lacks - more), ("also holds", more - lacks)):
        yield from (
            f"afterwards the thread {word} {_ITEMS.get(each, f'a {clean(each)}')}" for each in sorted(items)
        )
    if lacks == more:
        yield "afterwards the thread has another order"
