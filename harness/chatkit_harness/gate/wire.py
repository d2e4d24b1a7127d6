"""What changed on the wire, and whether a client of the older wire can live with it (`contracts.effects`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chatkit_harness.contracts.effects import GONE, NEW, Effect, of_form
from chatkit_harness.contracts.validate import event_violations
from chatkit_harness.core.errors import SelectionError
from chatkit_harness.core.transcript import Transcript, Turn

from .changes import CaseKey
from .shapes import TYPE, kind, kinds, shape, shapes, wholes


@dataclass(frozen=True, slots=True, kw_only=True)
class WireChange:
    """One difference between what two servers sent for the same turn.

    `what` says which kind of difference; `place` names the event and property; `key` is stable across cases:
    the same change in forty cases is one change.
    """

    what: str
    place: str
    effect: Effect
    why: str
    turn: int = 0

    @property
    def key(self) -> str:
        """The change, wherever it is met."""
        return f"wire/{self.what} {self.place}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WireChanges:
    """A change, and the cases in which it was met."""

    change: WireChange
    cases: tuple[CaseKey, ...]


def wire_changes(base: Transcript, candidate: Transcript, *, older: str | None) -> list[WireChange]:
    """What differs between two transcripts of one case; `older` is the base's chatkit release.

    A turn that failed on one side says nothing about the wire and is left out.
    """
    found: dict[str, WireChange] = {}
    for before, after in zip(base.turns, candidate.turns, strict=False):
        if before.end == after.end == "done" and not (_failed(before) or _failed(after)):
            for change in _in_turn(before, after, older):
                found.setdefault(change.key, change)
    return list(found.values())


def gathered(changes: Mapping[CaseKey, list[WireChange]]) -> list[WireChanges]:
    """Each change once, with its cases; breaking ones first."""
    by_key: dict[str, list[tuple[CaseKey, WireChange]]] = {}
    for case, met in changes.items():
        for change in met:
            by_key.setdefault(change.key, []).append((case, change))
    told = [
        WireChanges(change=found[0][1], cases=tuple(case for case, _ in found)) for found in by_key.values()
    ]
    return sorted(told, key=lambda each: (each.change.effect != "breaking", each.change.key))


def _failed(turn: Turn) -> bool:
    return turn.raised is not None or any(kind(event).startswith("error") for event in turn.events)


def _in_turn(before: Turn, after: Turn, older: str | None) -> Iterator[WireChange]:
    number = before.index
    if before.events or after.events:
        yield from _of_kinds(before, after, older)
        was, now = shapes(before), shapes(after)
        for name in was:
            if name in now:
                strange = _is_strange(name, after, older)
                yield from _of_properties(name, was[name], now[name], number, strange=strange)
        return
    was_told, is_told = shape(before.response), shape(after.response)
    yield from _of_properties("the response", was_told, is_told, number, strange=True)


def _of_kinds(before: Turn, after: Turn, older: str | None) -> Iterator[WireChange]:
    was, now = kinds(before), kinds(after)
    for name in dict.fromkeys(was):
        if name not in now:
            why = "A client of the older wire waits for it in vain."
            yield _change("event-gone", name, GONE, why, before.index)
    unknown = _unknown_to(after, older)
    for name in dict.fromkeys(now):
        if name not in was:
            why = (
                "The older wire has no such event: its clients pass over it."
                if name in unknown
                else "The older wire has this event, too."
            )
            yield _change("event-new", name, NEW, why, before.index)
    fewer = {name for name, count in wholes(before).items() if 0 < wholes(after)[name] < count}
    for name in sorted(fewer):
        why = f"It comes {wholes(after)[name]} times, and came {wholes(before)[name]} times."
        yield _change("event-fewer", name, GONE, why, before.index)
    # Where one of several is missing, what is left comes in another order by itself.
    both = (
        [name for name in was if name in now and name not in fewer],
        [name for name in now if name in was and name not in fewer],
    )
    if _firsts(both[0]) != _firsts(both[1]):
        why = "They come in another order than clients of the older wire know."
        yield _change(
            "order", " / ".join(_moved(*map(_firsts, both))), of_form(taken=False), why, before.index
        )


def _of_properties(
    name: str, was: Mapping[str, str], now: Mapping[str, str], turn: int, *, strange: bool
) -> Iterator[WireChange]:
    """What changed inside of an event; `strange` is whether the older release would not take it as it is."""
    for place in was:
        if place not in now:
            if not _inside_of_gone(place, was, now):
                why = "A client of the older wire reads it, and finds nothing."
                yield _change("property-gone", f"{name}: {place}", GONE, why, turn)
        elif was[place] != now[place] and not set(now[place].split(" or ")) <= set(was[place].split(" or ")):
            why = f"It was {was[place]}, and is {now[place]}."
            known = not strange and TYPE in was[place] and TYPE in now[place]
            effect = of_form(taken=known)
            why += " Clients of the older wire know both." if known else ""
            yield _change("property-form", f"{name}: {place}", effect, why, turn)
    for place in now:
        if place not in was and not _inside_of_gone(place, now, was):
            why = "Clients of the older wire pass over it."
            yield _change("property-new", f"{name}: {place}", NEW, why, turn)


def _inside_of_gone(place: str, here: Mapping[str, str], there: Mapping[str, str]) -> bool:
    """Whether what holds the property is told already."""
    above = place.rpartition(".")[0].removesuffix("[]")
    return bool(above) and above in here and above not in there


def _is_strange(name: str, turn: Turn, older: str | None) -> bool:
    """Whether the older release's own schema refuses an event of that kind."""
    if older is None:
        return True
    try:
        return any(
            event_violations(event.data, older)
            for event in turn.events
            if event.data is not None and kind(event) == name
        )
    except SelectionError:  # a release of which no schema is stored
        return True


def _unknown_to(turn: Turn, older: str | None) -> set[str]:
    """The kinds of events of which the older release's own schema says that there is no such thing."""
    found: set[str] = set()
    for event in turn.events:
        name = kind(event)
        if event.data is not None and name not in found and _is_unknown(event.data, older):
            found.add(name)
    return found


def _is_unknown(data: Mapping[str, Any], older: str | None) -> bool:
    if older is None:
        return False
    try:
        return any(
            each.path in ("$.type", "$.item.type", "$.update.type") for each in event_violations(data, older)
        )
    except SelectionError:  # a release of which no schema is stored
        return False


def _firsts(names: list[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _moved(was: list[str], now: list[str]) -> list[str]:
    return [one for one, other in zip(was, now, strict=True) if one != other]


def _change(what: str, place: str, effect: Effect, why: str, turn: int) -> WireChange:
    return WireChange(what=what, place=place, effect=effect, why=why, turn=turn)
