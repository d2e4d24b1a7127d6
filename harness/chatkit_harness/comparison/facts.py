"""The facts of one side, and how those of two sides are held against each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from chatkit_harness.comparison.belongs import (
    controls,
    leanings,
    misplaced,
    missing_controls,
    opposed,
    owned,
)
from chatkit_harness.comparison.figures_found import Found
from chatkit_harness.comparison.nouns import Content, Fact, FactKind, Path, Place
from chatkit_harness.comparison.words import (
    Amount,
    Role,
    amounts,
    links,
    names,
    normal_link,
    title_words,
    titles,
)

_READ = frozenset(
    (
        *("alt", "caption", "content", "description", "heading", "label", "message", "pill"),
        *("subtitle", "text", "title", "value"),
    )
)
_ADDRESSES = frozenset(("url", "href", "link"))
_ROWS = frozenset(("ListViewItem", "TableRow", "Table.Row"))
_LINES = _ROWS | {"Row"}
_MOST_NODES = 20_000
_MOST_FACTS = 1000
"""Of one side no more is held against the other one: nobody reads that much, and each is held against all."""
_ENOUGH = 0.8
"""Of a long title so many words must stand in one line of the other side."""
_KINDRED = 0.3
"""Answers without a fact that share fewer of their words than this may say anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One text as a user meets it: what it is part of, and where it stands.

    `line` numbers what stands beside each other in a widget; 0 for what stands alone.
    """

    text: str
    role: Role
    place: Place
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SideFacts:
    """All that one side says: facts that the other side should have, and everything that it mentions.

    What is claimed is held against what the other side mentions, which is read more freely: a count of
    articles is no fact that can be missed, but it does not have to be missing either. `owned` are figures of
    which it is plain what they belong to, `leanings` words such as `bullish`.
    """

    facts: tuple[tuple[Fact, Amount | None], ...]
    amounts: Found[None]
    names: frozenset[str]
    links: frozenset[str]
    lines: tuple[frozenset[str], ...]
    owned: Found[str]
    owners: frozenset[str] = frozenset()
    leanings: frozenset[str] = frozenset()
    controls: frozenset[str] = frozenset()
    written: str = ""


def facts_of(
    widgets: Sequence[Mapping[str, Any]], texts: Sequence[str], drawn: Sequence[str] = (), asked: str = ""
) -> SideFacts:
    """The facts of one side: its widgets, its texts and what it draws on the chart.

    `drawn` are commands, whose figures a user sees on the chart. What the user asked with (`asked`) is
    nobody's answer, so that repeating it or not makes no difference.
    """
    pieces = [piece for widget in widgets for piece in widget_pieces(widget)]
    pieces += [Piece(text=line, role="prose", place="text") for text in texts for line in text.splitlines()]
    addresses = [address for widget in widgets for address in widget_links(widget)]
    heard = _Asked(asked)
    facts: dict[tuple[str, str], tuple[Fact, Amount | None]] = {}
    for fact, amount in _claims(pieces, addresses):
        if len(facts) >= _MOST_FACTS:
            break
        if not heard.already(fact, amount):
            facts.setdefault((fact.kind, fact.value), (fact, amount))
    written = [piece.text for piece in pieces]
    mentioned = (*written, *map(_spoken, drawn))
    belonging = [each for line in _lines(pieces) for each in owned(line)]
    return SideFacts(
        facts=tuple(facts.values()),
        amounts=Found((amount, None) for text in mentioned for amount in amounts(text)),
        names=frozenset(name for text in mentioned for name in names(text)),
        links=frozenset(
            [*(link for text in written for link, _ in links(text)), *map(normal_link, addresses)]
        ),
        lines=tuple(filter(None, map(title_words, written))),
        owned=Found(belonging),
        owners=frozenset(owner for _, owner in belonging),
        leanings=frozenset(word for text in written for word in leanings(text)),
        controls=controls(widgets),
        written="\n".join(written),
    )


def _lines(pieces: Iterable[Piece]) -> Iterator[str]:
    """What stands beside each other in a widget as one text; what stands alone as it is."""
    together: dict[int, list[str]] = {}
    for piece in pieces:
        if piece.line:
            together.setdefault(piece.line, []).append(piece.text)
        else:
            yield piece.text
    # A comma would part a row's name from its figures.
    yield from (" ".join(texts).replace(", ", " ") for texts in together.values())


def compare_content(native: SideFacts, agent_builder: SideFacts, as_text: Path | None) -> Content:
    """The facts of both sides against each other."""
    alone, others = not_said(native, agent_builder), not_said(agent_builder, native)
    own = {fact.value for fact, _ in native.facts}
    return Content(
        same=len(native.facts) - sum(fact.value in own for fact in alone),
        native_only=alone,
        agent_builder_only=others,
        as_text=as_text,
        native_controls=missing_controls(native.controls, agent_builder.controls),
        agent_builder_controls=missing_controls(agent_builder.controls, native.controls),
        wording_only=_wording_only(native, agent_builder),
    )


def not_said(here: SideFacts, there: SideFacts) -> tuple[Fact, ...]:
    """What one side says and the other one does not, or tells of something else, or denies."""
    found = []
    for fact, amount in here.facts:
        owner = misplaced(amount, here.owned, there.owned, there.owners) if amount is not None else None
        if owner is not None:
            found.append(replace(fact, shown=f"{fact.shown} ({owner})"))
        elif not _has(there, fact, amount):
            found.append(fact)
    leaning = opposed(here.leanings, there.leanings)
    found += [Fact(kind="name", value=word, shown=word, place="text") for word in leaning]
    return tuple(found)


def _wording_only(here: SideFacts, there: SideFacts) -> bool:
    """Whether neither side says a fact, and what they say has hardly a word in common."""
    if weighty(fact for side in (here, there) for fact, _ in side.facts):
        return False
    said = [title_words(side.written) for side in (here, there)]
    return all(said) and len(said[0] & said[1]) < len(said[0] | said[1]) * _KINDRED


def weighty(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """The facts that count: not the wording around them."""
    return tuple(fact for fact in facts if fact.kind not in ("label", "heading"))


def widget_pieces(widget: Mapping[str, Any]) -> Iterator[Piece]:
    """The texts of a widget in the order in which they stand."""
    for key, value, kind, in_row, in_status, line in _walk(widget):
        if key in _READ and isinstance(value, str | int | float) and not isinstance(value, bool):
            role = _role(kind, in_row, in_status)
            yield Piece(text=str(value), role=role, place="widget", line=line)


def _role(kind: str, in_row: bool, in_status: bool) -> Role:
    if in_status:
        return "status"
    if in_row:
        return "row"
    return "heading" if kind == "Title" else "body"


def widget_links(widget: Mapping[str, Any]) -> Iterator[str]:
    """The addresses that a widget leads to."""
    for key, value, *_ in _walk(widget):
        if key in _ADDRESSES and isinstance(value, str) and value.lower().startswith(("http://", "https://")):
            yield value


_Node = tuple[str, Any, str, bool, bool, int]


def _walk(widget: Mapping[str, Any]) -> Iterator[_Node]:
    """Every value of a widget: its key, itself, its component's type, whether in a row or in a status, and
    the number of the outermost row (0: none).

    Without recursion, since a model may nest as deep as it likes; what an action carries is no text.
    """
    stack: list[_Node] = [("", widget, "", False, False, 0)]
    for number in range(1, _MOST_NODES + 1):
        if not stack:
            return
        key, value, kind, in_row, in_status, line = stack.pop()
        if isinstance(value, Mapping):
            own = value.get("type")
            kind = own if isinstance(own, str) else kind
            in_row, in_status = in_row or kind in _ROWS, in_status or key == "status"
            line = line or (number if kind in _LINES else 0)
            acts = key.endswith(("Action", "action"))
            children = [(str(k), v, kind, in_row, in_status, line) for k, v in value.items()]
            stack += reversed([("payload" if acts and c[0] in _READ else c[0], *c[1:]) for c in children])
        elif isinstance(value, list | tuple):
            # A bare value in a list is nothing that a component shows.
            key = key if any(isinstance(each, Mapping) for each in value) else f"{key}[]"
            stack += reversed([(key, each, kind, in_row, in_status, line) for each in value])
        else:
            yield key, value, kind, in_row, in_status, line


def _claims(pieces: Iterable[Piece], addresses: Iterable[str]) -> Iterator[tuple[Fact, Amount | None]]:
    for piece in pieces:
        # What a status says of the list below it is no fact of its own. In a heading or in prose a small
        # bare number counts things; in a widget's body it is what is shown.
        if piece.role != "status":
            yield from _told(piece, strict=piece.role in ("prose", "heading"))
        if piece.role != "prose":
            for kind, text in titles(piece.text, piece.role):
                value = " ".join(sorted(title_words(text)))
                # The three kinds that titles() names are kinds of fact.
                yield Fact(kind=_KINDS[kind], value=value, shown=text, place=piece.place), None
    for address in addresses:
        yield Fact(kind="link", value=normal_link(address), shown=address, place="widget"), None


def _told(piece: Piece, *, strict: bool) -> Iterator[tuple[Fact, Amount | None]]:
    for amount in amounts(piece.text):
        if amount.telling or not strict:
            yield _fact("figure", _normal(amount), amount.shown, piece), amount
    # A heading names what the rest is about: a text that says Tesla instead of TSLA lacks nothing.
    for name in names(piece.text) if piece.role != "heading" else ():
        yield _fact("name", name, name, piece), None
    for link, written in links(piece.text):
        yield _fact("link", link, written, piece), None


_KINDS: Mapping[str, FactKind] = {"title": "title", "label": "label", "heading": "heading"}


def _fact(kind: FactKind, value: str, shown: str, piece: Piece) -> Fact:
    return Fact(kind=kind, value=value, shown=shown, place=piece.place)


def _normal(amount: Amount) -> str:
    number = format(amount.value.normalize(), "f")
    return f"{amount.sign}{number}{f' {amount.unit}' if amount.unit else ''}"


def _has(side: SideFacts, fact: Fact, amount: Amount | None) -> bool:
    """Whether a side mentions a fact of the other one."""
    if fact.kind == "figure" and amount is not None:
        return side.amounts.has(amount)
    if fact.kind == "name":
        return fact.value in side.names
    if fact.kind == "link":
        return fact.value in side.links
    wanted = title_words(fact.shown)
    least = len(wanted) if len(wanted) < 4 else len(wanted) * _ENOUGH
    return any(len(wanted & line) >= least for line in side.lines)


def _spoken(command: str) -> str:
    """A command with room around its parts, so that its figures and names are read as such."""
    return command.replace(":", " ")


class _Asked:
    """What stood in the user's own words."""

    def __init__(self, words: str) -> None:
        self._names = frozenset(names(words))
        self._amounts = Found((amount, None) for amount in amounts(words))
        self._words = title_words(words)

    def already(self, fact: Fact, amount: Amount | None) -> bool:
        """Whether a fact only repeats the question."""
        if amount is not None:
            return self._amounts.has(amount)
        return fact.kind == "name" and fact.value in self._names
