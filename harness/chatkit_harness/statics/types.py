"""What a value may be, as far as annotations tell: a tuple of alternatives; `()` is no value at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Ref:
    """A definition: its module and its name there, dotted inside a class."""

    module: str
    name: str

    @property
    def package(self) -> str:
        """The package whose definition it is."""
        return self.module.partition(".")[0]

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """An object of a class."""

    ref: Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassObject:
    """A class itself."""

    ref: Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleObject:
    """A module of a package that is looked at."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionObject:
    """A function; `text` is its interface, `bound` whether its first parameter is given already."""

    ref: Ref
    text: str
    bound: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Builtin:
    """An object of a type of the standard library, with what it holds: `AsyncIterator[StreamEvent]`."""

    name: str
    args: tuple[Type, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LiteralOf:
    """One of these constants."""

    values: tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A type variable, until a call tells what it stands for."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """Anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """None."""


@dataclass(slots=True, eq=False)
class Deferred:
    """What a value may be, found out only where it matters: most values are but passed on."""

    find: Callable[[], Type]
    found: Type | None = None

    def type(self) -> Type:
        """What it is."""
        if self.found is None:
            self.found = UNKNOWN  # while it is sought: what rests on itself
            self.found = solid(self.find())
        return self.found


Atom: TypeAlias = (
    Instance
    | ClassObject
    | ModuleObject
    | FunctionObject
    | Builtin
    | LiteralOf
    | Variable
    | Unknown
    | Nothing
    | Deferred
)
Type: TypeAlias = tuple[Atom, ...]

UNKNOWN: Type = (Unknown(),)
NOTHING: Type = (Nothing(),)
ITERATES = (
    *("AsyncIterator", "AsyncIterable", "AsyncGenerator", "Iterator", "Iterable", "Generator", "Sequence"),
    *("Collection", "MutableSequence", "list", "set", "frozenset", "deque", "AbstractSet"),
)
"""Types whose first argument is what a loop over them gives."""


def union(types: Iterable[Type]) -> Type:
    """Any of these; a union of very many is unknown."""
    every = list(types)
    if len(every) == 1:
        return every[0]
    found = dict.fromkeys(atom for each in every for atom in each)
    return tuple(found) if len(found) <= 200 else UNKNOWN


def deferred(find: Callable[[], Type]) -> Type:
    """A type that is found out when it is asked for; see `solid`."""
    return (Deferred(find=find),)


def solid(type_: Type) -> Type:
    """The type with everything found out."""
    if not any(isinstance(atom, Deferred) for atom in type_):
        return type_
    return union([atom.type() if isinstance(atom, Deferred) else (atom,) for atom in type_])


def is_known(type_: Type) -> bool:
    """Whether nothing but what it names can occur."""
    return not any(isinstance(atom, Unknown | Variable) for atom in type_)


def builtin(name: str, *args: Type) -> Type:
    """An object of a type of the standard library."""
    return (Builtin(name=name, args=args),)


def element(type_: Type) -> Type:
    """What a loop over it gives."""
    found = []
    for atom in type_:
        if not isinstance(atom, Builtin) or atom.name not in ITERATES or not atom.args:
            return UNKNOWN
        found.append(atom.args[0])
    return union(found)


def substitute(type_: Type, known: dict[str, Type]) -> Type:
    """The type with its variables replaced; one that nothing tells about becomes unknown."""
    found: list[Type] = []
    for atom in type_:
        if isinstance(atom, Variable):
            found.append(known.get(atom.name, UNKNOWN))
        elif isinstance(atom, Builtin):
            found.append(
                (Builtin(name=atom.name, args=tuple(substitute(each, known) for each in atom.args)),)
            )
        else:
            found.append((atom,))
    return union(found)
