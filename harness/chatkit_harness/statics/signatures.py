"""Which arguments a function or a class takes, and which of them a call leaves out or has too many."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from .classes import SAME_SIGNATURE, Ancestry, ClassBody, Classes, decorator_names
from .interface import tree_of
from .source import FunctionNode
from .types import FunctionObject, LiteralOf, Nothing, Ref, Type

_DATACLASS = ("dataclass", "pydantic_dataclass")
_BEFORE_FIELDS = ("model_validator", "root_validator", "field_validator", "validator")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """`positional` may be given by place; `names` by name; without any of `required` the call fails.

    `any_name` and `any_place` are whether further arguments by name or by place are taken. `values` are the
    types of the arguments that are held to them.
    """

    positional: tuple[str, ...]
    names: frozenset[str]
    required: tuple[str, ...]
    any_name: bool
    any_place: bool
    values: Mapping[str, Callable[[], Type]] = field(default_factory=dict)


def faults(call: ast.Call, signature: Signature) -> Iterator[tuple[str, str]]:
    """What is wrong with a call: kind and argument, see `nouns.Kind`."""
    for keyword in call.keywords:
        held = signature.values.get(keyword.arg or "")
        if held and isinstance(keyword.value, ast.Constant) and not _takes(held(), keyword.value.value):
            yield "value", f"{keyword.arg}={keyword.value.value!r}"
    spread = any(isinstance(each, ast.Starred) for each in call.args)
    given = {each.arg for each in call.keywords if each.arg is not None}
    if not signature.any_name:
        for name in sorted(given - signature.names):
            yield "argument", name
    if spread or any(each.arg is None for each in call.keywords):
        return
    if len(call.args) > len(signature.positional) and not signature.any_place:
        yield "argument", f"in place {len(signature.positional) + 1}"
    by_place = set(signature.positional[: len(call.args)])
    for name in signature.required:
        if name not in given and name not in by_place:
            yield "required", name


def _takes(type_: Type, value: object) -> bool:
    """Whether a field takes a constant: only where nothing but constants are allowed can it be told."""
    if not all(isinstance(atom, LiteralOf | Nothing) for atom in type_):
        return True
    literals = [each for atom in type_ if isinstance(atom, LiteralOf) for each in atom.values]
    return value in literals or (value is None and any(isinstance(atom, Nothing) for atom in type_))


def of_function(function: FunctionObject) -> Signature | None:
    """A function's signature, None where a decorator may change it."""
    node = tree_of(function.text)
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    names = decorator_names(node)
    if any(name not in SAME_SIGNATURE for name in names):
        return None
    found = _of_arguments(node, skip_first=function.bound)
    if "required_args" in names:
        return None if found is None else _without_required(found)
    return found


def of_class(classes: Classes, ref: Ref) -> Signature | None:
    """What calling a class takes, None where that cannot be told."""
    ancestry = classes.ancestry(ref)
    if ancestry is None or ancestry.open or any(classes.member(body, "__new__") for body in ancestry.bodies):
        return None
    for body in ancestry.bodies:
        written = classes.member(body, "__init__")
        if written:
            only = written[0] if len(written) == 1 else None
            if not isinstance(only, ast.FunctionDef) or only.decorator_list:
                return None
            return _of_arguments(only, skip_first=True)
        if any(name in _DATACLASS for name in decorator_names(body.node)):
            return _of_dataclass(classes, ancestry)
    if ancestry.is_pydantic and set(ancestry.foreign) == {"pydantic.BaseModel"}:
        return _of_pydantic(classes, ancestry)
    return None


def _of_arguments(node: FunctionNode, *, skip_first: bool) -> Signature | None:
    arguments = node.args
    places = [*arguments.posonlyargs, *arguments.args]
    only_places = {each.arg for each in arguments.posonlyargs}
    required = [each.arg for each in places[: len(places) - len(arguments.defaults)]]
    required += [
        each.arg
        for each, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        if default is None
    ]
    if skip_first:
        if not places:
            return None
        required = [name for name in required if name != places[0].arg]
        places = places[1:]
    by_name = [each.arg for each in places if each.arg not in only_places]
    return Signature(
        positional=tuple(each.arg for each in places),
        names=frozenset([*by_name, *(each.arg for each in arguments.kwonlyargs)]),
        required=tuple(required),
        any_name=arguments.kwarg is not None,
        any_place=arguments.vararg is not None,
    )


def _without_required(signature: Signature) -> Signature:
    return Signature(
        positional=signature.positional,
        names=signature.names,
        required=(),
        any_name=signature.any_name,
        any_place=signature.any_place,
    )


