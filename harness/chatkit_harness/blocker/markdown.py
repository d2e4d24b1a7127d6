"""What the blocker found, as a page of Markdown: a table of causes, each in full, and the options."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .words import Told, by, control, evidence, headline, outcome, trouble, widget


def markdown(told: Told) -> str:
    """The whole page."""
    return "\n".join([*_head(told), *_causes(told), *_options(told)]) + "\n"


def _head(told: Told) -> Iterator[str]:
    yield "# The import blocker"
    yield ""
    yield from _fenced([told["message"]])
    yield f"**{_plain(headline(told))}** {_plain(control(told))}"
    yield ""
    yield "| | cause | doctor says | cured |"
    yield "|---|---|---|---|"
    for each in told["causes"]:
        keys = [named["key"] for named in each["doctor"]["causes"]] if each["doctor"] else []
        cells = [str(each["number"]), each["title"], ", ".join(keys), each["verdict"]]
        yield _cells(cells)


def _causes(told: Told) -> Iterator[str]:
    for each in told["causes"]:
        yield ""
        yield f"## {each['number']}. {_plain(each['title'])}"
        yield ""
        yield _plain(each["story"])
        yield from _part("Made by", each["made_by"])
        if each["why"]:
            yield from _part(f"**{each['verdict']}**", [each["why"]])
        yield from _seen(each)
        yield from _treated(each)


def _seen(cause: Told) -> Iterator[str]:
    if cause["before"]:
        yield from _part(
            f"It says, on the {cause['before']['on']}" if cause["before"]["on"] else "It says nothing",
            (cause["before"]["error"] or "").splitlines(),
        )
    for named in cause["doctor"]["causes"] if cause["doctor"] else ():
        yield ""
        yield f"Doctor says `{named['key']}`: {_plain(named['title'])}"
        yield ""
        yield from (f"- {_plain(line)}" for line in named["evidence"])


def _treated(cause: Told) -> Iterator[str]:
    if cause["done"]:
        yield from _part(f"The cure, {by(cause)}", [each["shown"] for each in cause["done"]])
    if cause["after"]:
        works = cause["after"]["works"]
        yield ""
        yield (
            f"Afterwards a message gets its widget: {_plain(widget(cause['after']))}."
            if works
            else f"Afterwards it {_plain(trouble(cause['after']))}."
        )


def _options(told: Told) -> Iterator[str]:
    if not told["options"]:
        return
    yield ""
    yield "## The options, each tried once"
    yield ""
    yield "| option | where the import is blocked | in a fresh environment | so | evidence |"
    yield "|---|---|---|---|---|"
    for each in told["options"]:
        rests = [f"blocked: {evidence(each['blocked'])}", f"fresh: {evidence(each['fresh'])}"]
        cells = [each["title"], outcome(each["blocked"]), outcome(each["fresh"]), each["conclusion"]]
        yield _cells([*cells, ". ".join([*rests, *each["evidence"]])])


def _part(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield ""
    yield f"{title}:"
    yield ""
    yield from _fenced(lines)


def _fenced(lines: Iterable[str]) -> Iterator[str]:
    yield "```text"
    yield from lines
    yield "```"
    yield ""


def _cells(cells: Iterable[str]) -> str:
    return "| " + " | ".join(_plain(each).replace("|", "\\|") for each in cells) + " |"


def _plain(text: str) -> str:
    """Text in which nothing is taken for markup but code."""
    return text.replace("<", "&lt;").replace("*", "\\*").replace("__", "\\_\\_")
