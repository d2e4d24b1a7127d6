"""A gate's answer for a job summary: short, with the detail folded away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chatkit_harness.reports.markdown import folded, md

from .words import cases, counts, headline, latency, sides

_SIGN = {"safe": "✅", "breaks": "❌", "inconclusive": "⚠️"}
_LONG, _SHORT = 600, 200
_MOST = 40
"""Lines of detail; a job summary is cut where it grows too long."""


def markdown(document: Mapping[str, Any]) -> str:
    """The answer as Markdown."""
    return "\n".join(_lines(document)) + "\n"


def _lines(document: Mapping[str, Any]) -> Iterator[str]:
    yield f"## {_SIGN[document['verdict']]} {headline(document)}"
    yield ""
    yield counts(document)
    yield ""
    yield from _sides(document)
    for number, problem in enumerate(document["problems"][:_MOST], start=1):
        yield f"**{number}. {md(problem['message'], _LONG)}**"
        yield ""
        yield f"- {md(problem['rule'], _SHORT)} in {md(cases(problem['cases']), _SHORT)}"
        yield f"- key: {md(problem['key'], _LONG)}"
        yield ""
    for title, told in (("Baseline", document["baseline"]), ("Not judged", document["doubts"])):
        if told:
            yield f"**{title}**"
            yield ""
            yield from (f"- {md(each, _LONG)}" for each in told[:_MOST])
            yield ""
    yield from _folded(document)
    time = latency(document)
    if time is not None:
        yield time


def _sides(document: Mapping[str, Any]) -> Iterator[str]:
    for line in sides(document):
        name, _, rest = line.partition(":")
        yield f"- {name}: {md(rest.strip(), _LONG)}"
    yield ""


def _folded(document: Mapping[str, Any]) -> Iterator[str]:
    pins = [
        f"{each['name']} {each['base'] or 'none'} -> {each['candidate'] or 'none'}"
        for each in document["pins"]
    ]
    wire = [f"{each['effect']}: {each['change']} {each['place']}" for each in document["wire"]]
    each_case = [f"{case['scenario']} [{case['path']}]: {case['change']}" for case in document["cases"]]
    for title, told in (("Pins that differ", pins), ("On the wire", wire), ("Case by case", each_case)):
        if told:
            yield from folded(f"{title} ({len(told)})", "\n".join(told))
