"""What changed between two releases, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from chatkit_harness.contracts import catalogue
from chatkit_harness.contracts.atoms import NULL, atoms, constant, covers
from chatkit_harness.contracts.effects import GONE, NEW, Effect, of_form
from chatkit_harness.contracts.strict import APART, KINDS, OPEN, ROOTS, Kind
from chatkit_harness.contracts.unions import members
from chatkit_harness.contracts.words import article, expected, quoted

Defs = Mapping[str, Any]

_NOUNS: Mapping[Kind, tuple[str, str]] = {
    "widget": ("component", "prop"),
    "event": ("type", "field"),
    "request": ("type", "field"),
}
_WHERE_OPEN = {"WidgetRoot": "a widget", "WidgetComponent": "a component"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference of the newer release from the older.

    `where` is `Card.status` (or `Card`). `breaking` tells whether it can break what was made for the
    older: a widget or request written for it, or a client that reads its events. What is only added is
    not breaking, since clients pass over what they do not know.
    """

    kind: Literal["added", "removed", "changed"]
    schema: Kind
    where: str
    text: str
    breaking: bool

    @property
    def effect(self) -> Effect:
        """The same in a word."""
        return of_form(taken=not self.breaking)


def diff(a: str, b: str) -> list[Change]:
    """What release `b` changed against `a`, widgets first, then events, then requests.

    Each is the number of a stored release, or `newest`. What events carry of widgets is told once, under
    widgets. Raises SelectionError for any other release.
    """
    releases = catalogue.exactly(a), catalogue.exactly(b)
    told: set[str] = set()
    changes: list[Change] = []
    for kind in KINDS:
        old, new = (catalogue.schema(kind, version) for version in releases)
        changes.extend(_Differ(kind, old, new).changes(told))
        if kind == "widget":
            told = set(old["$defs"]) | set(new["$defs"])
    return changes


