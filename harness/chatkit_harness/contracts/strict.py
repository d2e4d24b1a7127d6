"""Schemas of a chatkit release's own models, made as strict as the wire.

The models take more than a client understands: unknown props are ignored, and from 1.4.0 on components
that nobody defined pass through open classes. The strict schema knows only what the release names. It is
plain JSON Schema (draft 2020-12) and depends on chatkit's release alone, not on pydantic's.

Widgets and requests are written by others: their schemas say what the models take. Events, and the answers
to requests beside them, are written by the models: what is never left out is required there. Only the
widgets inside an event are those of the widget's schema, since open classes send what an author wrote.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from chatkit_harness.contracts.normal import REF, Schema, canonical, normal, references
from chatkit_harness.contracts.unions import Unions

GENERATOR = 3
"""Raised whenever the same models would give another schema."""

Kind = Literal["widget", "event", "request"]
KINDS: tuple[Kind, ...] = ("widget", "event", "request")
ROOTS: Mapping[Kind, str] = {
    "widget": "WidgetRoot",
    "event": "ThreadStreamEvent",
    "request": "ChatKitReq",
}
OPEN, APART = "x-open", "x-apart"
"""What a widget's schema says besides, as annotations: the open classes, which the definitions leave out, and
the classes of components that no widget of the release may be or hold."""
_HOLDERS = ("WidgetRoot", "WidgetComponent")

# BasicRoot is an open class from 1.4.0 on and a root from 1.6.1 on. These are the props that 1.3.1 gave
# it when it was written out, and that the client declares; each is taken as a sibling component has it.
_BASIC_PROPS = {
    "theme": "Card",
    "direction": "Box",
    "gap": "Box",
    "padding": "Box",
    "align": "Box",
    "justify": "Box",
}


def strict(raw: Mapping[str, Any], kind: Kind) -> Schema:
    """The strict schema of one kind, from the document that `incell/model_schemas.py` prints."""
    given: Schema = dict(raw["schemas"][kind])
    defs: dict[str, Schema] = {name: dict(each) for name, each in given.pop("$defs", {}).items()}
    if kind == "event":
        defs = {name: _as_sent(name, each, raw) for name, each in defs.items()}
    notes = _notes(defs, raw) if kind == "widget" else {}
    basic_children = _spell_out_basic(defs)
    defs[ROOTS[kind]] = given
    dynamic = {name for name in defs if name.startswith("Dynamic")}
    for name in dynamic:
        del defs[name]
    defs = {name: normal(_without(each, dynamic)) for name, each in defs.items()}
    defs = _named_icons(defs, raw)
    defs = Unions(defs, {**raw["unions"], "BasicChild": basic_children}).hoisted()
    nulls_travel = kind == "request" or (kind == "event" and raw["nulls"])
    defs = {name: _closed(each, defs, nulls_travel=nulls_travel) for name, each in defs.items()}
    roots = [ROOTS[kind], *(raw["answers"] if kind == "event" else ())]
    return {**_renamed(_reachable(defs, roots), ROOTS[kind]), **notes}


def _as_sent(name: str, definition: Schema, raw: Mapping[str, Any]) -> Schema:
    """A part of an event without the fields that the server never sends; a widget's as widgets have it."""
    in_widgets: Schema | None = raw["schemas"]["widget"]["$defs"].get(name)
    if in_widgets is not None:
        return dict(in_widgets)
    left_out = set(raw["unsent"].get(name, ()))
    if not left_out:
        return definition
    props = {prop: each for prop, each in definition["properties"].items() if prop not in left_out}
    required = [each for each in definition.get("required", ()) if each not in left_out]
    return {**definition, "properties": props, "required": required}


def _notes(defs: Mapping[str, Schema], raw: Mapping[str, Any]) -> Schema:
    """What the definitions of a widget's schema do not show of the release."""
    opened = {
        name: {
            "may_be": [holder for holder in _HOLDERS if name in raw["unions"].get(holder, ())],
            "names": sorted(defs[name]["properties"]),
            "type": sorted(_constants(defs[name]["properties"]["type"])),
        }
        for name in raw["open"]
        if name in defs
    }
    apart = sorted(set(raw["components"]) - set(defs))
    return {**({OPEN: opened} if opened else {}), **({APART: apart} if apart else {})}


def _constants(schema: Mapping[str, Any]) -> list[str]:
    return [schema["const"]] if "const" in schema else list(schema.get("enum", ()))


def _spell_out_basic(defs: dict[str, Schema]) -> list[str]:
    """Closes BasicRoot, which may hold components and roots alike; returns what it may hold."""
    basic = defs.get("BasicRoot")
    if basic is None or not basic.get("additionalProperties"):
        return []
    names = [name for name, each in defs.items() if is_component(each)]
    child = {"anyOf": [{"$ref": REF + name} for name in names]}
    borrowed = {prop: defs[owner]["properties"][prop] for prop, owner in _BASIC_PROPS.items()}
    children = {"anyOf": [child, {"type": "array", "items": child}, {"type": "null"}]}
    own = {key: value for key, value in basic.items() if key != "additionalProperties"}
    defs["BasicRoot"] = {**own, "properties": {**basic["properties"], **borrowed, "children": children}}
    return names


