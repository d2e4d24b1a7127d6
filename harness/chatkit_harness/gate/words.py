"""A gate's answer in sentences, drawn from its document: the verdict first, then why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_HEADLINES = {
    "safe": "SAFE: the candidate breaks nothing that works with the base.",
    "breaks": "BREAKS",
    "inconclusive": "CANNOT BE TOLD: nothing is known to break, but not everything could be judged.",
}
_KINDS = {
    "new_failure": "newly failing",
    "other_failure": "failing otherwise than before",
    "fixed": "mended",
    "same_failure": "failing as before",
    "same_pass": "passing as before",
    "incomparable": "not comparable",
}
SHOWN = 6
"""Places and cases that are named; of more the number is told."""


def headline(document: Mapping[str, Any]) -> str:
    """The verdict in one sentence."""
    if document["verdict"] != "breaks":
        return _HEADLINES[document["verdict"]]
    said = []
    if document["problems"]:
        count = len(document["problems"])
        said.append(f"the candidate breaks {'one thing' if count == 1 else f'{count} things'}")
    if document["baseline"]:
        said.append("the baseline is out of date")
    return f"{_HEADLINES['breaks']}: {', and '.join(said)}."


def counts(document: Mapping[str, Any]) -> str:
    """How many cases came to what."""
    told = [f"{count} {_KINDS[kind]}" for kind, count in document["summary"].items() if count]
    return f"Cases: {', '.join(told)}." if told else "No case was driven."


def sides(document: Mapping[str, Any]) -> Iterator[str]:
    """What was compared, a line a side, and what differs."""
    for name in ("base", "candidate"):
        side = document[name]
        pair = f"chatkit {side['chatkit'] or 'none'}, agents {side['agents']}, Python {side['python']}"
        yield f"{name + ':':<11}{side['named']}  ({pair})"
    moved = [
        f"{each['name']} {each['base'] or 'none'} -> {each['candidate'] or 'none'}"
        for each in document["pins"]
    ]
    yield f"{'changed:':<11}{some(moved) or 'nothing'}"


def cases(keys: Sequence[Mapping[str, str]]) -> str:
    """The cases of a problem, by scenario, with the path where it is not the native one."""
    names = [each["scenario"] + ("" if each["path"] == "native" else f" [{each['path']}]") for each in keys]
    return some(names)


def latency(document: Mapping[str, Any]) -> str | None:
    """How the times compare, or None where no turn was timed on both sides."""
    found = document["latency"]
    if found["ratio"] is None:
        return None
    sure = "" if found["verdict"] != "inconclusive" else " (it may be chance)"
    return (
        f"Processor time of a turn: {found['ratio']:.2f} times the base's, of {found['turns']} turns{sure}; "
        f"budget {found['budget']:g}."
    )


def some(names: Sequence[str]) -> str:
    """The first of many, and how many more there are."""
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")


def lines(document: Mapping[str, Any]) -> Iterator[str]:
    """The whole answer as plain lines."""
    yield headline(document)
    yield counts(document)
    yield ""
    yield from sides(document)
    for number, problem in enumerate(document["problems"], start=1):
        yield ""
        yield f"{number}. {problem['rule']}: {problem['message']}"
        yield f"   cases     {cases(problem['cases'])}"
        yield f"   key       {problem['key']}"
    for title, told in (("Baseline", document["baseline"]), ("Not judged", document["doubts"])):
        if told:
            yield ""
            yield title
            yield from (f"  {each}" for each in told)
    yield from _wire(document)
    time = latency(document)
    if time is not None:
        yield ""
        yield time


def _wire(document: Mapping[str, Any]) -> Iterator[str]:
    if not document["wire"]:
        return
    yield ""
    yield "On the wire"
    for each in document["wire"]:
        what = f"{each['change']} {each['place']}"
        yield f"  {each['effect']:<9} {what}: {each['why']} ({cases(each['cases'])})"
