"""What a test that came out true or false says about the names in it."""

from __future__ import annotations

import ast
from collections.abc import Callable

from .annotations import Annotations
from .classes import Classes
from .environment import Env, join, path, store
from .types import (
    UNKNOWN,
    Atom,
    Builtin,
    ClassObject,
    Deferred,
    Instance,
    LiteralOf,
    Nothing,
    Type,
    Unknown,
    union,
)

Peek = Callable[[ast.expr, Env], Type]
_PLAIN = ("dict", "str", "int", "float", "bool", "list", "tuple", "bytes", "set", "frozenset")
_SAY_NOTHING = (
    "len",
    "str",
    "bool",
    "repr",
    "any",
    "all",
    "print",
    "id",
    "getattr",
    "min",
    "max",
    "sum",
    "set",
)


class Narrowing:
    """Narrows environments; `peek` tells an expression's type without telling lacks."""

    def __init__(self, module: str, annotations: Annotations, classes: Classes, peek: Peek) -> None:
        self._module, self._annotations, self._classes = module, annotations, classes
        self._peek = peek

    def narrow(self, test: ast.expr, env: Env | None, *, positive: bool) -> Env | None:
        """The environment behind a test; None where no value comes out so."""
        if env is None:
            return None
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            return self.narrow(test.operand, env, positive=not positive)
        if isinstance(test, ast.BoolOp):
            return self._of_words(test, env, positive=positive)
        if isinstance(test, ast.NamedExpr):
            return self.narrow(test.target, env, positive=positive)
        if isinstance(test, ast.Constant):
            return env if bool(test.value) is positive else None
        if isinstance(test, ast.Compare) and len(test.ops) == 1:
            return self._of_compare(test, env, positive=positive)
        if isinstance(test, ast.Call):
            return self._of_call(test, env, positive=positive)
        return self._of_truth(test, env, positive=positive)

    def _of_words(self, test: ast.BoolOp, env: Env, *, positive: bool) -> Env | None:
        """`and` when true, `or` when false: every part came out so. Else: one of the parts did."""
        if isinstance(test.op, ast.And) is positive:
            current: Env | None = env
            for each in test.values:
                current = self.narrow(each, current, positive=positive)
            return current
        ways: list[Env | None] = []
        before: Env | None = env
        for each in test.values:
            ways.append(self.narrow(each, before, positive=positive))
            before = self.narrow(each, before, positive=not positive)
        return join(ways)

    def _of_truth(self, test: ast.expr, env: Env, *, positive: bool) -> Env | None:
        if _is_deferred(test, env):
            return env
        return self._keep(test, env, lambda atom: not (positive and isinstance(atom, Nothing)))

    def _of_compare(self, test: ast.Compare, env: Env, *, positive: bool) -> Env | None:
        operator, left, right = test.ops[0], test.left, test.comparators[0]
        same = isinstance(operator, ast.Is | ast.Eq | ast.In)
        if isinstance(right, ast.Constant) and right.value is None:
            wanted = positive is same
            if _is_deferred(left, env):
                return env  # a None among other values is passed over where an attribute is looked for
            return self._keep(left, env, lambda atom: _may_be_none(atom) if wanted else not _is_none(atom))
        if isinstance(left, ast.Constant):
            left, right = right, left
        values = _constants(right)
        if not values or not isinstance(operator, ast.Eq | ast.NotEq | ast.In | ast.NotIn):
            return self._doubt(test, env)
        if isinstance(left, ast.Attribute):
            env_or_none = self._of_kind(left, env, values, wanted=positive is same)
            if env_or_none is None:
                return None
            env = env_or_none
        return self._doubt(test, env)

    def _of_kind(self, node: ast.Attribute, env: Env, values: set[object], *, wanted: bool) -> Env | None:
        """`event.type == "raw_response_event"`: which classes have that constant there."""

        def stays(atom: Atom) -> bool:
            if not isinstance(atom, Instance):
                return True
            kind = self._classes.attribute(atom, node.attr)
            if kind is None:
                return False
            if not kind or not all(isinstance(each, LiteralOf) for each in kind):
                return True
            known = {value for each in kind if isinstance(each, LiteralOf) for value in each.values}
            return bool(known & values) if wanted else not known <= values

        return self._keep(node.value, env, stays)

    def _of_call(self, test: ast.Call, env: Env, *, positive: bool) -> Env | None:
        name = test.func.id if isinstance(test.func, ast.Name) else ""
        if name == "isinstance" and len(test.args) == 2:
            return self._of_isinstance(test.args[0], test.args[1], env, positive=positive)
        if name == "hasattr" and len(test.args) == 2:
            return self._of_hasattr(test, env)
        return self._doubt(test, env)

    def _of_hasattr(self, test: ast.Call, env: Env) -> Env:
        """Who asks for an attribute is prepared for both answers."""
        owner, asked = path(test.args[0]), test.args[1]
        if owner is None:
            return env
        if isinstance(asked, ast.Constant) and isinstance(asked.value, str):
            return {**env, f"{owner}.{asked.value}": UNKNOWN}
        return self._doubt(test, env)

    def _of_isinstance(self, node: ast.expr, wanted: ast.expr, env: Env, *, positive: bool) -> Env | None:
        key = path(node)
        if key is None:
            return env
        classes = union([self._annotations.values(each, self._module) for each in _alternatives(wanted)])
        before = self._peek(node, env)
        after = union(
            [self._passing(atom, classes) if positive else self._failing(atom, classes) for atom in before]
        )
        return _with(env, key, after)

    def _passing(self, atom: Atom, classes: Type) -> Type:
        if isinstance(atom, Nothing):
            return ()
        if not isinstance(atom, Instance | Builtin | LiteralOf):
            return classes if not isinstance(atom, ClassObject) else UNKNOWN
        found: list[Type] = []
        for each in classes:
            if isinstance(each, Instance) and isinstance(atom, Instance):
                found.append(self._meeting(atom, each))
            elif isinstance(each, Builtin) and each.name in _PLAIN:
                found.append(self._as_plain(atom, each))
            elif isinstance(each, Unknown):
                found.append(UNKNOWN)
        return union(found)

    def _meeting(self, atom: Instance, wanted: Instance) -> Type:
        if self._classes.derives(atom.ref, wanted.ref):
            return (atom,)
        if self._classes.derives(wanted.ref, atom.ref):
            return (wanted,)
        doubtful = self._classes.derives(atom.ref, wanted.ref) is None
        return UNKNOWN if doubtful or self._classes.derives(wanted.ref, atom.ref) is None else ()

    def _as_plain(self, atom: Atom, wanted: Builtin) -> Type:
        if isinstance(atom, Builtin):
            return (atom,) if atom.name == wanted.name or atom.name not in _PLAIN else ()
        if isinstance(atom, LiteralOf):
            return (atom,)
        ancestry = self._classes.ancestry(atom.ref) if isinstance(atom, Instance) else None
        return UNKNOWN if ancestry is None or ancestry.open or ancestry.foreign else ()

    def _failing(self, atom: Atom, classes: Type) -> Type:
        for each in classes:
            if isinstance(each, Instance) and isinstance(atom, Instance):
                if self._classes.derives(atom.ref, each.ref):
                    return ()
            elif isinstance(each, Builtin) and isinstance(atom, Builtin):
                if each.name == atom.name and each.name in _PLAIN:
                    return ()
            elif isinstance(each, Unknown) and isinstance(atom, Instance):
                return UNKNOWN
        return (atom,)

    def _keep(self, node: ast.expr, env: Env, stays: Callable[[Atom], bool]) -> Env | None:
        key = path(node)
        if key is None:
            return env
        before = self._peek(node, env)
        return _with(env, key, tuple(atom for atom in before if stays(atom)), before)

    def _doubt(self, test: ast.expr, env: Env) -> Env:
        """A test by a function may say anything about what it is given."""
        copy = env
        for call in ast.walk(test):
            if not isinstance(call, ast.Call) or getattr(call.func, "id", "") in _SAY_NOTHING:
                continue
            for each in [*call.args, *(keyword.value for keyword in call.keywords)]:
                key = path(each)
                if (key is not None and "." in key) or key in copy:
                    copy = dict(copy)
                    store(copy, str(key), UNKNOWN)
        return copy


def _with(env: Env, key: str, after: Type, before: Type | None = None) -> Env | None:
    """The environment where a path has another type; what is known of its attributes stays."""
    if not after:
        return None
    if after == before:
        return env
    return {**env, key: after}


def _is_deferred(node: ast.expr, env: Env) -> bool:
    return any(isinstance(atom, Deferred) for atom in env.get(path(node) or "", ()))


def _alternatives(node: ast.expr) -> list[ast.expr]:
    return (
        [each for inner in node.elts for each in _alternatives(inner)]
        if isinstance(node, ast.Tuple)
        else [node]
    )


def _constants(node: ast.expr) -> set[object]:
    """The constants that a value is compared with."""
    nodes = node.elts if isinstance(node, ast.Tuple | ast.Set | ast.List) else [node]
    if not all(isinstance(each, ast.Constant) for each in nodes):
        return set()
    return {each.value for each in nodes if isinstance(each, ast.Constant)}


def _may_be_none(atom: Atom) -> bool:
    return isinstance(atom, Nothing | Unknown)


def _is_none(atom: Atom) -> bool:
    return isinstance(atom, Nothing)
