"""Reads the statements of a piece of source in order, and tells what they lack."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from .classes import decorator_names
from .environment import Env, Stores, forget, join, store
from .expressions import Expressions, Report
from .guards import Guards, caught, exception_names
from .source import FunctionNode, absolute
from .types import UNKNOWN, Atom, ClassObject, Instance, Ref, Type, deferred, element, solid
from .world import World


class Reader:
    """Reads one unit of a module; `owner` is the class it stands in, empty at the top level."""

    def __init__(
        self,
        *,
        world: World,
        module: str,
        package: str,
        owner: str,
        targets: frozenset[str],
        report: Report,
        guards: Guards,
        stores: Stores,
    ) -> None:
        self._world, self._module, self._package, self._owner = world, module, package, owner
        self._targets, self._report = targets, report
        self._guards = guards
        self._stores = stores
        self._settled: frozenset[str] = frozenset()
        self._expressions = Expressions(
            world=world, module=module, owner=owner, targets=targets, report=report
        )
        self._expressions.enter_function = self._lambda

    def read(self, statements: list[ast.stmt]) -> None:
        """Read a unit."""
        env: Env = {}
        if not all(isinstance(each, ast.Import | ast.ImportFrom) for each in statements):
            env = forget(env, self._stores.names(*statements))
        self._body(statements, env)

    def close(self) -> None:
        """Let go of what refers back to the reader."""
        self._expressions.close()

    def _body(self, statements: Iterable[ast.stmt], env: Env | None) -> Env | None:
        for statement in statements:
            if env is None:
                return None
            method = getattr(self, f"_{type(statement).__name__.lower()}", self._other)
            env = method(statement, env)
        return env

    def _other(self, statement: ast.stmt, env: Env) -> Env | None:
        """An expression, an assertion's message, a deletion: its expressions count."""
        for child in ast.iter_child_nodes(statement):
            if isinstance(child, ast.expr):
                self._expressions.infer(child, env)
        return env

    def _return(self, statement: ast.Return, env: Env) -> None:
        self._other(statement, env)

    def _raise(self, statement: ast.Raise, env: Env) -> None:
        self._other(statement, env)

    def _continue(self, _statement: ast.Continue, _env: Env) -> None:
        return

    def _break(self, _statement: ast.Break, _env: Env) -> None:
        return

    def _expr(self, statement: ast.Expr, env: Env) -> Env | None:
        self._expressions.lazily(statement.value, env)
        call = statement.value
        is_never = isinstance(call, ast.Call) and getattr(call.func, "id", "") == "assert_never"
        return None if is_never else env

    def _assert(self, statement: ast.Assert, env: Env) -> Env | None:
        self._other(statement, env)
        return self._expressions.narrowing.narrow(statement.test, env, positive=True)

    def _assign(self, statement: ast.Assign, env: Env) -> Env:
        type_ = self._expressions.lazily(statement.value, env)
        for target in statement.targets:
            self._expressions.assign(target, type_, env)
        return env

    def _annassign(self, statement: ast.AnnAssign, env: Env) -> Env:
        given = self._expressions.lazily(statement.value, env) if statement.value else UNKNOWN
        declared = self._declared(statement.annotation)

        def found() -> Type:
            type_ = solid(given)
            return type_ if type_ != UNKNOWN else solid(declared)

        self._expressions.assign(statement.target, deferred(found), env)
        return env

    def _augassign(self, statement: ast.AugAssign, env: Env) -> Env:
        self._expressions.infer(statement.value, env)
        self._expressions.assign(statement.target, UNKNOWN, env)
        return env

    def _if(self, statement: ast.If, env: Env) -> Env | None:
        self._expressions.infer(statement.test, env)
        ends: list[Env | None] = []
        for body, positive in ((statement.body, True), (statement.orelse, False)):
            inside = self._expressions.narrowing.narrow(statement.test, dict(env), positive=positive)
            with self._guards.below(statement.test, positive=positive):
                ends.append(self._body(body, None if inside is None else dict(inside)))
        return join(ends)

    def _for(self, statement: ast.For | ast.AsyncFor, env: Env) -> Env | None:
        items = element(self._expressions.infer(statement.iter, env))
        before = forget(env, self._stores.paths(statement))
        inside = dict(before)
        self._expressions.assign(statement.target, items, inside)
        if items:
            self._body(statement.body, inside)
        self._body(statement.orelse, dict(before))
        return before

    _asyncfor = _for

    def _while(self, statement: ast.While, env: Env) -> Env | None:
        before = forget(env, self._stores.paths(statement))
        self._expressions.infer(statement.test, before)
        with self._guards.below(statement.test, positive=True):
            self._body(
                statement.body,
                self._expressions.narrowing.narrow(statement.test, dict(before), positive=True),
            )
        self._body(statement.orelse, dict(before))
        return before

    def _with(self, statement: ast.With | ast.AsyncWith, env: Env) -> Env | None:
        suppressed: set[str] = set()
        for item in statement.items:
            self._expressions.infer(item.context_expr, env)
            call = item.context_expr
            if isinstance(call, ast.Call) and "suppress" in ast.unparse(call.func):
                suppressed.update(name for each in call.args for name in exception_names(each))
            if item.optional_vars is not None:
                self._expressions.assign(item.optional_vars, UNKNOWN, env)
        with self._guards.catching(frozenset(suppressed)):
            end = self._body(statement.body, dict(env))
        return end if not suppressed else forget(env, self._stores.paths(statement))

    _asyncwith = _with

    def _try(self, statement: ast.Try, env: Env) -> Env | None:
        doubtful = forget(env, self._stores.paths(statement))
        with self._guards.catching(caught(statement.handlers)):
            end = self._body(statement.body, dict(env))
        ends = [self._body(statement.orelse, end)]
        for handler in statement.handlers:
            if handler.type is not None:
                self._expressions.infer(handler.type, doubtful)
            ends.append(self._body(handler.body, dict(doubtful)))
        if not statement.finalbody:
            return join(ends)
        final = self._body(statement.finalbody, dict(doubtful))
        after = join(ends)
        return (
            None
            if final is None or after is None
            else forget(after, self._stores.paths(*statement.finalbody))
        )

    _trystar = _try

    def _match(self, statement: ast.Match, env: Env) -> Env | None:
        self._expressions.infer(statement.subject, env)
        ends: list[Env | None] = []
        rest: Env | None = dict(env)
        for case in statement.cases:
            test = _as_test(statement.subject, case.pattern)
            inside = rest
            if test is not None:
                inside = self._expressions.narrowing.narrow(test, rest, positive=True)
            if inside is not None:
                inside = forget(inside, self._stores.paths(case.pattern))
                if case.guard is not None:
                    self._expressions.infer(case.guard, inside)
                    inside = self._expressions.narrowing.narrow(case.guard, inside, positive=True)
            ends.append(self._body(case.body, inside))
            if _takes_all(case.pattern) and case.guard is None:
                rest = None
            elif test is not None and case.guard is None and _is_whole(case.pattern):
                rest = self._expressions.narrowing.narrow(test, rest, positive=False)
        return join([*ends, rest])

    def _import(self, statement: ast.Import, env: Env) -> Env:
        for alias in statement.names:
            if alias.name.partition(".")[0] in self._targets and not self._world.has_module(alias.name):
                self._tell_import(alias.name, statement)
            name = alias.name if alias.asname else alias.name.partition(".")[0]
            type_ = self._expressions.annotations.module_object(name)
            store(env, alias.asname or name, type_)
        return env

    def _importfrom(self, statement: ast.ImportFrom, env: Env) -> Env:
        module = absolute(self._package, statement.module, statement.level)
        wanted = module.partition(".")[0] in self._targets
        if wanted and not self._world.has_module(module):
            self._tell_import(module, statement)
            return forget(env, (alias.asname or alias.name for alias in statement.names))
        for alias in statement.names:
            if alias.name == "*":
                continue
            if wanted and not self._world.find(module, alias.name):
                self._tell_import(f"{module}.{alias.name}", statement)
            store(env, alias.asname or alias.name, self._imported(module, alias.name))
        return env

    def _imported(self, module: str, name: str) -> Type:
        return deferred(lambda: self._expressions.annotations.objects(module, name) or UNKNOWN)

    def _tell_import(self, name: str, node: ast.stmt) -> None:
        self._report("import", name, "", node, False)

    def _functiondef(self, node: FunctionNode, env: Env) -> Env:
        for each in [*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)]:
            self._expressions.infer(each, env)
        outer = self._settled
        inside = {key: type_ for key, type_ in env.items() if key in outer}
        hidden = [key for key in env if "." not in key and key not in outer]
        inside |= dict.fromkeys(hidden, UNKNOWN)
        names = self._parameters(node, inside)
        stores = self._stores.names(*node.body)
        inside |= {each: UNKNOWN for each in stores if each not in names}
        self._settled = self._stores.settled(node.body, names) | (outer - set(stores) - set(names))
        self._body(node.body, inside)
        self._settled = outer
        store(env, node.name, UNKNOWN)
        return env

    _asyncfunctiondef = _functiondef

    def _parameters(self, node: FunctionNode, env: Env) -> list[str]:
        arguments = node.args
        plain = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        for each in plain:
            store(env, each.arg, self._declared(each.annotation))
        if self._owner and (arguments.posonlyargs or arguments.args) and plain[0].annotation is None:
            store(env, plain[0].arg, self._this(node))
        others = [each.arg for each in (arguments.vararg, arguments.kwarg) if each]
        for name in others:
            store(env, name, UNKNOWN)
        return [*(each.arg for each in plain), *others]

    def _declared(self, annotation: ast.expr | None) -> Type:
        if annotation is None:
            return UNKNOWN
        return deferred(lambda: self._expressions.annotations.values(annotation, self._module))

    def _this(self, node: FunctionNode) -> Type:
        """What the first parameter of a method is; of a function inside a method nothing is known."""
        names = decorator_names(node)
        body = self._expressions.classes.body(Ref(module=self._module, name=self._owner))
        if body is None or not self._expressions.classes.member(body, node.name) or "staticmethod" in names:
            return UNKNOWN
        atom: Atom = ClassObject(ref=body.ref) if "classmethod" in names else Instance(ref=body.ref)
        return (atom,) if node.name not in ("__new__", "__init_subclass__") else UNKNOWN

    def _lambda(self, node: ast.Lambda, env: Env) -> None:
        inside = {key: type_ for key, type_ in env.items() if key in self._settled}
        inside |= {key: UNKNOWN for key in env if "." not in key and key not in inside}
        for each in ast.walk(node.args):
            if isinstance(each, ast.arg):
                store(inside, each.arg, UNKNOWN)
        self._expressions.infer(node.body, inside)

    def _classdef(self, node: ast.ClassDef, env: Env) -> Env:
        for each in [*node.decorator_list, *node.bases, *(keyword.value for keyword in node.keywords)]:
            self._expressions.infer(each, env)
        owner, self._owner = self._owner, ""
        self._body(node.body, forget(env, self._stores.names(*node.body)))
        self._owner = owner
        store(env, node.name, UNKNOWN)
        return env