def is_component(definition: Mapping[str, Any]) -> bool:
    """Whether a definition is a widget component rather than a part of one."""
    props = definition.get("properties", {})
    return {"key", "id", "type"} <= set(props) and "const" in props["type"]


def _without(schema: Any, names: set[str]) -> Any:
    """The schema without the union branches that refer to the named definitions."""
    if isinstance(schema, list):
        return [_without(each, names) for each in schema]
    if not isinstance(schema, Mapping):
        return schema
    out = {}
    for key, value in schema.items():
        kept = value
        if key in ("anyOf", "oneOf"):
            kept = [each for each in value if not _only_of(each, names)]
        out[key] = _without(kept, names)
    return out


def _only_of(branch: Any, names: set[str]) -> bool:
    """Whether a union branch is one of the named definitions, or a list of it."""
    if isinstance(branch, Mapping) and branch.get("type") == "array":
        return _only_of(branch.get("items"), names)
    return isinstance(branch, Mapping) and branch.get("$ref", "").removeprefix(REF) in names


def _named_icons(defs: dict[str, Schema], raw: Mapping[str, Any]) -> dict[str, Schema]:
    """The icon names, written once: early releases have a shorter list outside widgets."""
    icons = {name: normal(each) for name, each in raw["icons"].items()}
    in_widgets = set(raw["schemas"]["widget"]["$defs"])
    out: dict[str, Schema] = dict(icons)
    for name, each in defs.items():
        order = ("WidgetIcon", "IconName") if name in in_widgets else ("IconName", "WidgetIcon")
        known: dict[str, str] = {}
        for icon in reversed([icon for icon in order if icon in icons]):
            known[canonical(icons[icon])] = icon
            known[canonical(normal({"anyOf": [icons[icon], {"type": "null"}]}))] = icon + "?"
        out[name] = _replaced(each, known)
    return out


def _replaced(schema: Any, known: Mapping[str, str]) -> Any:
    if isinstance(schema, list):
        return [_replaced(each, known) for each in schema]
    if not isinstance(schema, Mapping):
        return schema
    if "enum" in schema or "anyOf" in schema:
        name = known.get(canonical(schema))
        if name is not None:
            reference: Schema = {"$ref": REF + name.removesuffix("?")}
            return {"anyOf": [reference, {"type": "null"}]} if name.endswith("?") else reference
    return {key: _replaced(value, known) for key, value in schema.items()}


def _closed(schema: Schema, defs: Mapping[str, Schema], *, nulls_travel: bool) -> Schema:
    """Objects with properties take no others; a constant `type` is required; so is what cannot be null.

    Where nulls are left out of the wire, a required prop that may be null is one that may be absent.
    """
    if "properties" not in schema or "if" in schema or "allOf" in schema:
        return schema
    props = schema["properties"]
    required = set(schema.get("required", ()))
    if not nulls_travel:
        required = {name for name in required if not _takes_null(props[name], defs, frozenset())}
    if "const" in props.get("type", {}):
        required.add("type")
    out = {**schema, "additionalProperties": False}
    out.pop("required", None)
    if required:
        out["required"] = sorted(required)
    return out


def _takes_null(schema: Mapping[str, Any], defs: Mapping[str, Schema], seen: frozenset[str]) -> bool:
    if not schema:
        return True
    name = schema.get("$ref", "").removeprefix(REF)
    if name:
        return name not in seen and _takes_null(defs[name], defs, seen | {name})
    if "anyOf" in schema:
        return any(_takes_null(each, defs, seen) for each in schema["anyOf"])
    if "enum" in schema:
        return None in schema["enum"]
    kinds = schema.get("type", ())
    return "null" in ([kinds] if isinstance(kinds, str) else kinds)


def _reachable(defs: Mapping[str, Schema], roots: Iterable[str]) -> dict[str, Schema]:
    found: dict[str, Schema] = {}
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = defs[name]
            waiting.extend(references(defs[name]))
    return found


def _renamed(defs: Mapping[str, Schema], root: str) -> Schema:
    """The finished document, generic classes without their parameters (`Page_Annotated_...`)."""
    names: dict[str, str] = {}
    for name in sorted(defs):
        short = name.split("_", 1)[0]
        names[name] = name if short in names.values() or (short != name and short in defs) else short
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$ref": REF + root,
        "$defs": {names[name]: _repointed(defs[name], names) for name in sorted(defs)},
    }


def _repointed(schema: Any, names: Mapping[str, str]) -> Any:
    if isinstance(schema, list):
        return [_repointed(each, names) for each in schema]
    if not isinstance(schema, Mapping):
        return schema
    return {
        key: REF + names[value.removeprefix(REF)]
        if key == "$ref" and isinstance(value, str)
        else _repointed(value, names)
        for key, value in schema.items()
    }
