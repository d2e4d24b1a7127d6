"""What other releases made of a thread: what they cannot read, read otherwise, or cannot go on with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from packaging.version import InvalidVersion, Version

from chatkit_harness.contracts import catalogue
from chatkit_harness.contracts.violation import Violation
from chatkit_harness.contracts.words import shown
from chatkit_harness.core.errors import SelectionError
from chatkit_harness.core.nouns import Finding, Severity
from chatkit_harness.core.transcript import Raised, Reading, Transcript, Turn

from . import exceptions, wire_shapes
from .document_difference import Differing
from .shapes import mapping, sequence, words
from .store_same import differences

_READ, _BEFORE, _ANSWERED, _AFTER = 1, 2, 3, 4
"""Which request of a reading is which, counted from 0: `items.list`, and once more when all have read, the
user's message, and `items.list` after it."""
_MOST = 20
"""Differences of one item that are told; what follows them follows from them, most of the time."""
_ICON_SETS = ("lucide:", "vendor:")
"""With these begin icons of whole sets, each of which came with a release of its own."""
_WORD = re.compile(r"[\w.:-]{1,24}")
"""A value that may be one of a schema's own, and is no text of somebody's."""
_PROBLEM = re.compile(r"\((?P<kind>[a-z][a-z_]*)(?: at (?P<place>[\w.]+))?[,)]")
"""As the stores of the reference server log a row that a release cannot read."""


@dataclass(slots=True)
class _Told:
    """A finding while it is gathered over the releases that read."""

    finding: Finding
    message: str
    readers: list[str] = field(default_factory=list)


def check(transcript: Transcript) -> Iterator[Finding]:
    """`store/rollback-…`, each once for older and once for newer readers; each names who wrote and who read.

    unreadable: an item (or the whole thread) is not there for them; its key has what they do not take of it,
    since one kind of item is refused for many reasons. differs: an item reads back otherwise;
    a warning where it is only what one of the two releases does not name. stuck: they read it, and the
    user's next message on it fails, though they answer the same one elsewhere. What the release that wrote
    finds so in a new process is `store/not-read-after-restart`, and no matter of the others.
    `store/does-not-keep` warns of a store in which nobody else finds the thread, `store/not-read` of a
    release that could not be asked, or answers nowhere, so that nobody knows whether it could go on.
    """
    stored = transcript.stored
    if not transcript.readings or stored is None or stored.raised is not None:
        return
    if _does_not_keep(transcript.readings):
        yield _made("warning", "does-not-keep", "", _KEEPS_NOT, {"turn": None})
        return
    told: dict[str, _Told] = {}
    restarted: set[tuple[str, str]] = set()
    for reading in sorted(transcript.readings, key=lambda each: not _wrote(each, transcript)):
        found = list(_of(reading, transcript, stored.items))
        if _wrote(reading, transcript):
            restarted |= {_defect(each) for each in found if each.rule != "store/not-read"}
            found = [_after_restart(each) for each in found]
        else:
            found = [each for each in found if _defect(each) not in restarted]
        for finding in found:
            each = told.setdefault(finding.key, _Told(finding=finding, message=finding.message))
            each.readers.append(str(reading.chatkit))
    wrote = transcript.cell.pins.get("openai-chatkit")
    for each in told.values():
        by = ", ".join(dict.fromkeys(each.readers))
        message = each.message.replace("{wrote}", f"chatkit {wrote}").replace("{read}", f"chatkit {by}")
        evidence = {
            **each.finding.evidence,
            "written_by": wrote,
            "read_by": list(dict.fromkeys(each.readers)),
        }
        yield replace(each.finding, message=message, evidence=evidence)


def _wrote(reading: Reading, transcript: Transcript) -> bool:
    """Whether it is the pair that wrote which reads, in a process of its own."""
    pins = transcript.cell.pins
    return (reading.chatkit, reading.agents) == (pins.get("openai-chatkit"), pins.get("openai-agents"))


def _defect(finding: Finding) -> tuple[str, str]:
    """What is wrong, whoever reads it, and whatever each of them says of it."""
    if finding.rule == "store/rollback-differs":
        return finding.rule, _about(finding)
    return finding.rule, words(finding.evidence.get("type"))


def _about(finding: Finding) -> str:
    """What a key says without its rule and without who reads."""
    return finding.key.removeprefix(finding.rule).rpartition("by ")[0].strip()