def _as_test(subject: ast.expr, pattern: ast.pattern) -> ast.expr | None:
    """A pattern as the test that it stands for, as far as it says something about the subject."""
    if isinstance(pattern, ast.MatchClass):
        return ast.Call(func=ast.Name("isinstance", ast.Load()), args=[subject, pattern.cls], keywords=[])
    if isinstance(pattern, ast.MatchValue):
        return ast.Compare(left=subject, ops=[ast.Eq()], comparators=[pattern.value])
    if isinstance(pattern, ast.MatchSingleton):
        return ast.Compare(left=subject, ops=[ast.Is()], comparators=[ast.Constant(pattern.value)])
    if isinstance(pattern, ast.MatchAs) and pattern.pattern is not None:
        return _as_test(subject, pattern.pattern)
    if isinstance(pattern, ast.MatchOr):
        tests = [_as_test(subject, each) for each in pattern.patterns]
        known = [each for each in tests if each is not None]
        return ast.BoolOp(op=ast.Or(), values=known) if len(known) == len(tests) else None
    return None


def _is_whole(pattern: ast.pattern) -> bool:
    """Whether a subject that does not match differs in what the test says, and in nothing else."""
    if isinstance(pattern, ast.MatchClass):
        return not pattern.patterns and not pattern.kwd_patterns
    if isinstance(pattern, ast.MatchAs) and pattern.pattern is not None:
        return _is_whole(pattern.pattern)
    if isinstance(pattern, ast.MatchOr):
        return all(_is_whole(each) for each in pattern.patterns)
    return isinstance(pattern, ast.MatchValue | ast.MatchSingleton)


def _takes_all(pattern: ast.pattern) -> bool:
    return isinstance(pattern, ast.MatchAs) and pattern.pattern is None
