"""What an author wrote and what went out: the models drop what they do not know, and say nothing."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from chatkit_harness.contracts.places import Path, name_of, place, written
from chatkit_harness.contracts.validate import too_deep, violations
from chatkit_harness.contracts.violation import Violation
from chatkit_harness.contracts.words import shown

_Lost = tuple[Path, str, Any]
"""Where, the rule, and what stands there in the widget that went out (None where nothing does)."""


def dropped(authored: Mapping[str, Any], sent: Mapping[str, Any], version: str) -> list[Violation]:
    """The props, values and components of a widget that did not reach the wire.

    Rules: `dropped-prop`, `dropped-component`, `changed-value`. Nulls, empty lists and objects, added
    defaults, ids and keys, the order of keys, and a date in another notation are no loss. The reason
    says why the release does not take what was lost, where it does not. Raises SelectionError for an
    unknown release. Of what nests too deep to be judged nothing is said.
    """
    why = violations(authored, version)
    if too_deep(authored) or too_deep(sent):
        return []
    return [_told(authored, lost, version, why) for lost in differences(authored, sent)]


def differences(authored: Any, sent: Any, path: Path = ()) -> Iterator[_Lost]:
    """Where the sent document lacks, or has otherwise, what the authored one says."""
    if isinstance(authored, Mapping) and isinstance(sent, Mapping):
        for key, value in authored.items():
            if value is None or value in ([], {}):
                continue
            if sent.get(key) is None:
                yield (*path, key), _rule_for(value), None
            else:
                yield from differences(value, sent[key], (*path, key))
    elif isinstance(authored, list) and isinstance(sent, list):
        yield from _in_lists(authored, sent, path)
    elif not _same(authored, sent):
        yield path, "changed-value", sent


def _in_lists(authored: list[Any], sent: list[Any], path: Path) -> Iterator[_Lost]:
    kept = [(number, each) for number, each in enumerate(authored) if each is not None]
    partners = _partners([each for _, each in kept], sent)
    for (number, each), partner in zip(kept, partners, strict=True):
        if partner is None:
            yield (*path, number), _rule_for(each), None
        else:
            yield from differences(each, sent[partner], (*path, number))


def _partners(authored: list[Any], sent: list[Any]) -> list[int | None]:
    """For each authored entry the sent one that it became; by order, or by likeness where some are gone."""
    if len(authored) == len(sent):
        return list(range(len(authored)))
    matcher = difflib.SequenceMatcher(
        None, [_like(each) for each in authored], [_like(each) for each in sent]
    )
    partners: list[int | None] = [None] * len(authored)
    for block in matcher.get_matching_blocks():
        for step in range(block.size):
            partners[block.a + step] = block.b + step
    return partners


def _like(value: Any) -> str:
    """What an entry is recognised by."""
    if not isinstance(value, Mapping):
        return shown(value)
    words = [value.get(key) for key in ("id", "key", "value", "label", "text", "name")]
    return name_of(value) + "".join(f"|{word}" for word in words if isinstance(word, str))


def _rule_for(value: Any) -> str:
    return "dropped-component" if name_of(value)[:1].isupper() else "dropped-prop"


def _same(authored: Any, sent: Any) -> bool:
    """Whether two scalars are the same to a reader of the wire."""
    if isinstance(authored, bool) or isinstance(sent, bool):
        return bool(authored is sent) or str(authored).lower() == str(sent).lower()
    if authored == sent or str(authored) == str(sent):
        return True
    moment = _instant(authored)
    return moment is not None and moment == _instant(sent)


def _instant(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _told(authored: Any, lost: _Lost, version: str, why: list[Violation]) -> Violation:
    path, rule, now = lost
    here = place(authored, path)
    component, prop = here.component, here.prop or here.slot
    where = written(path)
    value = authored
    for step in path:
        value = value[step]
    subject = f"{component}.{here.prop}" if here.prop else f"The {component}"
    what = f"{subject} ({shown(value)})" if here.prop else subject
    fate = f"went out as {shown(now)}" if rule == "changed-value" else "was written, and did not go out"
    return Violation(
        component=component,
        prop=prop,
        path=where,
        value=value,
        reason=f"{what} {fate}: {_because(where, version, why)}",
        rule=rule,
    )


def _because(where: str, version: str, why: list[Violation]) -> str:
    """Why the models did it: what is wrong there, or inside it, in the widget as written."""
    for each in why:
        if each.path == where or each.path.startswith((where + ".", where + "[")):
            return each.reason
    return f"chatkit {version} leaves it out without a word."
