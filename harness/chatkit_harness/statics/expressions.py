"""What an expression may be, and which of the attributes and arguments in it are lacking."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Callable, Iterator

from . import signatures
from .annotations import Annotations
from .classes import Classes
from .environment import Env, path, store
from .generics import returned
from .narrowing import Narrowing
from .types import (
    ITERATES,
    NOTHING,
    UNKNOWN,
    Atom,
    Builtin,
    ClassObject,
    FunctionObject,
    Instance,
    ModuleObject,
    Nothing,
    Ref,
    Type,
    builtin,
    deferred,
    element,
    solid,
    union,
)
from .world import World

Report = Callable[[str, str, str, ast.AST, bool], None]
"""Takes kind, name, argument, node, and whether only some data would show the lack."""

_MODULE_HAS = (
    "__name__",
    "__file__",
    "__path__",
    "__doc__",
    "__spec__",
    "__dict__",
    "__package__",
    "__loader__",
)


class Expressions:
    """Reads expressions of one module; names of `targets` are told where they are lacking."""

    def __init__(
        self, *, world: World, module: str, owner: str, targets: frozenset[str], report: Report
    ) -> None:
        self.world, self.module, self.owner = world, module, owner
        self.annotations = Annotations(world)
        self.classes = Classes(world, self.annotations)
        self.narrowing = Narrowing(module, self.annotations, self.classes, self.peek)
        self._targets, self._report = targets, report
        self._quiet = 0
        self.enter_function: Callable[[ast.Lambda, Env], None] = lambda _node, _env: None

    def close(self) -> None:
        """Let go of what refers back: without circles, everything goes as soon as nobody needs it."""
        del self.narrowing, self.enter_function

    def peek(self, node: ast.expr, env: Env) -> Type:
        """An expression's type; lacks in it are told elsewhere."""
        with self._silently():
            return self.infer(node, env)

    @contextlib.contextmanager
    def _silently(self) -> Iterator[None]:
        self._quiet += 1
        try:
            yield
        finally:
            self._quiet -= 1

    def infer(self, node: ast.expr, env: Env) -> Type:
        """An expression's type; what it lacks is reported."""
        method = getattr(self, f"_of_{type(node).__name__.lower()}", None)
        if method is not None:
            found: Type = method(node, env)
            return found
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.infer(child, env)
        return UNKNOWN

    def _of_name(self, node: ast.Name, env: Env) -> Type:
        if node.id in env:
            env[node.id] = found = solid(env[node.id])
            return found
        return self.annotations.objects(self.module, node.id) or UNKNOWN

    def _of_constant(self, node: ast.Constant, _env: Env) -> Type:
        return NOTHING if node.value is None else builtin(type(node.value).__name__)

    def _of_attribute(self, node: ast.Attribute, env: Env) -> Type:
        base = self.infer(node.value, env)
        key = path(node)
        if key in env:
            return solid(env[str(key)])
        if not isinstance(node.ctx, ast.Load):
            return UNKNOWN
        found, lacking = self._looked_up(base, node.attr)
        if lacking and not found:
            self._tell_lacking(lacking, node)
            return UNKNOWN
        return union(found) if found or not base else UNKNOWN

    def _looked_up(self, base: Type, name: str) -> tuple[list[Type], list[Atom]]:
        found: list[Type] = []
        lacking: list[Atom] = []
        for atom in base:
            if isinstance(atom, Nothing):
                continue
            type_ = self._attribute(atom, name)
            if type_ is None:
                lacking.append(atom)
            else:
                found.append(type_)
        return found, lacking

    def _attribute(self, atom: Atom, name: str) -> Type | None:
        if isinstance(atom, Instance | ClassObject):
            return self.classes.attribute(atom, name)
        if isinstance(atom, ModuleObject) and name not in _MODULE_HAS:
            return self.annotations.objects(atom.name, name)
        return UNKNOWN

    def _tell_lacking(self, lacking: list[Atom], node: ast.Attribute) -> None:
        for atom in lacking:
            if isinstance(atom, ModuleObject) and atom.name.partition(".")[0] in self._targets:
                self._tell("name", f"{atom.name}.{node.attr}", "", node)
                return
            if isinstance(atom, Instance | ClassObject):
                ancestry = self.classes.ancestry(atom.ref)
                for body in ancestry.bodies if ancestry else ():
                    if body.ref.package in self._targets:
                        extra = isinstance(atom, Instance) and self.classes.takes_extra(atom.ref)
                        self._tell("name", f"{body.ref}.{node.attr}", "", node, by_data=extra)
                        return

    def _tell(self, kind: str, name: str, argument: str, node: ast.AST, *, by_data: bool = False) -> None:
        if not self._quiet:
            self._report(kind, name, argument, node, by_data)

    def lazily(self, node: ast.expr, env: Env) -> Type:
        """Like `infer`, but what a name or a call gives may be found out later."""
        if isinstance(node, ast.Name) and node.id in env:
            return env[node.id]
        if isinstance(node, ast.Call):
            return self._call(node, env)
        if isinstance(node, ast.Await):
            inner = self.lazily(node.value, env)
            return deferred(lambda: _awaited(solid(inner)))
        return self.infer(node, env)

    def _of_call(self, node: ast.Call, env: Env) -> Type:
        return solid(self._call(node, env))

    def _call(self, node: ast.Call, env: Env) -> Type:
        called = self.infer(node.func, env)
        given = [self.lazily(each, env) for each in node.args]
        named = {each.arg: self.lazily(each.value, env) for each in node.keywords}
        if isinstance(node.func, ast.Name) and node.func.id == "cast" and len(node.args) == 2:
            return deferred(lambda: self.annotations.values(node.args[0], self.module))
        return union([self._called(atom, node, given, named) for atom in called]) or UNKNOWN

    def _called(self, atom: Atom, node: ast.Call, given: list[Type], named: dict[str | None, Type]) -> Type:
        if isinstance(atom, ClassObject):
            if atom.ref.package in self._targets:
                self._check(node, str(atom.ref), signatures.of_class(self.classes, atom.ref))
            return deferred(lambda: self._made(atom.ref))
        if isinstance(atom, FunctionObject):
            if atom.ref.package in self._targets:
                self._check(node, str(atom.ref), signatures.of_function(atom))
            return deferred(lambda: returned(atom, given, named, self.annotations, self.classes))
        return UNKNOWN

    def _made(self, ref: Ref) -> Type:
        body = self.classes.body(ref)
        return self.annotations.object_of(ref, body.node) if body else UNKNOWN

    def _check(self, node: ast.Call, name: str, signature: signatures.Signature | None) -> None:
        for kind, argument in signatures.faults(node, signature) if signature else ():
            self._tell(kind, name, argument, node)

    def _of_await(self, node: ast.Await, env: Env) -> Type:
        return _awaited(self.infer(node.value, env))

    def _of_boolop(self, node: ast.BoolOp, env: Env) -> Type:
        positive = isinstance(node.op, ast.And)
        found: list[Type] = []
        current: Env | None = env
        for index, each in enumerate(node.values):
            if current is None:
                break
            type_ = self.infer(each, current)
            last = index == len(node.values) - 1
            if not last and not positive:
                type_ = tuple(atom for atom in type_ if not isinstance(atom, Nothing))
            found.append(type_)
            current = self.narrowing.narrow(each, current, positive=positive)
        return union(found) if not positive else union([*found[-1:], NOTHING])

    def _of_ifexp(self, node: ast.IfExp, env: Env) -> Type:
        self.infer(node.test, env)
        found: list[Type] = []
        for branch, positive in ((node.body, True), (node.orelse, False)):
            inside = self.narrowing.narrow(node.test, env, positive=positive)
            if inside is not None:
                found.append(self.infer(branch, inside))
        return union(found)

    def _of_namedexpr(self, node: ast.NamedExpr, env: Env) -> Type:
        type_ = self.infer(node.value, env)
        store(env, node.target.id, type_)
        return type_

    def _of_subscript(self, node: ast.Subscript, env: Env) -> Type:
        base = self.infer(node.value, env)
        self.infer(node.slice, env)
        if isinstance(node.slice, ast.Slice):
            return base
        found: list[Type] = []
        for atom in base:
            if (
                not isinstance(atom, Builtin)
                or not atom.args
                or atom.name not in (*ITERATES, "dict", "Mapping")
            ):
                return UNKNOWN
            found.append(atom.args[-1])
        return union(found)

    def _of_lambda(self, node: ast.Lambda, env: Env) -> Type:
        if not self._quiet:
            self.enter_function(node, env)
        return UNKNOWN

    def _of_listcomp(self, node: ast.ListComp, env: Env) -> Type:
        return builtin("list", self._comprehended(node.generators, [node.elt], env))

    def _of_setcomp(self, node: ast.SetComp, env: Env) -> Type:
        return builtin("set", self._comprehended(node.generators, [node.elt], env))

    def _of_generatorexp(self, node: ast.GeneratorExp, env: Env) -> Type:
        return builtin("Generator", self._comprehended(node.generators, [node.elt], env))

    def _of_dictcomp(self, node: ast.DictComp, env: Env) -> Type:
        return builtin("dict", UNKNOWN, self._comprehended(node.generators, [node.key, node.value], env))

    def _comprehended(self, generators: list[ast.comprehension], elements: list[ast.expr], env: Env) -> Type:
        inside: Env | None = dict(env)
        for each in generators:
            if inside is None:
                return UNKNOWN
            self.assign(each.target, element(self.infer(each.iter, inside)), inside)
            for test in each.ifs:
                if inside is not None:
                    self.infer(test, inside)
                    inside = self.narrowing.narrow(test, inside, positive=True)
        if inside is None:
            return UNKNOWN
        types = [self.infer(each, inside) for each in elements]
        return types[-1] or UNKNOWN

    def assign(self, target: ast.expr, type_: Type, env: Env) -> None:
        """Bind a target in the environment; parts of a tuple become unknown."""
        key = path(target)
        if key is not None:
            if isinstance(target, ast.Attribute):
                self.infer(target.value, env)
            store(env, key, type_)
            return
        if isinstance(target, ast.Starred):
            self.assign(target.value, UNKNOWN, env)
        elif isinstance(target, ast.Tuple | ast.List):
            for each in target.elts:
                self.assign(each, UNKNOWN, env)
        else:
            self.infer(target, env)


def _awaited(type_: Type) -> Type:
    found = []
    for atom in type_:
        if not isinstance(atom, Builtin) or atom.name not in ("Awaitable", "Coroutine") or not atom.args:
            return UNKNOWN
        found.append(atom.args[-1])
    return union(found)
