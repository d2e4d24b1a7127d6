"""Texts that mean harm, and nouns and documents in which every field is such a text.

Nouns are filled by their type hints and documents by their JSON schemas, so that a field that is added
tomorrow is filled too.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from typing import Any, TypeVar

T = TypeVar("T")
RUN = "window.ran=1;alert(1)"
SCRIPT = f"<script>{RUN}</script>"
FETCHED = "https://elsewhere.invalid/x.png"

SHORT = (
    SCRIPT,
    f"</script>{SCRIPT}",
    f"</title></style></textarea></pre></svg>--></template>{SCRIPT}",
    "<!--",
    f"<!--<script>{RUN}//",
    f"<img src=x onerror={RUN}>",
    f"<svg onload={RUN}><animate onbegin={RUN} attributeName=x dur=1s>",
    f"\" autofocus tabindex=1 onfocus=\"{RUN}\" onmouseover='{RUN}' x='",
    f"javascript:{RUN}",
    f"JaVaScRiPt:{RUN}",
    f" \x01java\tscript\n:{RUN}",
    f"java&#09;script&colon;{RUN}",
    f"data:text/html,{SCRIPT}",
    f"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='{RUN}'/>",
    f"[a](javascript:{RUN}) ![b]({FETCHED}) [c](data:text/html,{SCRIPT}) <javascript:{RUN}>",
    f"<iframe srcdoc='{SCRIPT}'></iframe><base href=//elsewhere.invalid><meta http-equiv=refresh content=0>",
    FETCHED,
    "//elsewhere.invalid/x.css",
    f"url({FETCHED})",
    f"red;background:url({FETCHED})}}*{{background:url({FETCHED})",
    "expression(alert(1))",
    "{{7*7}} ${7*7} <%= 7*7 %> #{7*7} {% raw %}",
    "__proto__",
    "constructor",
    "\u202eevil\u2066isolated\u200f\u202d",
    "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324\u031e\u0349\u035a\u032f\u031e\u0320\u034d"
    * 5,
    "half \ud83d a character \udc00",
    "null\x00byte \x1b[31m \x07\x08",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466\U0001f3f4\U000e0067\U000e0062\U000e007f\u20e3"
    * 8,
    "1e999",
    "",
)
MARK = "a mark"
LONG = ("x" * 200_000, "words " * 33_334, "\u202e" + "\u05d0\u0301" * 50_000, "<b>" * 66_667, "y" * 20_000)


def filled(kind: type[T], text: str, depth: int = 3, **known: Any) -> T:
    """A noun of that kind, each field of which holds the text; `known` are fields with other values."""
    hints = typing.get_type_hints(kind)
    names = [each.name for each in dataclasses.fields(kind)]  # type: ignore[arg-type]  # only nouns are asked for
    return kind(**{name: _value(hints[name], text, depth - 1) for name in names if name not in known} | known)


def _value(hint: Any, text: str, depth: int) -> Any:
    origin, inside = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        best = next((each for each in inside if each is not type(None)), None)
        return _value(best, text, depth) if depth or best in _PLAIN else None
    if origin is typing.Literal:
        return inside[0]
    if origin is tuple:
        return (_value(inside[0], text, depth),) if depth else ()
    if origin is Mapping or hint is dict:
        wanted = inside[1] if inside else Any
        return {text: _value(wanted, text, depth), "text": _value(wanted, text, depth)}
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return filled(hint, text, depth)
    return _PLAIN[hint](text) if hint in _PLAIN else {"a": text, text: [text, None, {"b": text}]}


_PLAIN: Mapping[Any, Any] = {
    str: lambda text: text,
    int: lambda _text: 1,
    float: lambda _text: 1.5,
    bool: lambda _text: True,
}


def planted(document: Any, text: str) -> Any:
    """A document in which one mark of each object is that text: of a long one, more would be too many."""
    if isinstance(document, list):
        return [planted(each, text) for each in document]
    if not isinstance(document, dict):
        return document
    marks = [name for name in document if document[name] == MARK and name not in ("id", "key")]
    best = next((name for name in ("value", "label", "text", "message", "content") if name in marks), None)
    chosen = best or (marks[0] if marks else None)
    return {name: text if name == chosen else planted(value, text) for name, value in document.items()}


def instances(schema: Mapping[str, Any], text: str, *, wild: bool = False, **instead: Any) -> list[Any]:
    """Documents after a schema, in which each text is that text: one for each member of each union.

    Wild ones hold it where a number, a truth or one of a few words belongs, too. `instead` are definitions
    that are not filled anew.
    """
    return _Filler(schema["$defs"], text, wild, instead).of({"$ref": schema["$ref"]}, frozenset())


class _Filler:
    def __init__(self, defs: Mapping[str, Any], text: str, wild: bool, instead: Mapping[str, Any]) -> None:
        self.defs, self.text, self.wild, self.instead = defs, text, wild, instead

    def of(self, node: Any, inside: frozenset[str]) -> list[Any]:
        """The documents of one node, which is inside of these definitions; each of them is filled once."""
        if "$ref" in node:
            name = node["$ref"].rsplit("/", 1)[-1]
            if name in self.instead:
                return [self.instead[name]]
            return [self.text] if name in inside else self.of(self.defs[name], inside | {name})
        if "const" in node:
            return [node["const"]]
        for union in ("anyOf", "oneOf", "allOf"):
            if union in node:
                parts = [part.get("then", part) for part in node[union]]
                return [each for part in parts for each in self.of(part, inside)]
        if "enum" in node:
            return [self.text] if self.wild else [self.text, node["enum"][0]]
        return self._of_kind(node, inside)

    def _of_kind(self, node: Mapping[str, Any], inside: frozenset[str]) -> list[Any]:
        if node.get("properties"):
            return self._objects(node["properties"], inside)
        kinds = node.get("type", "object")
        kinds = kinds if isinstance(kinds, list) else [kinds]
        if "array" in kinds:
            return [_one_a_type(self.of(node.get("items", {}), inside))]
        if "string" in kinds or self.wild:
            return [self.text]
        if "object" in kinds:
            return [{"a": self.text, self.text: [self.text]}]
        return [True if "boolean" in kinds else None if kinds == ["null"] else 2]

    def _objects(self, properties: Mapping[str, Any], inside: frozenset[str]) -> list[Any]:
        """As many as the property with the most documents has; of the others each in turn."""
        each = {name: self.of(node, inside) for name, node in properties.items()}
        most = max(map(len, each.values()))
        return [{name: found[n % len(found)] for name, found in each.items()} for n in range(most)]


def _one_a_type(found: list[Any]) -> list[Any]:
    """Of documents with a type the first of each, in their order; of others two."""
    kinds = {each["type"]: each for each in reversed(found) if isinstance(each, dict) and "type" in each}
    return list(reversed(kinds.values())) or found[:2]
