"""What a call returns, with the type variables that its arguments settle."""

from __future__ import annotations

import ast

from .annotations import Annotations
from .classes import Classes, decorator_names
from .interface import tree_of
from .types import (
    ITERATES,
    UNKNOWN,
    Builtin,
    FunctionObject,
    Instance,
    Type,
    Variable,
    builtin,
    is_known,
    solid,
    substitute,
    union,
)

_SAME_RETURN = (
    "staticmethod",
    "classmethod",
    "abstractmethod",
    "override",
    "final",
    "overload",
    "required_args",
)


def returned(
    function: FunctionObject,
    given: list[Type],
    named: dict[str | None, Type],
    annotations: Annotations,
    classes: Classes,
) -> Type:
    """What calling a function with these arguments gives."""
    node = tree_of(function.text)
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or node.returns is None:
        return UNKNOWN
    if any(name not in _SAME_RETURN for name in decorator_names(node)):
        return UNKNOWN
    module = function.ref.module
    places = [*node.args.posonlyargs, *node.args.args][1 if function.bound else 0 :]
    result = annotations.values(node.returns, module)
    known: dict[str, Type] = {}
    pairs = list(zip(places, given, strict=False))
    pairs += [(each, named[each.arg]) for each in (*places, *node.args.kwonlyargs) if each.arg in named]
    for parameter, type_ in [] if _is_settled(result) else pairs:
        if parameter.annotation is not None:
            _settle(annotations.values(parameter.annotation, module), type_, known, classes)
    result = substitute(result, known)
    is_generator = isinstance(node.body[0], ast.Expr)
    if isinstance(node, ast.AsyncFunctionDef) and not is_generator:
        return builtin("Awaitable", result)
    return result


def _settle(wanted: Type, given: Type, known: dict[str, Type], classes: Classes) -> None:
    """Match what a parameter wants with what it is given; variables that nothing settles stay out."""
    if len(wanted) != 1:
        return
    want = wanted[0]
    if isinstance(want, Variable):
        known[want.name] = union([known.get(want.name, ()), solid(given)])
    elif isinstance(want, Builtin) and want.args and not _is_settled(want.args[0]):
        _settle(want.args[0], _held(want.name, solid(given), classes), known, classes)


def _is_settled(type_: Type) -> bool:
    """Whether no type variable is in it."""
    return all(
        not isinstance(atom, Variable)
        and (not isinstance(atom, Builtin) or all(_is_settled(each) for each in atom.args))
        for atom in type_
    )


def _held(name: str, given: Type, classes: Classes) -> Type:
    """What the given values hold, seen as `name`: what an AsyncIterator of them gives."""
    family = ITERATES if name in ITERATES else (name,)
    found: list[Type] = []
    for atom in given:
        seen: Type = (atom,)
        if isinstance(atom, Instance):
            seen = classes.generic_base(atom.ref, family)
        for each in seen:
            if not isinstance(each, Builtin) or each.name not in family or not each.args:
                return UNKNOWN
            found.append(each.args[0])
    result = union(found)
    return result if result and is_known(result) else UNKNOWN