def _of_dataclass(classes: Classes, ancestry: Ancestry) -> Signature | None:
    if ancestry.foreign:
        return None
    places: dict[str, bool] = {}
    by_name: dict[str, bool] = {}
    for body in reversed(ancestry.bodies):
        options = _dataclass_options(body)
        if options is None:
            continue
        if options.get("init") is False:
            return None
        keywords_only = options.get("kw_only") is True
        body_statements = classes.whole(body)
        for name, statement in _fields(body_statements):
            if name == "_" or "KW_ONLY" in ast.dump(statement.annotation):
                keywords_only = True
                continue
            places.pop(name, None) if keywords_only else None
            options_of_field = _field_options(statement.value)
            if options_of_field.get("init") is False:
                continue
            only = bool(options_of_field.get("kw_only", keywords_only))
            (by_name if only else places)[name] = not _has_default(statement.value)
    both = {**places, **by_name}
    return Signature(
        positional=tuple(places),
        names=frozenset(both),
        required=tuple(name for name, needed in both.items() if needed),
        any_name=False,
        any_place=False,
    )


def _dataclass_options(body: ClassBody) -> dict[str, object] | None:
    """The options of a class's dataclass decorator; None where it has none."""
    for each, name in zip(body.node.decorator_list, decorator_names(body.node), strict=True):
        if name in _DATACLASS:
            keywords = each.keywords if isinstance(each, ast.Call) else []
            return {k.arg: k.value.value for k in keywords if k.arg and isinstance(k.value, ast.Constant)}
    return None


def _of_pydantic(classes: Classes, ancestry: Ancestry) -> Signature | None:
    """A pydantic model takes its fields by name; fields under another name on the wire ask for nothing."""
    found: dict[str, bool] = {}
    aliased = False
    types: dict[str, Callable[[], Type]] = {}
    for body in reversed(ancestry.bodies):
        body_statements = classes.whole(body)
        if any(_changes_fields(each) for each in body_statements):
            return None
        for name, statement in _fields(body_statements):
            if name.startswith("_") or name == "model_config":
                continue
            types[name] = partial(classes.annotated, statement.annotation, body)
            if _has_alias(statement):
                aliased = True
                found[name] = False
            else:
                found[name] = not _has_default(statement.value)
        for each in body_statements:
            if isinstance(each, ast.Assign):
                plain = (target.id for target in each.targets if isinstance(target, ast.Name))
                found.update((name, False) for name in plain if name in found)  # a default for it
    return Signature(
        positional=(),
        names=frozenset(found),
        required=tuple(name for name, needed in found.items() if needed),
        any_name=aliased or classes.extra_fields(ancestry) != "forbid",
        any_place=False,
        values={} if aliased else types,
    )


def _changes_fields(statement: ast.stmt) -> bool:
    """Whether it is a validator that may fill in or rename what was given."""
    if not isinstance(statement, ast.FunctionDef):
        return False
    return any(name in _BEFORE_FIELDS for name in decorator_names(statement))


def _fields(statements: list[ast.stmt]) -> Iterator[tuple[str, ast.AnnAssign]]:
    for statement in statements:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            words = {
                getattr(each, "id", getattr(each, "attr", "")) for each in ast.walk(statement.annotation)
            }
            if "ClassVar" not in words and "ClassVar" not in ast.dump(statement.annotation):
                yield statement.target.id, statement


def _field_options(value: ast.expr | None) -> dict[str, object]:
    if not isinstance(value, ast.Call):
        return {}
    return {k.arg: getattr(k.value, "value", k.value) for k in value.keywords if k.arg}


def _has_default(value: ast.expr | None) -> bool:
    """Whether a field's right side gives a default: any value but `field()` or `Field(...)` without one."""
    if value is None or (isinstance(value, ast.Constant) and value.value is Ellipsis):
        return False
    if not isinstance(value, ast.Call):
        return True
    called = value.func.id if isinstance(value.func, ast.Name) else getattr(value.func, "attr", "")
    if called not in ("field", "Field", "FieldInfo"):
        return True
    first = value.args[0] if value.args else None
    if first is not None:
        return not (isinstance(first, ast.Constant) and first.value is Ellipsis)
    return any(each.arg in ("default", "default_factory", "factory", None) for each in value.keywords)


def _has_alias(statement: ast.AnnAssign) -> bool:
    whole = ast.unparse(statement)
    return "alias" in whole or "Field(" in ast.unparse(statement.annotation)
