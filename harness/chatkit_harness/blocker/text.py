"""What the blocker found, as a terminal shows it."""

from __future__ import annotations

from collections.abc import Iterator

from .words import Told, by, control, evidence, headline, outcome, trouble, widget

_WIDTH = 13


def text(told: Told) -> str:
    """The whole, a line's end at its end."""
    lines = [headline(told), control(told)]
    for each in told["causes"]:
        lines += ["", *_cause(each)]
    if told["options"]:
        lines += ["", "The options, each tried once:"]
    for each in told["options"]:
        lines += [f"  {each['title']}", *_option(each)]
    if told["kept"]:
        lines += ["", f"Kept: {told['kept']}"]
    return "\n".join(lines) + "\n"


def _cause(cause: Told) -> Iterator[str]:
    yield f"{cause['number']}. {cause['title']}  [{cause['id']}]  {cause['verdict']}"
    yield from _row("Made by", cause["made_by"])
    if cause["why"]:
        yield from _row("Not so", [cause["why"]])
    if cause["before"]:
        yield from _row("It says", (cause["before"]["error"] or "nothing: it works").splitlines())
    if cause["doctor"]:
        for named in cause["doctor"]["causes"]:
            yield from _row("Doctor", [f"{named['title']}  [{named['key']}]"])
            yield from _row("Evidence", named["evidence"])
    if cause["done"]:
        yield from _row("Cure", [*(each["shown"] for each in cause["done"]), f"({by(cause)})"])
    if cause["after"]:
        works = cause["after"]["works"]
        words = f"a message gets its widget: {widget(cause['after'])}" if works else trouble(cause["after"])
        yield from _row("Afterwards", [words])


def _option(option: Told) -> Iterator[str]:
    for name, words in (("blocked", "where the import is blocked"), ("fresh", "in a fresh environment")):
        yield f"    {words:28}{outcome(option[name])}"
        yield f"    {'':28}({evidence(option[name])})"
    for each in option["evidence"]:
        yield f"    {'':28}{each}"
    yield f"    {'so':28}{option['conclusion']}"


def _row(name: str, lines: list[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        yield f"   {'' if number else name:{_WIDTH}}{line}"
