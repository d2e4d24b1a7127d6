"""What a schema takes, in parts small enough to tell whether another takes all of it too."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from chatkit_harness.contracts.normal import REF, canonical
from chatkit_harness.contracts.words import type_of

Atom = tuple[str, str]
"""("type", "string"), ("value", '"sm"'), ("pattern", "^vendor:"), ("object", "Spacing"), ("other", ...)."""

NULL: Atom = ("type", "null")


def atoms(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> frozenset[Atom]:
    """The alternatives of a schema; objects stand for themselves by the name of their definition."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(REF)
        definition = defs.get(name, {})
        return frozenset({("object", name)}) if "properties" in definition else atoms(definition, defs)
    if "anyOf" in schema:
        return frozenset(atom for each in schema["anyOf"] for atom in atoms(each, defs))
    if "const" in schema or "enum" in schema:
        values = schema.get("enum", [schema.get("const")])
        return frozenset(NULL if each is None else ("value", canonical(each)) for each in values)
    if "pattern" in schema:
        return frozenset({("pattern", schema["pattern"])})
    if "format" in schema:  # text of a certain form, as a pattern is
        return frozenset({("pattern", schema["format"])})
    if set(schema) == {"type"}:
        kinds = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
        return frozenset(("type", kind) for kind in kinds)
    return frozenset({("other", canonical(schema))})


def covers(wide: frozenset[Atom], narrow: frozenset[Atom]) -> bool:
    """Whether one takes all that the other does. Null aside: on the wire it is the same as nothing."""
    return all(_covered(wide, atom) for atom in narrow if atom != NULL)


def constant(definition: Mapping[str, Any]) -> str | None:
    """The `type` that tells a definition apart on the wire, None for one that has none."""
    value = definition.get("properties", {}).get("type", {}).get("const")
    return value if isinstance(value, str) else None


def _covered(wide: frozenset[Atom], atom: Atom) -> bool:
    if atom in wide or ("other", "{}") in wide:
        return True
    sort, content = atom
    if sort == "value":
        return ("type", type_of(json.loads(content))) in wide
    if sort == "pattern":
        return ("type", "string") in wide
    return atom == ("type", "integer") and ("type", "number") in wide
