"""Frozen dataclasses to JSON documents and back, by their type hints.

One place for the mapping, so that no noun carries its own. Only what the nouns use is known: str, int,
float, bool, None, Any, unions with None, tuples of one kind, mappings, Literal and other dataclasses.
"""

from __future__ import annotations

import dataclasses
import threading
import types
import typing
from collections.abc import Callable, Mapping
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
    try:
        return typing.cast("T", _decoder(kind)(document))
    except _MisfitError as error:
        raise CodecError(f"{kind.__name__}{error.told}") from None


class _MisfitError(Exception):
    """A part that does not fit, of which whoever looks at the whole says where it lies."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self._where = ""
        self._what = what

    @property
    def told(self) -> str:
        """`.cells[0].pins: expected an object, got list`."""
        return f"{self._where}: {self._what}"

    def inside(self, place: str) -> _MisfitError:
        """The same, as seen from around that place."""
        self._where = f"{place}{self._where}"
        return self


Decoder = Callable[[Any], Any]
"""From a document to what a type hint says. Raises _MisfitError."""

_decoders: dict[Any, Decoder] = {}
"""By hint. A sweep has two hundred thousand transcripts to read: no hint is looked at twice."""


_making = threading.RLock()
_under_way: set[Any] = set()


def _decoder(hint: Any) -> Decoder:
    found = _decoders.get(hint)
    if found is not None:
        return found
    with _making:
        found = _decoders.get(hint)
        if found is not None:
            return found
        if hint in _under_way:  # a noun that holds nouns of its own kind: asked for once it is made
            return lambda value: _decoder(hint)(value)  # noqa: PLW0108 - not made yet
        _under_way.add(hint)
        try:
            found = _decoders[hint] = _made(hint)
        finally:
            _under_way.discard(hint)
    return found


def _made(hint: Any) -> Decoder:
    if hint is Any or hint is object:
        return lambda value: value
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return _of_dataclass(hint)
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return _of_union(parts)
    if origin is typing.Literal:
        return _of_literal(parts)
    if origin is tuple:
        return _of_tuple(parts[0])
    if origin is not None:  # Mapping[str, X], dict[str, X]
        return _of_mapping(parts[1])
    return _of_scalar(hint)


def _of_dataclass(kind: type[Any]) -> Decoder:
    hints = typing.get_type_hints(kind)
    fields = [(field.name, _decoder(hints[field.name])) for field in dataclasses.fields(kind)]

    def decode(value: Any) -> Any:
        if not isinstance(value, Mapping):
            raise _MisfitError(f"expected an object, got {type(value).__name__}")
        given: dict[str, Any] = {}
        for name, field in fields:
            if name in value:
                try:
                    given[name] = field(value[name])
                except _MisfitError as error:
                    raise error.inside(f".{name}") from None
        try:
            return kind(**given)
        except TypeError as error:
            raise _MisfitError(str(error)) from None

    return decode


def _of_tuple(item: Any) -> Decoder:
    decoder = _decoder(item)

    def decode(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise _MisfitError(f"expected an array, got {type(value).__name__}")
        found = []
        for number, each in enumerate(value):
            try:
                found.append(decoder(each))
            except _MisfitError as error:
                raise error.inside(f"[{number}]") from None
        return tuple(found)

    return decode


def _of_mapping(item: Any) -> Decoder:
    decoder = _decoder(item)

    def decode(value: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise _MisfitError(f"expected an object, got {type(value).__name__}")
        if item is Any:
            return dict(value)
        found = {}
        for key, each in value.items():
            try:
                found[key] = decoder(each)
            except _MisfitError as error:
                raise error.inside(f".{key}") from None
        return found

    return decode


def _of_union(parts: tuple[Any, ...]) -> Decoder:
    has_none = type(None) in parts
    decoders = [_decoder(part) for part in parts if part is not type(None)]

    def decode(value: Any) -> Any:
        if value is None and has_none:
            return None
        misfits = []
        for decoder in decoders:
            try:
                return decoder(value)
            except _MisfitError as error:
                misfits.append(error)
        if len(misfits) == 1:
            raise misfits[0]
        raise _MisfitError(f"it fits none of the kinds ({'; '.join(each.told for each in misfits)})")

    return decode


def _of_literal(values: tuple[Any, ...]) -> Decoder:
    def decode(value: Any) -> Any:
        if value not in values:
            raise _MisfitError(f"{value!r} is not one of {values}")
        return value

    return decode


def _of_scalar(kind: Any) -> Decoder:
    def decode(value: Any) -> Any:
        if type(value) is kind:
            return value
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            return float(value)
        if isinstance(value, kind) and not (kind is int and isinstance(value, bool)):
            return value
        raise _MisfitError(f"expected {kind.__name__}, got {type(value).__name__}")

    return decode
