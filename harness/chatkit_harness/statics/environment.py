"""What is known at a point of a function: types by name, and by dotted path where narrowed."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator

from .types import UNKNOWN, Type, union

Env = dict[str, Type]


def path(node: ast.expr) -> str | None:
    """`event.item` as text; None for what is no plain name with attributes."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        base = path(node.value)
        return f"{base}.{node.attr}" if base else None
    return None


def store(env: Env, name: str, type_: Type) -> None:
    """Give a path a new value: what was known of its attributes is void."""
    for key in [key for key in env if key.startswith(f"{name}.")]:
        del env[key]
    env[name] = type_


def join(envs: Iterable[Env | None]) -> Env | None:
    """What is known where several ways meet; None where none of them comes."""
    reached = [env for env in envs if env is not None]
    if not reached:
        return None
    first, *others = reached
    if not others:
        return first
    found: Env = {}
    for key, type_ in first.items():
        if all(key in env for env in others):
            differing = [env[key] for env in others if env[key] is not type_]
            found[key] = union([type_, *differing]) if differing else type_
    for env in reached:
        for key in env:
            if "." not in key and key not in found:
                found[key] = UNKNOWN
    return found


def forget(env: Env, paths: Iterable[str]) -> Env:
    """A copy in which nothing is known of these paths."""
    copy = dict(env)
    for each in paths:
        if "." in each:
            for key in [key for key in copy if key == each or key.startswith(f"{each}.")]:
                del copy[key]
        else:
            store(copy, each, UNKNOWN)
    return copy


class Stores:
    """The names and dotted paths that statements bind, anywhere inside them; each node is looked at once."""

    def __init__(self) -> None:
        # By identity, each with its node, which therefore stays: its identity is not given to another one.
        self._known: dict[int, tuple[ast.AST, tuple[str, ...]]] = {}
        self._counts: dict[int, tuple[ast.AST, tuple[str, ...]]] = {}

    def paths(self, *nodes: ast.AST) -> tuple[str, ...]:
        """What these nodes bind."""
        return tuple(dict.fromkeys(each for node in nodes for each in self._of(node)))

    def names(self, *nodes: ast.AST) -> tuple[str, ...]:
        """The plain names among them."""
        return tuple(each for each in self.paths(*nodes) if "." not in each)

    def settled(self, body: list[ast.stmt], parameters: Iterable[str]) -> frozenset[str]:
        """The names of a function that are bound once and never again: inner functions may rely on them."""
        counts = Counter(parameters)
        for statement in body:
            if id(statement) not in self._counts:
                self._counts[id(statement)] = (statement, tuple(_often(statement)))
            counts.update(self._counts[id(statement)][1])
        return frozenset(name for name, count in counts.items() if count == 1)

    def _of(self, node: ast.AST) -> tuple[str, ...]:
        known = self._known.get(id(node))
        if known is None:
            inner = dict.fromkeys(each for child in ast.walk(node) for each in _bound(child))
            known = self._known[id(node)] = (node, tuple(inner))
        return known[1]


def _often(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement binds, each as often as it does; what a loop binds, it binds again."""
    waiting: list[tuple[ast.AST, bool]] = [(statement, False)]
    while waiting:
        node, looped = waiting.pop()
        for name in _bound(node):
            yield name
            if looped:
                yield name
        looped = looped or isinstance(node, ast.For | ast.AsyncFor | ast.While)
        waiting.extend((child, looped) for child in ast.iter_child_nodes(node))


def _bound(node: ast.AST) -> Iterator[str]:
    """The names and paths that a node itself binds."""
    if isinstance(node, ast.Name | ast.Attribute):
        found = None if isinstance(node.ctx, ast.Load) else path(node)
        if found:
            yield found
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar):
        if node.name:
            yield node.name
    elif isinstance(node, ast.MatchMapping):
        if node.rest:
            yield node.rest
    elif isinstance(node, ast.alias) and node.name != "*":
        yield node.asname or node.name.partition(".")[0]
