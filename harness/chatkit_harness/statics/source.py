"""A source file read once: which names it binds at its top level and where, and the pieces it consists of."""

from __future__ import annotations

import ast
import hashlib
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from chatkit_harness.core.parsing import undisturbed

BoundKind: TypeAlias = Literal["class", "function", "assign", "import", "open"]
FunctionNode: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef

_NOT_V2 = "PYDANTIC_V1"
_MAKES_NAMES = re.compile(r"globals\(\)|sys\.modules\[__name__\]|\bexec\(")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A statement that binds a name; `target` is `module:name` of an import, `module:` of a whole module."""

    kind: BoundKind
    target: str = ""
    first: int = 0
    last: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A piece that is looked at by itself: a top-level statement, or a statement of a class."""

    owner: str
    first: int
    last: int
    digest: bytes


@dataclass(slots=True, kw_only=True, weakref_slot=True)
class SourceFile:
    """What a file binds. `open`: other names may appear; `quoted`: names that a lazy module answers for."""

    names: dict[str, list[Bound]] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    units: list[Unit] = field(default_factory=list)
    open: bool = False
    quoted: frozenset[str] = frozenset()
    is_package: bool = False
    numbers: dict[str, int] = field(default_factory=dict)


def parse(text: str) -> ast.Module | None:
    """The tree of a source text, or None where this Python cannot read it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return undisturbed(lambda: ast.parse(text))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def read_source(text: str, module: str, *, is_package: bool) -> SourceFile:
    """Read a file of the module called `module`."""
    tree = parse(text)
    if tree is None:
        return SourceFile(open=True, is_package=is_package)
    source = SourceFile(is_package=is_package)
    lines = text.splitlines(keepends=True)
    package = module if is_package else module.rpartition(".")[0]
    for statement in statements(tree.body):
        _bind(source, statement, package, lines)
    for statement in tree.body:
        source.units.extend(_units(statement, "", lines))
    _settle_lazy(source, tree, text)
    return source


def statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a body and of what stands below its conditions, loops and attempts."""
    for statement in body:
        yield statement
        for part in parts(statement):
            yield from statements(part)


