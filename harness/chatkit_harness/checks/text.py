"""Text: raw or broken JSON, empty or doubled answers, markup left to be read, words that the end denies."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from chatkit_harness.core.nouns import Finding, Severity
from chatkit_harness.core.scenario import Scenario
from chatkit_harness.core.transcript import Transcript, Turn
from chatkit_harness.frontend.roles import role_of

from . import answers, reading

PROBE = "probe"
"""On the probe server the words are the recorded model's own: how they look is told, but fails nothing."""


def check(transcript: Transcript, scenario: Scenario) -> Iterator[Finding]:
    """What is wrong with the assistant's words as a user reads them."""
    severity: Severity = "warning" if PROBE in (scenario.server, transcript.server) else "error"
    for turn in transcript.turns:
        exhausted = reading.exhausted(transcript, turn)
        expected = scenario.turns[turn.index].expect if 0 <= turn.index < len(scenario.turns) else None
        wanted = (expected.text if expected else None) or scenario.expect.text
        for item in reading.assistant_items(turn):
            text = reading.text_of(item)
            if wanted is None or wanted.not_json:
                yield from _raw_json(turn, text, severity)
            yield from _markup(turn, text, severity)
            yield from _repeats_itself(turn, text, severity)
            yield from _deltas(turn, item)
            if item.done and not text.strip() and not exhausted:
                yield _finding("empty", severity, turn, "the assistant's message is empty", {"item": item.id})
        yield from _broken(turn, severity)
        yield from _doubled(turn, severity)


def _finding(what: str, severity: Severity, turn: Turn, message: str, evidence: dict[str, Any]) -> Finding:
    return Finding(
        rule=f"text/{what}",
        severity=severity,
        key=f"text/{what}",
        message=f"{message} (turn {turn.index + 1})",
        evidence={"turn": turn.index, **evidence},
    )


def _raw_json(turn: Turn, text: str, severity: Severity) -> Iterator[Finding]:
    found = find_json(_without_samples(text))
    if found is not None:
        message = f"the user is left raw JSON to read: {_short(found)}"
        yield _finding("raw-json", severity, turn, message, {"text": text[:2000], "json": found[:2000]})


def _broken(turn: Turn, severity: Severity) -> Iterator[Finding]:
    """JSON of a workflow's answer that does not parse: its widgets and commands are lost to the frontend."""
    reading_of = reading.answer(turn)
    for each in reading_of.broken if reading_of is not None else ():
        message = (
            f"JSON in the answer does not parse: {each.reason} at line {each.line}, column {each.column}"
            f" (character {each.position}): {_short(each.excerpt)}"
        )
        evidence = {
            "position": each.position,
            "line": each.line,
            "column": each.column,
            "excerpt": each.excerpt,
            "reason": each.reason,
            "span": [each.start, each.end],
        }
        yield _finding("broken-json", severity, turn, message, evidence)


_OPENS = re.compile(r'\{\s*"|\[\s*[{\["]')
_ATTEMPTS = 20


def _without_samples(text: str) -> str:
    """The text without code that shows the user a document on purpose: amid words, and for no frontend."""
    if not _CODE.sub("", text).strip():
        return text
    return _CODE.sub(lambda code: code[0] if _speaks(code[0]) else " ", text)


def _speaks(code: str) -> bool:
    """Whether it holds a document for a frontend: an answer, widgets, commands, a classifier's word."""
    found = answers.reading_of(code.strip("`~"))
    return any(each.role != "other" for each in found.documents)


def find_json(text: str) -> str | None:
    """The first JSON document in a text: a whole one anywhere, or one that was cut at the text's end."""
    decoder = json.JSONDecoder()
    for attempt, opening in enumerate(_OPENS.finditer(text)):
        if attempt == _ATTEMPTS:
            return None
        try:
            value, end = decoder.raw_decode(text, opening.start())
        except (ValueError, RecursionError):
            if re.match(r'[\[{\s]*"[^"\n]*"\s*:', text[opening.start() :]):
                return text[opening.start() :]
            continue
        if _is_document(value) or not (text[: opening.start()] + text[end:]).strip():
            return text[opening.start() : end]
    return "".join(text.split()) if text.strip() in ("{}", "[]", "null") else None