def _after_restart(finding: Finding) -> Finding:
    """What the release itself found: it says nothing of other releases."""
    if finding.rule == "store/not-read":
        return finding
    what = finding.rule.removeprefix("store/rollback-")
    message = f"in a new process, of the same release: {finding.message}"
    key = f"{what} {_about(finding)}".strip()
    return _made(finding.severity, "not-read-after-restart", key, message, finding.evidence)


_KEEPS_NOT = (
    "the store does not keep its threads: no other process found the one that was written, so nobody knows "
    "whether another release can read it"
)


def _does_not_keep(readings: Sequence[Reading]) -> bool:
    asked = [each for each in readings if each.turns]
    return bool(asked) and all(_is_unknown(each.turns[0].raised) for each in asked)


def _is_unknown(raised: Raised | None) -> bool:
    return raised is not None and raised.type.rpartition(".")[2] == "NotFoundError"


def _of(reading: Reading, transcript: Transcript, items: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    if reading.refused is not None:
        message = f"{{read}} could not be asked what it makes of the thread of {{wrote}}: {reading.refused}"
        yield _made("warning", "not-read", "", message, {"turn": None, "cell": reading.cell})
        return
    side = _side(transcript.cell.pins.get("openai-chatkit"), reading.chatkit)
    for turn in reading.turns[: _READ + 1]:
        if turn.raised is not None or turn.end != "done":
            asked = turn.request.get("type")
            message = f"{{read}} cannot read a thread that {{wrote}} wrote ({asked}): {_failure(turn)}"
            about = f"thread {_failed(turn)} by {side}"
            yield _made("error", "rollback-unreadable", about, message, _evidence(reading))
            return
    yield from _items(reading, items, side)
    yield from _next(reading, items, side)


def _items(reading: Reading, items: Sequence[Mapping[str, Any]], side: str) -> Iterator[Finding]:
    read = _by_id(reading, _READ)
    for item in items:
        identity, kind = words(item.get("id")), words(item.get("type")) or "item"
        evidence = {**_evidence(reading), "type": kind, "item": identity}
        if identity not in read:
            refused = _refused(reading, item)
            message = f"the {kind} that {{wrote}} wrote is not there when {{read}} reads the thread"
            message += f" ({refused.said})" if refused.said else ""
            about = " ".join(filter(None, (kind, refused.what, f"by {side}")))
            yield _made("error", "rollback-unreadable", about, message, evidence)
            continue
        for number, found in enumerate(differences(item, read[identity])):
            if number < _MOST:
                known = _names(reading.chatkit, item, found.path)
                yield _differs(found, kind, side, evidence, known=known)


def _differs(found: Differing, kind: str, side: str, evidence: Mapping[str, Any], *, known: bool) -> Finding:
    """`known` is whether the release that read names what was written."""
    was, now = _said(found.there), _said(found.here)
    message = f"the {kind} that {{wrote}} wrote is another when {{read}} reads it: {found.place} was {was}, "
    message += f"and is {now}"
    # What is there for one of them only is named by one of them only.
    named = found.there is not None and (found.here is not None or known)
    told = {**evidence, "path": found.path, "written": found.there, "read": found.here}
    severity: Severity = "error" if named else "warning"
    return _made(severity, "rollback-differs", f"{kind} {found.place} by {side}", message, told)


def _names(release: str | None, item: Mapping[str, Any], path: str) -> bool:
    """Whether a release names what stands at a path of an item; yes where nobody knows."""
    unnamed = [
        each.path.removeprefix("$.") for each in _violations(release, item) if each.rule == "unknown-prop"
    ]
    return not any(path == each or path.startswith((f"{each}.", f"{each}[")) for each in unnamed)


def _violations(release: str | None, item: Mapping[str, Any]) -> tuple[Violation, ...]:
    """What a release's schema does not take of an item; nothing where nobody knows."""
    try:
        if release is None or not catalogue.known(release).exact:
            return ()
    except SelectionError:
        return ()
    return wire_shapes.violations(item, release, "event", "ThreadItem")


@dataclass(frozen=True, slots=True)
class _Refused:
    """What a release does not take of an item, for a key and for people; empty where nobody knows."""

    what: str = ""
    said: str = ""


def _refused(reading: Reading, item: Mapping[str, Any]) -> _Refused:
    """By the schema of the release that read, which is alike in every environment; else by what it logged."""
    # What it does not name at all it passes over.
    refusals = [each for each in _violations(reading.chatkit, item) if each.rule != "unknown-prop"]
    if not refusals:
        return _logged(reading, words(item.get("id")))
    first = refusals[0]
    if first.path == "$.type":
        return _Refused(said="its schema has no such item")
    if first.rule == "unknown-component":
        named = shown(first.component)
        return _Refused(f"component {first.component}", f"its schema has no component {named}")
    name = words(first.value)
    if first.rule == "unknown-icon" or name.startswith(_ICON_SETS):
        # One that is not known is so wherever it stands, with all others of its set.
        icon = f"{name.partition(':')[0]}:…" if ":" in name else name
        return _Refused(f"icon {icon}", f"its schema has no icon {shown(name)}")
    field = ".".join(filter(None, (first.component, first.prop)))
    said = f"its schema does not take {field} as it is"
    value = f" {name}" if first.rule == "wrong-value" and _WORD.fullmatch(name) else ""
    return _Refused(f"{first.rule}:{field}{value}", said)


def _logged(reading: Reading, identity: str) -> _Refused:
    """What a store that leaves such an item out says of it: a kind of problem, and where."""
    told = (each for each in reading.log if f"'{identity}'" in each)
    found = next(filter(None, map(_PROBLEM.search, told)), None)
    if found is None:
        return _Refused()
    place = re.sub(r"\.\d+(?=\.|$)", "[]", found["place"] or "")
    what = f"{found['kind']} at {place}" if place else found["kind"]
    return _Refused(what, f"which its store says is {what}")


def _next(reading: Reading, items: Sequence[Mapping[str, Any]], side: str) -> Iterator[Finding]:
    """The user's next message on the thread, and whether what was there is there after it."""
    if len(reading.turns) <= _ANSWERED:
        return
    turn = reading.turns[_ANSWERED]
    why = _failure(turn)
    if reading.fails_alone:
        message = "{read} reads a thread that {wrote} wrote, and answers neither on it nor on one of its own"
        message = f"{message}: {why}"
        yield _made("warning", "not-read", f"answer by {side}", message, _evidence(reading))
        return
    if why is not None:
        message = f"{{read}} reads a thread that {{wrote}} wrote, and cannot go on with it: {why}"
        yield _made("error", "rollback-stuck", f"{_failed(turn)} by {side}", message, _evidence(reading))
        return
    if len(reading.turns) <= _AFTER or reading.turns[_AFTER].end != "done":
        return
    before, after = _by_id(reading, _BEFORE), _by_id(reading, _AFTER)
    for item in items:
        identity, kind = words(item.get("id")), words(item.get("type")) or "item"
        pending = item.get("type") == "client_tool_call" and item.get("status") == "pending"
        if identity in before and identity not in after and not pending:
            message = f"the {kind} that {{wrote}} wrote is gone after {{read}} has answered on its thread"
            evidence = {**_evidence(reading), "type": kind, "item": identity}
            yield _made("error", "rollback-stuck", f"{kind} by {side}", message, evidence)


def _failure(turn: Turn) -> str | None:
    if turn.raised is not None:
        return exceptions.title(turn.raised)
    told = (mapping(each.data) for each in turn.events)
    error = next((each for each in told if each.get("type") == "error"), None)
    if error is not None:
        return f"an error event: {error.get('message') or error.get('code')}"
    return None if turn.end == "done" else f"it {turn.end}"


def _failed(turn: Turn) -> str:
    """The same for a key: without the place in the packages, which is another in each release."""
    if turn.raised is None:
        return exceptions.normalised(_failure(turn) or turn.end)
    deepest = exceptions.root(turn.raised)
    what = exceptions.missing_name(deepest) or exceptions.normalised(deepest.message)
    return f"{exceptions.short_type(deepest)}({what})"


def _by_id(reading: Reading, number: int) -> dict[str, Mapping[str, Any]]:
    if number >= len(reading.turns):
        return {}
    page = mapping(reading.turns[number].response)
    return {words(mapping(item).get("id")): mapping(item) for item in sequence(page.get("data"))}


def _side(wrote: str | None, read: str | None) -> str:
    try:
        one, other = Version(str(wrote)), Version(str(read))
    except InvalidVersion:
        return "another release"
    if one == other:
        return "the same release"
    return "an older release" if other < one else "a newer release"


def _evidence(reading: Reading) -> dict[str, Any]:
    return {"turn": None, "cell": reading.cell, "log": list(reading.log[:5])}


def _said(value: Any) -> str:
    return "nothing" if value is None else shown(value, 120)


def _made(severity: Severity, rule: str, about: str, message: str, evidence: Mapping[str, Any]) -> Finding:
    return Finding(
        rule=f"store/{rule}",
        severity=severity,
        key=f"store/{rule} {about}".strip(),
        message=message,
        evidence=evidence,
    )
