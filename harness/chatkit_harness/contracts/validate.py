"""Widgets and events against the strict schema of a chatkit release, told in plain words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from jsonschema import Draft202012Validator, validators
from jsonschema.exceptions import ValidationError

from chatkit_harness.contracts import catalogue
from chatkit_harness.contracts.blame import Fault, faults
from chatkit_harness.contracts.formats import SENT, TAKEN
from chatkit_harness.contracts.normal import REF
from chatkit_harness.contracts.places import COMPONENT_SLOTS, Path, at, name_of, place
from chatkit_harness.contracts.reasons import Reasons
from chatkit_harness.contracts.strict import ROOTS, Kind, is_component
from chatkit_harness.contracts.violation import Violation

# Levels of objects and lists: far beyond any widget that a person could read, within what recursion allows.
_DEPTH = 72


def _only_the_named_branch(
    validator: Any, branches: list[Any], instance: Any, _schema: Any
) -> Iterator[ValidationError]:
    """`allOf` with the same outcome; of if/then branches only the one for the instance's type is tried."""
    name = name_of(instance)
    for number, branch in enumerate(branches):
        condition = branch.get("if")
        if condition is None:
            yield from validator.descend(instance, branch, schema_path=number)
        elif condition["properties"]["type"]["const"] == name:
            yield from validator.descend(instance, branch["then"], schema_path=number)


_extend: Callable[..., type[Draft202012Validator]] = validators.extend  # its stub has no types
_Validator = _extend(Draft202012Validator, {"allOf": _only_the_named_branch})


def violations(widget: Mapping[str, Any], version: str) -> list[Violation]:
    """Everything in a whole widget that its chatkit release does not name, in the order of paths.

    Never raises on any JSON value. Raises SelectionError for a release that the catalogue neither
    stores nor can stand in for (`catalogue.known`).
    """
    return _judged(widget, version, "WidgetRoot")


def component_violations(component: Mapping[str, Any], version: str) -> list[Violation]:
    """The same for a single component, as `widget.component.updated` carries it."""
    return _judged(component, version, "WidgetComponent")


def event_violations(event: Mapping[str, Any], version: str) -> list[Violation]:
    """The same for a thread stream event: `component` is the event, item or component at fault."""
    return judge(version, "event").judged(event, "ThreadStreamEvent")


def _judged(widget: Mapping[str, Any], version: str, definition: str) -> list[Violation]:
    """A matrix sends the same few widgets again and again: each is judged once a release."""
    try:
        text = json.dumps(widget)
    except (RecursionError, TypeError, ValueError):  # too deep, or no JSON: nothing to remember it by
        return judge(version, "widget").judged(widget, definition)
    return list(_remembered(text, version, definition))


@lru_cache(maxsize=4096)
def _remembered(text: str, version: str, definition: str) -> tuple[Violation, ...]:
    return tuple(judge(version, "widget").judged(json.loads(text), definition))


@lru_cache(maxsize=64)
def judge(version: str, kind: Kind) -> Judge:
    """The compiled judge of a release, made once."""
    stored = catalogue.known(version).version
    return Judge(catalogue.schema(kind, stored), release=stored, top=kind)


def too_deep(document: Any) -> bool:
    """Whether a document nests deeper than can be judged, found without recursion."""
    level = [document]
    for _ in range(_DEPTH):
        level = [child for node in level for child in _children(node)]
        if not level:
            return False
    return True


class Judge:
    """One strict schema, compiled, that tells what it finds in words."""

    def __init__(
        self, schema: Mapping[str, Any], *, release: str, top: str = "widget", package: str = "chatkit"
    ) -> None:
        # Events are written by the models, everything else by others.
        self._validator = _Validator(dict(schema), format_checker=SENT if top == "event" else TAKEN)
        self._top = top
        defs: Mapping[str, Any] = schema["$defs"]
        self._components = {
            each["properties"]["type"]["const"]: name for name, each in defs.items() if is_component(each)
        }
        self._reasons = Reasons(defs, release=f"{package} {release}", components=self._components)

    def judged(self, document: Any, definition: str) -> list[Violation]:
        """What a document does that the named definition does not allow."""
        # A part of an event that comes by itself, as the answer to a request, goes by its own name.
        top = definition if self._top == "event" and definition != ROOTS["event"] else self._top
        if too_deep(document):
            return [self._reasons.too_deep(name_of(document) or top)]
        plain = dict(document) if isinstance(document, Mapping) else document
        try:
            found = {(each.rule, each.path): each for each in self._judged(plain, definition, (), top)}
        except RecursionError:  # called from deep inside somebody else's stack
            return [self._reasons.too_deep(name_of(document) or top)]
        return sorted(found.values(), key=_in_order)

    def _judged(self, document: Any, definition: str, base: Path, top: str) -> Iterator[Violation]:
        """Judge what stands at `base` in a document; paths and names are told from the top of it."""
        part = self._validator.evolve(schema={"$ref": REF + definition})
        found = [(fault, (*base, *fault.path)) for fault in faults(part.iter_errors(at(document, base)))]
        misplaced = [path[:-1] for fault, path in found if self._is_name_of_component(fault, path, document)]
        for fault, path in found:
            if path[-1:] == ("type",) and path[:-1] in misplaced:
                yield from self._misplaced(document, path[:-1], fault, top)
            elif not any(path[: len(each)] == each for each in misplaced):
                yield from self._reasons.told(fault, path, place(document, path, top))

    def _is_name_of_component(self, fault: Fault, path: Path, document: Any) -> bool:
        """Whether the fault is that a component of this type may not stand here."""
        if not fault.allowed or path[-1:] != ("type",):
            return False
        here = place(document, path[:-1], self._top)
        root = self._top == "widget" and not path[:-1]
        return not here.prop and (root or here.slot in COMPONENT_SLOTS) and isinstance(fault.value, str)

    def _misplaced(self, document: Any, path: Path, fault: Fault, top: str) -> Iterator[Violation]:
        """The component itself, and then what is wrong inside it: one fault must not hide others."""
        here = place(document, path, top)
        yield self._reasons.misplaced(fault, path, here)
        known = self._components.get(here.component)
        if known is not None:
            yield from self._judged(document, known, path, top)
            return
        children = at(document, (*path, "children"))
        for number, child in enumerate(children if isinstance(children, list) else []):
            if isinstance(child, dict):
                # What an unknown component may hold is unknown too: only the children themselves are judged.
                definition = self._components.get(name_of(child), "WidgetComponent")
                yield from self._judged(document, definition, (*path, "children", number), top)


def _in_order(violation: Violation) -> tuple[list[tuple[int, str]], str]:
    """By path, the tenth child after the second."""
    steps = re.split(r"(\d+)", violation.path)
    return [(int(step), "") if step.isdecimal() else (0, step) for step in steps], violation.rule


def _children(node: Any) -> Iterable[Any]:
    values = node.values() if isinstance(node, Mapping) else node if isinstance(node, list) else ()
    return (each for each in values if isinstance(each, Mapping | list))
