"""The facts of one side, and how those of two sides are held against each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chatkit_harness.comparison.nouns import Content, Fact, FactKind, Path, Place
from chatkit_harness.comparison.words import (
    Amount,
    Role,
    amounts,
    links,
    names,
    normal_link,
    same_amount,
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
_MOST_NODES = 20_000
_ENOUGH = 0.8
"""Of a long title so many words must stand in one line of the other side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One text as a user meets it: what it is part of, and where it stands."""

    text: str
    role: Role
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class SideFacts:
    """All that one side says: facts that the other side should have, and everything that it mentions.

    What is claimed is held against what the other side mentions, which is read more freely: a count of
    articles is no fact that can be missed, but it does not have to be missing either.
    """

    facts: tuple[tuple[Fact, Amount | None], ...]
    amounts: tuple[Amount, ...]
    names: frozenset[str]
    links: frozenset[str]
    lines: tuple[frozenset[str], ...]


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
        if not heard.already(fact, amount):
            facts.setdefault((fact.kind, fact.value), (fact, amount))
    written = [piece.text for piece in pieces]
    return SideFacts(
        facts=tuple(facts.values()),
        amounts=tuple(amount for text in (*written, *map(_spoken, drawn)) for amount in amounts(text)),
        names=frozenset(name for text in (*written, *map(_spoken, drawn)) for name in names(text)),
        links=frozenset(
            [*(link for text in written for link, _ in links(text)), *map(normal_link, addresses)]
        ),
        lines=tuple(filter(None, map(title_words, written))),
    )


def compare_content(native: SideFacts, agent_builder: SideFacts, as_text: Path | None) -> Content:
    """The facts of both sides against each other."""
    alone = [fact for fact, amount in native.facts if not _has(agent_builder, fact, amount)]
    others = [fact for fact, amount in agent_builder.facts if not _has(native, fact, amount)]
    return Content(
        same=len(native.facts) - len(alone),
        native_only=tuple(alone),
        agent_builder_only=tuple(others),
        as_text=as_text,
    )


def weighty(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """The facts that count: not the wording around them."""
    return tuple(fact for fact in facts if fact.kind not in ("label", "heading"))


def widget_pieces(widget: Mapping[str, Any]) -> Iterator[Piece]:
    """The texts of a widget in the order in which they stand."""
    for key, value, kind, in_row, in_status in _walk(widget):
        if key in _READ and isinstance(value, str | int | float) and not isinstance(value, bool):
            yield Piece(text=str(value), role=_role(kind, in_row, in_status), place="widget")


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


def _walk(widget: Mapping[str, Any]) -> Iterator[tuple[str, Any, str, bool, bool]]:
    """Every value of a widget: its key, itself, its component's type, whether in a row or in a status.

    Without recursion, since a model may nest as deep as it likes; what an action carries is no text.
    """
    stack: list[tuple[str, Any, str, bool, bool]] = [("", widget, "", False, False)]
    for _ in range(_MOST_NODES):
        if not stack:
            return
        key, value, kind, in_row, in_status = stack.pop()
        if isinstance(value, Mapping):
            own = value.get("type")
            kind = own if isinstance(own, str) else kind
            in_row, in_status = in_row or kind in _ROWS, in_status or key == "status"
            acts = key.endswith(("Action", "action"))
            children = [(str(k), v, kind, in_row, in_status) for k, v in value.items()]
            stack += reversed([("payload" if acts and c[0] in _READ else c[0], *c[1:]) for c in children])
        elif isinstance(value, list | tuple):
            # A bare value in a list is nothing that a component shows.
            key = key if any(isinstance(each, Mapping) for each in value) else f"{key}[]"
            stack += reversed([(key, each, kind, in_row, in_status) for each in value])
        else:
            yield key, value, kind, in_row, in_status


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
        return any(same_amount(amount, each) for each in side.amounts)
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
        self._amounts = tuple(amounts(words))
        self._words = title_words(words)

    def already(self, fact: Fact, amount: Amount | None) -> bool:
        """Whether a fact only repeats the question."""
        if amount is not None:
            return any(same_amount(amount, each) for each in self._amounts)
        return fact.kind == "name" and fact.value in self._names
