"""What others see of a definition: its text without the bodies of its functions, in one spelling.

Equal interfaces are equal texts, whatever stands in the bodies and on whichever line.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from .source import FunctionNode, parse, parts

OPEN = "__open__"
"""In a class's interface: its instances may have attributes that no reader can know."""


@lru_cache(maxsize=1024)
def interface(text: str) -> str:
    """The interface of the one definition or assignment that `text` holds; empty where it cannot be read."""
    tree = parse(f"if 1:\n{text}" if text[:1].isspace() else text)
    if tree is None or not tree.body:
        return ""
    statement = tree.body[0]
    if isinstance(statement, ast.If) and text[:1].isspace():
        statement = statement.body[0]
    if isinstance(statement, ast.ClassDef):
        _strip_class(statement)
    elif isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        _strip_function(statement)
    return ast.unparse(statement)


@lru_cache(maxsize=1024)
def members(text: str) -> dict[str, str]:
    """A class's interface in parts: by each name that it binds the statements that do.

    Under the empty name its first lines alone, under `*` the whole.
    """
    node = tree_of(text)
    if not isinstance(node, ast.ClassDef):
        return {}
    found: dict[str, list[ast.stmt]] = {}
    for statement in node.body:
        for name in dict.fromkeys(_bound_names(statement)):
            found.setdefault(name, []).append(statement)
    is_open = any(name in found for name in (OPEN, "__getattr__", "__getattribute__"))
    body: list[ast.stmt] = [_opening()] if is_open else [ast.Pass()]
    head = ast.ClassDef(
        name=node.name,
        bases=node.bases,
        keywords=node.keywords,
        body=body,
        decorator_list=node.decorator_list,
    )
    parts = {name: "\n".join(map(ast.unparse, statements)) for name, statements in found.items()}
    return {**parts, "": ast.unparse(head), "*": text}


def _bound_names(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        yield statement.name
    elif isinstance(statement, ast.Import | ast.ImportFrom):
        for alias in statement.names:
            yield alias.asname or alias.name.partition(".")[0]
    elif isinstance(statement, ast.AnnAssign):
        target = statement.target
        yield target.id if isinstance(target, ast.Name) else getattr(target, "attr", "")
    elif isinstance(statement, ast.Assign):
        for each in (inner for target in statement.targets for inner in ast.walk(target)):
            if isinstance(each, ast.Name):
                yield each.id
                if each.id == "__slots__":
                    yield from _strings(statement.value)


def _strings(node: ast.expr) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield each.value


@lru_cache(maxsize=4096)
def statements_of(text: str) -> tuple[ast.stmt, ...]:
    """The statements that a part of an interface holds."""
    tree = parse(text)
    return tuple(tree.body) if tree is not None else ()


@lru_cache(maxsize=4096)
def tree_of(text: str) -> ast.stmt | None:
    """The statement that an interface's text holds."""
    tree = parse(text)
    return tree.body[0] if tree is not None and tree.body else None


def _strip_function(function: FunctionNode) -> None:
    yields = any(isinstance(each, ast.Yield | ast.YieldFrom) for each in _own_nodes(function.body))
    function.body = [ast.Expr(ast.Yield())] if yields else [ast.Pass()]


def _own_nodes(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """The nodes of a body but for those of functions and classes inside it."""
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            waiting.extend(ast.iter_child_nodes(node))


def _strip_class(statement: ast.ClassDef) -> None:
    kept: list[ast.stmt] = []
    for each in _flat(statement.body):
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
            if each.name == "__getattribute__" and _passes_on(each):
                continue
            kept.extend(_stores(each))
            _strip_function(each)
            kept.append(each)
        elif isinstance(each, ast.ClassDef):
            _strip_class(each)
            kept.append(each)
        elif not (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant)):
            kept.append(each)
    statement.body = kept or [ast.Pass()]


def _flat(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """A class's statements, those below conditions too, each by itself."""
    for statement in body:
        inner = list(parts(statement))
        if not inner and not isinstance(statement, ast.If):
            yield statement
        for each in inner:
            yield from _flat(each)


def _passes_on(function: FunctionNode) -> bool:
    """Whether a `__getattribute__` only answers for names that it spells out, and else asks its parent."""
    *before, last = function.body
    if not isinstance(last, ast.Return) or not isinstance(last.value, ast.Call):
        return False
    called = last.value.func
    asks = isinstance(called, ast.Attribute) and called.attr == "__getattribute__"
    return asks and all(_is_about_one_name(each) for each in before)


def _is_about_one_name(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.If)
        and isinstance(statement.test, ast.Compare)
        and isinstance(statement.test.ops[0], ast.Eq | ast.In)
        and not statement.orelse
    )


def _stores(function: FunctionNode) -> Iterator[ast.stmt]:
    """The attributes that a method gives its object, each as a statement of the class."""
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    if not arguments:
        return
    this, hints = arguments[0].arg, {each.arg: each.annotation for each in arguments}
    for node in _own_nodes(function.body):
        if isinstance(node, ast.Assign):
            hint = hints.get(node.value.id) if isinstance(node.value, ast.Name) else None
            for target in node.targets:
                yield from _stored(target, hint, this)
        elif isinstance(node, ast.AnnAssign):
            yield from _stored(node.target, node.annotation, this)
        elif isinstance(node, ast.AugAssign | ast.For | ast.AsyncFor):
            yield from _stored(node.target, None, this)
        elif isinstance(node, ast.withitem) and node.optional_vars is not None:
            yield from _stored(node.optional_vars, None, this)
        else:
            yield from _by_name(node, this)


def _stored(target: ast.expr, hint: ast.expr | None, this: str) -> Iterator[ast.stmt]:
    for each in ast.walk(target):
        if not isinstance(each, ast.Attribute) or not isinstance(each.value, ast.Name):
            continue
        if each.value.id == this and isinstance(each.ctx, ast.Store):
            yield _attribute(each.attr, hint if each is target else None)


def _attribute(name: str, hint: ast.expr | None) -> ast.stmt:
    stored = ast.Attribute(ast.Name("self", ast.Load()), name, ast.Store())
    annotation = hint or ast.Name("object", ast.Load())
    return ast.AnnAssign(target=stored, annotation=annotation, value=None, simple=0)


def _by_name(node: ast.AST, this: str) -> Iterator[ast.stmt]:
    """`setattr(self, name, ...)`, `self.__dict__[name] = ...`, `self.__dict__.update(...)`."""
    name: ast.expr | None = None
    if isinstance(node, ast.Call) and node.args and _called(node) in ("setattr", "__setattr__"):
        if isinstance(node.args[0], ast.Name) and node.args[0].id == this and len(node.args) > 1:
            name = node.args[1]
    elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store) and _is_dict(node.value, this):
        name = node.slice
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "update":
        name = node if _is_dict(node.func.value, this) else None
    if isinstance(name, ast.Constant) and isinstance(name.value, str):
        yield _attribute(name.value, None)
    elif name is not None:
        yield _opening()


def _opening() -> ast.stmt:
    return ast.Assign(targets=[ast.Name(OPEN, ast.Store())], value=ast.Constant(True), lineno=1)


def _called(call: ast.Call) -> str:
    if isinstance(call.func, ast.Name):
        return call.func.id
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _is_dict(node: ast.expr, this: str) -> bool:
    """`self.__dict__` or `vars(self)`."""
    if isinstance(node, ast.Attribute) and node.attr == "__dict__":
        return isinstance(node.value, ast.Name) and node.value.id == this
    return isinstance(node, ast.Call) and _called(node) == "vars"