def _is_document(value: Any) -> bool:
    """Whether it is one wherever it stands: a matrix or a list of words in a sentence is none."""
    return not isinstance(value, list) or role_of(value) == "commands" or any(_holds_object(value))


def _holds_object(values: list[Any]) -> Iterator[bool]:
    waiting = [values]
    while waiting:
        for each in waiting.pop():
            yield isinstance(each, dict)
            waiting += [each] if isinstance(each, list) else []


_CODE = re.compile(r"```.*?```|~~~.*?~~~|`[^`\n]*`", re.DOTALL)
_MARKS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "template",
        re.compile(r"\{\{[^{}\n]{0,80}\}\}|\{%[^\n]{0,80}%\}|<%[^\n]{0,80}%>|\$\{[A-Za-z_][\w.]{0,60}\}"),
    ),
    ("token", re.compile(r"<\|[\w ]{1,40}\|>|</?s>|\[/?INST\]")),
    ("citation", re.compile(r"【[^】\n]{1,60}】|[\ue200-\ue206]")),
    (
        "markup",  # one capital is a type's parameter, and what has no `=` behind its name is a comparison
        re.compile(r"</?(?![A-Z]>)[A-Za-z][A-Za-z0-9-]{0,30}(?:\s[^<>\n]{0,100}=[^<>\n]{0,100})?\s?/?>"),
    ),
    ("entity", re.compile(r"&(?:amp|lt|gt|quot|nbsp|#\d{1,6}|#x[0-9a-fA-F]{1,6});")),
)


def _markup(turn: Turn, text: str, severity: Severity) -> Iterator[Finding]:
    prose = _CODE.sub(" ", text)
    for kind, pattern in _MARKS:
        found = pattern.search(prose)
        if found:
            mark = found.group(0)
            message = f"a {kind} mark is left in the text for the user to read: {_short(mark)}"
            evidence = {"text": text[:2000], "mark": mark, "kind": kind}
            finding = _finding("markup", severity, turn, message, evidence)
            yield Finding(
                rule=finding.rule,
                severity=severity,
                key=f"text/markup {kind}",
                message=finding.message,
                evidence=finding.evidence,
            )


def _repeats_itself(turn: Turn, text: str, severity: Severity) -> Iterator[Finding]:
    plain = " ".join(text.split())
    for half in {plain[: len(plain) // 2], plain[: (len(plain) + 1) // 2]}:
        once = half.strip()
        if len(once) >= 12 and plain in (once + once, f"{once} {once}"):
            message = f"the answer says the same thing twice: {_short(once)}"
            yield _finding("doubled", severity, turn, message, {"text": text[:2000]})
            return


def _doubled(turn: Turn, severity: Severity) -> Iterator[Finding]:
    seen: set[str] = set()
    for text in reading.assistant_texts(turn):
        plain = " ".join(text.split())
        if plain in seen:
            message = f"the same answer is given in two messages: {_short(plain)}"
            yield _finding("doubled", severity, turn, message, {"text": text[:2000]})
            return
        seen.add(plain)


def _deltas(turn: Turn, item: reading.SentItem) -> Iterator[Finding]:
    """What was streamed piece by piece must be what the finished message holds."""
    if not item.done:
        return
    final = reading.parts(item)
    for index, streamed in item.deltas.items():
        kept = final[index] if 0 <= index < len(final) else ""
        if streamed and streamed != kept:
            message = f"what was streamed is not what the finished message says: {difference(streamed, kept)}"
            evidence = {"item": item.id, "part": index, "streamed": streamed[:2000], "final": kept[:2000]}
            yield _finding("delta-mismatch", "error", turn, message, evidence)


def difference(streamed: str, kept: str) -> str:
    """Where two texts part, and how each of them goes on."""
    at = next((n for n, (a, b) in enumerate(zip(streamed, kept, strict=False)) if a != b), None)
    at = min(len(streamed), len(kept)) if at is None else at
    return f"{_short(streamed[at : at + 40])} against {_short(kept[at : at + 40])} at character {at}"


def _short(text: str, limit: int = 60) -> str:
    return repr(text if len(text) <= limit else f"{text[: limit - 1]}…")