class _Differ:
    """Compares definition by definition: they refer to one another by name, so nothing recurses."""

    def __init__(self, kind: Kind, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        self._kind = kind
        self._before = _under_new_names(before["$defs"], after["$defs"])
        self._after: Defs = after["$defs"]
        self._open: tuple[Defs, Defs] = (before.get(OPEN, {}), after.get(OPEN, {}))
        self._apart = {*before.get(APART, ()), *after.get(APART, ())}
        self._sent = kind == "event"
        self._needs = ("sent unless it is null", "always sent") if self._sent else ("optional", "required")
        self._noun, self._part = _NOUNS[kind]

    def changes(self, told: set[str]) -> Iterator[Change]:
        yield from self._opened()
        for name in sorted({*self._before, *self._after} - told):
            old, new = self._before.get(name), self._after.get(name)
            if old == new:
                continue
            if old is None:
                yield from self._whole("added", name, new or {})
            elif new is None:
                yield from self._whole("removed", name, old)
            elif members(old) or members(new):
                yield from self._members(name, members(old), members(new))
            elif "properties" in old and "properties" in new:
                yield from self._props(name, old, new)
            else:
                yield from self._value(name, old, new)

    def _whole(self, kind: Literal["added", "removed"], name: str, definition: Defs) -> Iterator[Change]:
        """A definition that is new or gone; unions and lists of values show in what refers to them."""
        if "properties" in definition and not members(definition):
            wire = constant(definition) or name
            label = f"{name} ({wire})" if wire != name else name
            detail = self._detail(name, definition) if kind == "added" else ""
            came = (
                f"new{self._elsewhere(name, 'on')}"
                if kind == "added"
                else f"gone{self._elsewhere(name, 'from')}"
            )
            text = f"{label} is {came}{detail}."
            yield self._change(kind, name, text, effect=GONE if kind == "removed" else NEW)

    def _detail(self, name: str, definition: Defs) -> str:
        props = set(definition["properties"]) - {"type"}
        opened = self._open[1].get(name)
        if opened is None:
            return f", with {quoted(sorted(props))}" if props else ""
        judged = quoted(sorted(props - set(opened["names"])))
        return f": {_lets_through(opened)}. Of those {judged} are judged as sibling components have them"

    def _elsewhere(self, name: str, word: str) -> str:
        """That a class is no newer or older than its release, only what it is good for."""
        if name not in self._apart:
            return ""
        return f" {word} the wire (the class is in the package from {_first_apart(name)} on)"

    def _opened(self) -> Iterator[Change]:
        """Classes that let anything through: no definition shows them, since they would take any fault."""
        old, new = self._open
        for name in sorted({*old, *new} - set(self._before) - set(self._after)):
            if name in old and name in new:
                yield from self._values(f"{name}.type", old[name]["type"], new[name]["type"])
                continue
            there = new.get(name) or old[name]
            may_be = " and ".join(_WHERE_OPEN[each] for each in there["may_be"])
            if name in new:
                text = f"{name} is new; {may_be} may be one: {_lets_through(there)}."
                yield self._change("added", name, text, effect=NEW)
            else:
                text = f"{name} is gone; {may_be} could be one: {_lets_through(there)}."
                yield self._change("removed", name, text, effect=GONE)

    def _members(self, name: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Change]:
        whole = f"{article(self._kind).capitalize()} {self._kind}"
        subject = whole if name == ROOTS[self._kind] else name
        if added := sorted(set(new) - set(old)):
            text = f"{subject} may also be {quoted(added)}."
            yield self._change("added", name, text, effect=NEW)
        if removed := sorted(set(old) - set(new)):
            text = f"{subject} may no longer be {quoted(removed)}."
            yield self._change("removed", name, text, effect=GONE)

    def _props(self, name: str, old: Defs, new: Defs) -> Iterator[Change]:
        before, after = old["properties"], new["properties"]
        for prop in sorted({*before, *after}):
            where = f"{name}.{prop}"
            needed_before, needed = prop in old.get("required", ()), prop in new.get("required", ())
            if prop not in before:
                yield self._added(name, prop, after[prop], needed=needed)
            elif prop not in after:
                text = (
                    f"{name} loses the {self._part} {prop!r} (it was {expected(before[prop], self._before)})."
                )
                yield self._change("removed", where, text, effect=GONE)
            else:
                if before[prop] != after[prop]:
                    yield from self._value(where, before[prop], after[prop])
                if needed != needed_before:
                    yield self._need(where, needed=needed)

    def _added(self, name: str, prop: str, schema: Defs, *, needed: bool) -> Change:
        need = self._needs[needed]
        text = f"{name} gains the {self._part} {prop!r} ({expected(schema, self._after)}; {need})."
        demanded = needed and not self._sent
        return self._change("added", f"{name}.{prop}", text, effect=of_form(taken=not demanded))

    def _need(self, where: str, *, needed: bool) -> Change:
        """Writers are hurt by what they now must give, readers by what they can no longer count on."""
        text = f"{where} is {'now' if needed else 'no longer'} {self._needs[True]}."
        return self._change("changed", where, text, effect=NEW if needed == self._sent else GONE)

    def _value(self, where: str, old: Defs, new: Defs) -> Iterator[Change]:
        listed_before, listed = _values(old), _values(new)
        if listed_before is not None and listed is not None:
            yield from self._values(where, listed_before, listed)
            return
        was, now = expected(old, self._before), expected(new, self._after)
        before, after = atoms(old, self._before), atoms(new, self._after)
        if was != now:
            taken, given = (before, after) if self._sent else (after, before)
            text = f"{where} was {was} and is now {now}."
            yield self._change("changed", where, text, effect=of_form(taken=covers(taken, given)))
        elif self._kind == "request" and (NULL in before) != (NULL in after):
            text = f"{where} may {'no longer' if NULL in before else 'now'} be null."
            yield self._change("changed", where, text, effect=of_form(taken=NULL not in before))

    def _values(self, where: str, old: list[Any], new: list[Any]) -> Iterator[Change]:
        if added := [each for each in new if each not in old]:
            yield self._change("added", where, f"{where} also takes {quoted(added)}.", effect=NEW)
        if removed := [each for each in old if each not in new]:
            yield self._change("removed", where, f"{where} no longer takes {quoted(removed)}.", effect=GONE)

    def _change(
        self, kind: Literal["added", "removed", "changed"], where: str, text: str, *, effect: Effect
    ) -> Change:
        return Change(kind=kind, schema=self._kind, where=where, text=text, breaking=effect == GONE)


def _lets_through(opened: Mapping[str, Any]) -> str:
    """What an open class does with props, in words."""
    types = f" ({quoted(opened['type'])})" if len(opened["type"]) > 1 else ""
    names = [each for each in opened["names"] if each != "type"]
    return f"an open class that names {quoted(names)} and 'type'{types}, and lets any other prop through"


def _first_apart(name: str) -> str:
    """The release from which on a class is in the package without being part of any widget."""
    found = (each for each in catalogue.releases() if name in catalogue.widget_schema(each).get(APART, ()))
    return next(found)


def _under_new_names(before: Defs, after: Defs) -> Defs:
    """The older definitions, a class that was renamed under its new name: the wire knows only its type."""
    gone = {constant(each): name for name, each in before.items() if name not in after and constant(each)}
    new = {constant(each): name for name, each in after.items() if name not in before and constant(each)}
    renamed = {gone[each]: new[each] for each in gone if each in new}
    return {renamed.get(name, name): each for name, each in before.items()}


def _values(schema: Defs) -> list[Any] | None:
    """The values of an enumeration, with patterns written `vendor:…`; None for other schemas."""
    values: list[Any] = []
    for each in schema.get("anyOf", [schema]):
        if "pattern" in each:
            values.append(each["pattern"].removeprefix("^") + "…")
        elif "enum" in each or "const" in each:
            values.extend(each.get("enum", [each.get("const")]))
        else:
            return None
    return [value for value in values if value is not None]
