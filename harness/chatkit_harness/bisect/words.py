"""A search and its result in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .nouns import Step

_SHOWN = 6
_WIDTH = 100


def step(told: Step) -> str:
    """One answer on one line."""
    seen = told.seen
    took = " (known)" if told.known else f" ({seen.seconds:.1f} s)" if seen.seconds else ""
    why = f": {_short(seen.why)}" if seen.why and seen.answer != "bad" else ""
    return f"{told.number:>3}  {seen.answer:<14} {told.tried}{why}{took}"


def lines(document: Mapping[str, Any]) -> Iterator[str]:
    """The whole result."""
    finding = document["finding"]
    yield headline(document)
    yield ""
    yield f"finding     {finding['title']} ({finding['case']})"
    for end in ("good", "bad"):
        named, pair = document[end]["named"], document[end]["pair"]
        yield f"{end:<11} {named}  ({pair}, Python {document['python']})"
    differ = [change(each) for each in document["differ"]]
    yield f"differ      {_some(differ)}"
    for turn in document["turns"]:
        yield f"{turn['axis']:<11} {_turn(turn)}"
    yield from _constraint(document)
    if document["why"]:
        yield f"but         {document['why']}"
    if document["literal"]:
        yield "note        The ends break what their own releases require: pins were exchanged as they are."
    for other in document["other_findings"]:
        yield f"also fails  {other}: search for it with --finding"
    if document["reproduce"]:
        yield f"again       {document['reproduce']}"
    yield f"asked       {document['answers']} sets of pins, {document['driven']} drives"


def headline(document: Mapping[str, Any]) -> str:
    """What is at fault, in one sentence."""
    names = [each["name"] for each in document["changes"]]
    turn = next((each for each in document["turns"] if each["axis"] != "date"), None)
    if document["verdict"] == "found" and turn is not None:
        alone = f"{turn['axis']} {turn['first_bad']}"
        told = [alone if name == turn["axis"] else name for name in names]
        return f"FOUND: {_together(told if alone in told else [alone])} makes it fail."
    if document["verdict"] == "found":
        return f"FOUND: {_some([change(each) for each in document['changes']])} makes it fail."
    if document["verdict"] == "suspected":
        return f"SUSPECTED: {_together(names)}; it was not settled."
    return "NOT FOUND."


def change(each: Mapping[str, Any]) -> str:
    """A difference as it is told."""
    return f"{each['name']} {each['good'] or 'none'} -> {each['bad'] or 'none'}"


def _turn(turn: Mapping[str, Any]) -> str:
    good, bad = turn["last_good"], turn["first_bad"]
    if turn["axis"] == "date":
        at = "UTC" if "T" in good + bad else "midnight, UTC"  # an end of the search may be any instant
        return f"good as of {good}, bad as of {bad} ({at})"
    said = f"good until {good}, bad from {bad}"
    return said + (f"; neither is {_some(turn['between'])}" if turn["between"] else "")


def _constraint(document: Mapping[str, Any]) -> Iterator[str]:
    if document["constraint"]:
        proof = "verified: the bad end with it was driven, and is good"
        if not document["verified"]:
            proof = f"not verified: {document['constraint_why'] or 'not driven'}"
        yield f"constraint  {document['constraint']}  ({proof})"


def _together(names: list[str]) -> str:
    return " together with ".join(names)


def _some(names: list[str]) -> str:
    more = len(names) - _SHOWN
    return (", ".join(names[:_SHOWN]) or "nothing") + (f" and {more} more" if more > 0 else "")


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _WIDTH else line[: _WIDTH - 3] + "..."
