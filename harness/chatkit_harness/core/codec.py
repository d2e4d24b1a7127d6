"""Frozen dataclasses to JSON documents and back, by their type hints.

One place for the mapping, so that no noun carries its own. Only what the nouns use is known: str, int,
float, bool, None, Any, unions with None, tuples of one kind, mappings, Literal and other dataclasses.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from typing import Any, TypeVar

T = TypeVar("T")


class CodecError(ValueError):
    """A document that does not have the shape of the noun it should become."""


_PLAIN = frozenset({str, int, float, bool, type(None)})
_names: dict[type[Any], tuple[str, ...]] = {}


def to_document(noun: Any) -> Any:
    """A JSON-ready copy of a noun: dataclasses become objects, tuples become arrays."""
    kind = type(noun)
    # Each case has a transcript with thousands of values, nearly all of them of these four.
    if kind in _PLAIN:
        return noun
    if kind is dict:
        return {
            key if type(key) is str else str(key): value if type(value) in _PLAIN else to_document(value)
            for key, value in noun.items()
        }
    if kind is list or kind is tuple:
        return [value if type(value) in _PLAIN else to_document(value) for value in noun]
    if dataclasses.is_dataclass(noun) and not isinstance(noun, type):
        names = _names.get(kind)
        if names is None:
            names = _names[kind] = tuple(f.name for f in dataclasses.fields(noun))
        return {name: to_document(getattr(noun, name)) for name in names}
    if isinstance(noun, (list, tuple)):
        return [to_document(value) for value in noun]
    if isinstance(noun, Mapping):
        return {str(key): to_document(value) for key, value in noun.items()}
    return noun


def from_document(kind: type[T], document: Any) -> T:
    """The noun of `kind` that `to_document` made `document` from.

    Keys that the noun does not know are ignored, so that a reader outlives its writer; a missing key
    takes the noun's default. Raises CodecError where a required key is missing or a shape is wrong.
    """
    return typing.cast("T", _decode(kind, document, kind.__name__))


_known_hints: dict[str, dict[str, Any]] = {}


def _hints(kind: type[Any]) -> dict[str, Any]:
    name = f"{kind.__module__}.{kind.__qualname__}"
    if name not in _known_hints:
        hints = typing.get_type_hints(kind)
        _known_hints[name] = {field.name: hints[field.name] for field in dataclasses.fields(kind)}
    return _known_hints[name]


def _decode(kind: Any, value: Any, where: str) -> Any:
    if kind is Any or kind is object or (type(value) is kind and kind in _PLAIN):
        return value
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _decode_dataclass(kind, value, where)
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        return _decode_union(typing.get_args(kind), value, where)
    if origin is typing.Literal:
        if value not in typing.get_args(kind):
            raise CodecError(f"{where}: {value!r} is not one of {typing.get_args(kind)}")
        return value
    if origin is tuple:
        if not isinstance(value, list):
            raise CodecError(f"{where}: expected an array, got {type(value).__name__}")
        item = typing.get_args(kind)[0]
        return tuple(_decode(item, each, f"{where}[{n}]") for n, each in enumerate(value))
    if origin is not None:  # Mapping[str, X], dict[str, X]
        return _decode_mapping(typing.get_args(kind)[1], value, where)
    return _decode_scalar(kind, value, where)


def _decode_mapping(item: Any, value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise CodecError(f"{where}: expected an object, got {type(value).__name__}")
    if item is Any:
        return dict(value)
    return {key: _decode(item, each, f"{where}.{key}") for key, each in value.items()}


def _decode_dataclass(kind: type[Any], value: Any, where: str) -> Any:
    if not isinstance(value, Mapping):
        raise CodecError(f"{where}: expected an object, got {type(value).__name__}")
    hints = _hints(kind)
    given = {
        name: _decode(hint, value[name], f"{where}.{name}") for name, hint in hints.items() if name in value
    }
    try:
        return kind(**given)
    except TypeError as error:
        raise CodecError(f"{where}: {error}") from None


def _decode_union(options: tuple[Any, ...], value: Any, where: str) -> Any:
    if value is None and type(None) in options:
        return None
    complaints = []
    for option in options:
        if option is type(None):
            continue
        try:
            return _decode(option, value, where)
        except CodecError as error:
            complaints.append(str(error))
    raise CodecError("; ".join(complaints) or f"{where}: {value!r} fits nothing")


def _decode_scalar(kind: Any, value: Any, where: str) -> Any:
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, kind) and not (kind is int and isinstance(value, bool)):
        return value
    raise CodecError(f"{where}: expected {kind.__name__}, got {type(value).__name__}")
