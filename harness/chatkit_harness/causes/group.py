"""Groups what went wrong by its root.

The root is an exception's type and the place that raised; where there is no exception, the finding's key.
Of a chain of exceptions the deepest counts, since a wrapper says less than what it wraps.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chatkit_harness.causes.advice import Greens
from chatkit_harness.causes.words import clip, said, subject_kind, type_name, with_versions
from chatkit_harness.checks import exceptions
from chatkit_harness.core.codec import CodecError, from_document, to_document
from chatkit_harness.core.nouns import CaseResult, Cause, Cell, Finding
from chatkit_harness.core.transcript import Raised

_FRAMES = 12
_KEY = 160
_RANK = {"fail": 0, "error": 1, "unresolvable": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Root:
    """What one case owes its outcome to; `case` is None for a cell that never had one."""

    key: str
    kind: str
    cell: str
    said: str
    case: CaseResult | None = None
    raised: Raised | None = None
    place: exceptions.Place | None = None


def group(cases: Iterable[CaseResult], cells: Iterable[Cell]) -> tuple[Cause, ...]:
    """The causes of everything that did not pass.

    Failures first, then the harness's own trouble, then missing pins; among each of these the cause
    with the most cases first.
    """
    known = {cell.id: cell for cell in cells}
    every = tuple(cases)
    grouped: defaultdict[str, list[_Root]] = defaultdict(list)
    for case in every:
        for root in _roots(case, known):
            grouped[root.key].append(root)
    for root in _caseless(every, known):
        grouped[root.key].append(root)
    ordered = sorted(grouped.values(), key=lambda g: (_RANK[g[0].kind], -len(g), g[0].key))
    greens = Greens(every, known)
    return tuple(_cause(roots, known, greens) for roots in ordered)


def raised_of(finding: Finding) -> Raised | None:
    """The exception behind a finding; None where there is none, or it cannot be read."""
    document = to_document(finding.evidence.get("raised"))
    if not document:
        return None
    try:
        return from_document(Raised, document)
    except CodecError:
        return None


def _roots(case: CaseResult, cells: Mapping[str, Cell]) -> Iterator[_Root]:
    if case.outcome in ("pass", "skipped"):
        return
    cell = cells.get(case.cell)
    if case.outcome == "unresolvable":
        yield _without_pins(case.cell, case.reason or (cell and cell.unresolvable) or "no reason given", case)
        return
    errors = [finding for finding in case.findings if finding.severity == "error"]
    for finding in errors:
        raised = raised_of(finding)
        if raised is not None:
            # What else is wrong in this case follows from the exception: told once, under it.
            yield _from_exception(case, raised)
            return
    for key, message in {f.key: f.message for f in reversed(errors)}.items():
        yield _Root(key=key, kind=case.outcome, cell=case.cell, said=message, case=case)
    if not errors:
        yield _unexplained(case)


def _from_exception(case: CaseResult, raised: Raised) -> _Root:
    deepest = exceptions.root(raised)
    place = exceptions.place(deepest) or exceptions.place(raised)
    key = f"{type_name(deepest).replace(' ', '.')}@{place.key if place else 'unknown'}"
    if exceptions.short_type(deepest) in ("ImportError", "ModuleNotFoundError"):
        # The place is an import statement that may fail for many names: the name is part of the root.
        key += f" over {exceptions.missing_name(deepest) or exceptions.normalised(deepest.message)}"
    return _Root(
        key=key,
        kind=case.outcome,
        cell=case.cell,
        said=said(deepest),
        case=case,
        raised=deepest,
        place=place,
    )


def _unexplained(case: CaseResult) -> _Root:
    reason = case.reason or "no reason was given"
    trouble = case.outcome == "error"
    return _Root(
        key=f"{'harness' if trouble else 'case'}: {exceptions.normalised(reason, _KEY)}",
        kind=case.outcome,
        cell=case.cell,
        said=f"could not be judged: {reason}" if trouble else reason,
        case=case,
    )


def _without_pins(cell: str, reason: str, case: CaseResult | None) -> _Root:
    return _Root(
        key=f"unresolvable: {exceptions.normalised(reason, _KEY)}",
        kind="unresolvable",
        cell=cell,
        said=f"no set of pins exists: {reason}",
        case=case,
    )


def _caseless(cases: tuple[CaseResult, ...], cells: Mapping[str, Cell]) -> Iterator[_Root]:
    """Roots of cells that came to nothing before they had a single case."""
    seen = {case.cell for case in cases}
    for cell in cells.values():
        if cell.id in seen:
            continue
        if cell.unresolvable:
            yield _without_pins(cell.id, cell.unresolvable, None)
        elif cell.unavailable:
            key = f"harness: {exceptions.normalised(cell.unavailable, _KEY)}"
            yield _Root(key=key, kind="error", cell=cell.id, said=f"could not be judged: {cell.unavailable}")


def _cause(roots: list[_Root], cells: Mapping[str, Cell], greens: Greens) -> Cause:
    first = roots[0]
    culprit = _culprit(roots, cells)
    failed = [root.case for root in roots if root.case and root.kind == "fail"]
    return Cause(
        key=first.key,
        title=_title(first, culprit, _definer(roots)),
        cases=tuple(root.case.id for root in roots if root.case),
        culprit=culprit,
        advice=greens.advice(failed, _suspect(first), _distributions(first.raised) if first.raised else []),
        example=_example(first, roots),
    )


def _title(root: _Root, culprit: str | None, definer: str | None) -> str:
    if root.raised is None:
        return clip(root.said, 400)
    told = clip(type_name(root.raised) + (f": {root.said}" if root.said else ""), 240)
    if definer is not None:
        told += f" (a {subject_kind(root.raised)} of {definer})"
    if root.place is None:
        return told
    by = culprit or "the server's own code"
    return f"{told}, raised by {by} in {_file(root)}: {root.place.function}"


def _definer(roots: list[_Root]) -> str | None:
    """The distribution that defines what the exception is about, with its versions.

    None where it is not known, and where it is the one that raised, which is named as that.
    """
    subjects = [root.raised.subject for root in roots if root.raised and root.raised.subject]
    name = subjects[0].distribution if subjects else None
    if name is None or (roots[0].place and roots[0].place.distribution == name):
        return None
    return with_versions(name, (each.version for each in subjects if each.version))


def _suspect(root: _Root) -> tuple[str, str] | None:
    """The distribution that defines what the exception is about, and whether that is a class or a module."""
    subject = root.raised.subject if root.raised else None
    if root.raised is None or subject is None or subject.distribution is None:
        return None
    return subject.distribution, subject_kind(root.raised)


def _file(root: _Root) -> str:
    """The file of the place that raised."""
    frames = root.raised.frames if root.raised else ()
    place = root.place
    inside = [f for f in frames if place and f.distribution == place.distribution]
    named = [f for f in inside if place and f.function.endswith(place.function)]
    return named[-1].file if named else place.module if place else "an unknown place"


def _distributions(raised: Raised) -> list[str]:
    """The distributions that a traceback goes through, innermost first, each once."""
    return list(dict.fromkeys(f.distribution for f in reversed(raised.frames) if f.distribution))


def _culprit(roots: list[_Root], cells: Mapping[str, Cell]) -> str | None:
    """The distribution that raised, with each version that did (the first and the last of many)."""
    name = roots[0].place.distribution if roots[0].place else None
    if name is None:
        return None
    versions = []
    for root in roots:
        cell = cells.get(root.cell)
        version = (root.place and root.place.version) or (cell and cell.pins.get(name))
        if version:
            versions.append(version)
    return with_versions(name, versions)


def _example(first: _Root, roots: list[_Root]) -> dict[str, Any]:
    """One case of a cause in full, and every cell that it covers."""
    told: dict[str, Any] = {
        "kind": first.kind,
        "case": first.case.id if first.case else None,
        "cells": list(dict.fromkeys(root.cell for root in roots)),
        "message": first.raised.message if first.raised else first.said,
        "frames": [],
    }
    if first.raised:
        told["type"] = first.raised.type
        told["frames"] = [to_document(frame) for frame in first.raised.frames[-_FRAMES:]]
        told["place"] = first.place.key if first.place else None
        told["subject"] = to_document(first.raised.subject)
    return told