def parts(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    """The bodies inside a compound statement that is no definition; those for pydantic 1 are left out."""
    if isinstance(statement, ast.If):
        named = {each.id for each in ast.walk(statement.test) if isinstance(each, ast.Name)}
        if _NOT_V2 not in named:
            yield statement.body
        if "PYDANTIC_V2" not in named:
            yield statement.orelse
    elif isinstance(statement, ast.Try | ast.TryStar):
        yield statement.body
        for handler in statement.handlers:
            yield handler.body
        yield statement.orelse
        yield statement.finalbody
    elif isinstance(statement, ast.For | ast.While | ast.AsyncFor):
        yield statement.body
        yield statement.orelse
    elif isinstance(statement, ast.With | ast.AsyncWith):
        yield statement.body
    elif isinstance(statement, ast.Match):
        for case in statement.cases:
            yield case.body


def first_line(statement: ast.stmt) -> int:
    """The line where a statement begins, decorators included."""
    if isinstance(statement, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return min([statement.lineno, *(each.lineno for each in statement.decorator_list)])
    return statement.lineno


def last_line(statement: ast.stmt) -> int:
    """The line where a statement ends."""
    return statement.end_lineno or statement.lineno


def absolute(package: str, module: str | None, level: int) -> str:
    """The full name of what `from ...module import` means inside `package`."""
    if not level:
        return module or ""
    parents = package.split(".")
    base = parents[: len(parents) - level + 1]
    return ".".join([*base, *([module] if module else [])])


def stored_names(target: ast.expr) -> Iterator[str]:
    """The plain names that an assignment to `target` binds."""
    for each in ast.walk(target):
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
            yield each.id


def _bind(source: SourceFile, statement: ast.stmt, package: str, lines: list[str]) -> None:
    first, last = first_line(statement), last_line(statement)
    if isinstance(statement, ast.ClassDef):
        _add(source, statement.name, Bound(kind="class", first=first, last=last))
    elif isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        _add(source, statement.name, Bound(kind="function", first=first, last=last))
    elif isinstance(statement, ast.Import):
        for alias in statement.names:
            target = alias.name if alias.asname else alias.name.partition(".")[0]
            _add(source, alias.asname or target, Bound(kind="import", target=f"{target}:"))
    elif isinstance(statement, ast.ImportFrom):
        module = absolute(package, statement.module, statement.level)
        for alias in statement.names:
            if alias.name == "*":
                source.stars.append(module)
            else:
                _add(
                    source, alias.asname or alias.name, Bound(kind="import", target=f"{module}:{alias.name}")
                )
    else:
        _bind_values(source, statement, lines)


def _bind_values(source: SourceFile, statement: ast.stmt, lines: list[str]) -> None:
    first, last = first_line(statement), last_line(statement)
    whole = isinstance(statement, ast.Assign | ast.AnnAssign) or type(statement).__name__ == "TypeAlias"
    simple = whole or isinstance(statement, ast.AugAssign | ast.Expr)
    if simple and _MAKES_NAMES.search("".join(lines[first - 1 : last])):
        source.open = True
    for target in _targets(statement):
        kind: BoundKind = "assign" if whole and isinstance(target, ast.Name) else "open"
        for name in stored_names(target):
            _add(source, name, Bound(kind=kind, first=first, last=last))


def _targets(statement: ast.stmt) -> list[ast.expr]:
    """What a statement itself binds, apart from what stands in its bodies."""
    if isinstance(statement, ast.Assign):
        return statement.targets
    if isinstance(statement, ast.AnnAssign | ast.AugAssign | ast.For | ast.AsyncFor):
        return [statement.target]
    if isinstance(statement, ast.With | ast.AsyncWith):
        return [each.optional_vars for each in statement.items if each.optional_vars]
    if isinstance(statement, ast.If | ast.While):
        return [each.target for each in ast.walk(statement.test) if isinstance(each, ast.NamedExpr)]
    name = getattr(statement, "name", None)  # `type X = ...` of Python 3.12
    return [name] if isinstance(name, ast.Name) else []


def _add(source: SourceFile, name: str, bound: Bound) -> None:
    source.names.setdefault(name, []).append(bound)


def _units(statement: ast.stmt, owner: str, lines: list[str]) -> Iterator[Unit]:
    if not isinstance(statement, ast.ClassDef):
        yield _unit(owner, first_line(statement), last_line(statement), lines)
        return
    name = f"{owner}.{statement.name}" if owner else statement.name
    start = first_line(statement.body[0])
    if start <= statement.lineno:
        yield _unit(owner, first_line(statement), last_line(statement), lines)
        return
    yield _unit(owner, first_line(statement), start - 1, lines)
    for each in statement.body:
        yield from _units(each, name, lines)


def _unit(owner: str, first: int, last: int, lines: list[str]) -> Unit:
    text = "".join(lines[first - 1 : last])
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    return Unit(owner=owner, first=first, last=last, digest=digest)


def _settle_lazy(source: SourceFile, tree: ast.Module, text: str) -> None:
    """A module's `__getattr__`: which names it answers for, or that it may answer for any."""
    if "__getattr__" not in source.names:
        return
    found = [each for each in statements(tree.body) if getattr(each, "name", None) == "__getattr__"]
    if len(found) == 1 and isinstance(found[0], ast.FunctionDef) and _answers_for_quoted(found[0], source):
        source.quoted = frozenset(re.findall(r"[\"'](\w+)[\"']", text))
    else:
        source.open = True


def _answers_for_quoted(function: ast.FunctionDef, source: SourceFile) -> bool:
    """Whether it raises AttributeError but for names that stand in quotes in the same file."""
    body = [each for each in function.body if not _is_docstring(each)]
    if not body or not isinstance(body[-1], ast.Raise) or not function.args.args:
        return False
    wanted = function.args.args[0].arg
    return all(isinstance(each, ast.If) and _compares(each.test, wanted, source) for each in body[:-1])


def _compares(test: ast.expr, wanted: str, source: SourceFile) -> bool:
    if not isinstance(test, ast.Compare) or not isinstance(test.left, ast.Name) or test.left.id != wanted:
        return False
    right = test.comparators[0]
    own = isinstance(right, ast.Name) and {b.kind for b in source.names.get(right.id, [])} == {"assign"}
    return isinstance(test.ops[0], ast.Eq | ast.In) and (own or _is_constant(right))


def _is_constant(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant | ast.Tuple | ast.Set | ast.List)


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
