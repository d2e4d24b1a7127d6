"""Which servers a checkout has: read from its files, never run."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from chatkit_harness.checkout.layout import import_roots, module_file, module_names
from chatkit_harness.checkout.source import parse_file, statements
from chatkit_harness.core.errors import ConfigurationError

BASE = "ChatKitServer"
_ORDER = ("factory", "instance", "class")
_WRAPPERS = ("Awaitable", "Coroutine", "Optional")

Kind = Literal["factory", "instance", "class"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundServer:
    """One way to a server: `name` as --server takes it, `server` MODULE:CLASS, `where` FILE:LINE."""

    name: str
    kind: Kind
    server: str
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a checkout holds: the best way to each server, classes that nothing makes, unreadable files."""

    servers: tuple[FoundServer, ...] = ()
    unmade: tuple[FoundServer, ...] = ()
    unreadable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Module:
    name: str
    file: str
    tree: ast.Module


@dataclass(frozen=True, slots=True, kw_only=True)
class _Class:
    """A server class, where it is defined, and the names of its parents."""

    module: _Module
    node: ast.ClassDef
    bases: tuple[str, ...]

    @property
    def key(self) -> str:
        return f"{self.module.name}:{self.node.name}"


_Classes = dict[str, list[_Class]]
"""Server classes by their names, of which two modules may use the same."""


def find_servers(folder: Path) -> Found:
    """The servers of the checkout in a folder; what tests define counts only where nothing else does."""
    modules, unreadable = _modules(folder)
    found = _found([each for each in modules if not _is_test(each.name)])
    if not (found.servers or found.unmade):
        found = _found(modules)
    return Found(servers=found.servers, unmade=found.unmade, unreadable=tuple(unreadable))


def _modules(folder: Path) -> tuple[list[_Module], list[str]]:
    """The modules that name ChatKitServer or a server of the checkout, and those that are no Python."""
    waiting = {file: (name, _content(file)) for file, name in _named_files(folder).items()}
    modules: list[_Module] = []
    unreadable: list[str] = []
    wanted = {BASE}
    while True:
        telling = [
            file for file, (_, text) in waiting.items() if any(word.encode() in text for word in wanted)
        ]
        if not telling:
            return modules, unreadable
        for file in telling:
            name, _ = waiting.pop(file)
            try:
                tree = parse_file(file)
            except ConfigurationError as error:
                unreadable.append(error.culprit)
                continue
            if tree is not None:
                modules.append(_Module(name=name, file=_shown(file, folder), tree=tree))
        wanted = {BASE, *_server_classes(modules)}


def _named_files(folder: Path) -> dict[Path, str]:
    """The files of the checkout, each with the shortest name that its module has."""
    roots = import_roots(folder)
    names: dict[Path, str] = {}
    for name in sorted(module_names(roots), key=len):
        found = module_file(name, roots)
        if found is not None:
            names.setdefault(found[1], name)
    return dict(sorted(names.items()))


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""


def _shown(file: Path, folder: Path) -> str:
    return file.relative_to(folder).as_posix() if file.is_relative_to(folder) else str(file)


def _is_test(name: str) -> bool:
    return any(part in ("tests", "test", "conftest") or part.startswith("test_") for part in name.split("."))


def _found(modules: Iterable[_Module]) -> Found:
    modules = list(modules)
    classes = _server_classes(modules)
    ways: list[FoundServer] = []
    for module in modules:
        ways += _ways(module, classes)
    best: dict[str, FoundServer] = {}
    for way in sorted(ways, key=lambda each: _ORDER.index(each.kind)):
        best.setdefault(way.server, way)
    known = [each for named in classes.values() for each in named]
    parents = {base for each in known for base in each.bases}
    unmade = [
        FoundServer(name=each.key, kind="class", server=each.key, where=_where(each.module, each.node))
        for each in known
        if each.key not in best and each.node.name not in parents
    ]
    return Found(servers=tuple(best.values()), unmade=tuple(unmade))


def _server_classes(modules: list[_Module]) -> _Classes:
    """Classes that are ChatKitServers, directly or by their parents."""
    left = [
        _Class(module=module, node=each, bases=tuple(map(_last_name, each.bases)))
        for module in modules
        for each in module.tree.body
        if isinstance(each, ast.ClassDef)
    ]
    found: _Classes = {}
    while True:
        more = [each for each in left if any(base == BASE or base in found for base in each.bases)]
        if not more:
            return found
        for each in more:
            left.remove(each)
            found.setdefault(each.node.name, []).append(each)


def _last_name(node: ast.expr | None) -> str:
    """`ChatKitServer` of `chatkit.server.ChatKitServer[Context]`; of a text annotation what it says."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(value=value, slice=inner):
            outer = _last_name(value)
            return _last_name(_innermost(inner)) if outer in _WRAPPERS else outer
        case ast.Constant(value=str(text)):
            return _last_name(_expression(text))
    return ""


def _expression(text: str) -> ast.expr | None:
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _innermost(node: ast.expr) -> ast.expr:
    return node.elts[-1] if isinstance(node, ast.Tuple) and node.elts else node


def _ways(module: _Module, classes: _Classes) -> Iterator[FoundServer]:
    """What of a module gives a server without being told anything."""
    made: dict[str, str] = {}
    for node in statements(module.tree.body):
        match node:
            case ast.ClassDef() if node.name in classes and _makes_itself(node.name, classes):
                yield _way(module, node, node.name, "class", _owner(module, node.name, classes))
            case ast.FunctionDef() | ast.AsyncFunctionDef() if _needs_nothing(node.args):
                server = _returned(node, classes, made)
                if server:
                    yield _way(module, node, node.name, "factory", _owner(module, server, classes))
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=func))
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.Call(func=func))
            ) if _last_name(func) in classes:
                made[name] = _last_name(func)
                yield _way(module, node, name, "instance", _owner(module, made[name], classes))


def _way(module: _Module, node: ast.stmt, name: str, kind: Kind, server: str) -> FoundServer:
    return FoundServer(name=f"{module.name}:{name}", kind=kind, server=server, where=_where(module, node))


def _owner(module: _Module, name: str, classes: _Classes) -> str:
    """The class that a module means by a name: its own, the one that it imports, or the only one."""
    known = classes.get(name, [])
    own = [each for each in known if each.module is module]
    from_where = {
        (node.module or "").rpartition(".")[2]
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and any((each.asname or each.name) == name for each in node.names)
    }
    imported = [each for each in known if each.module.name.rpartition(".")[2] in from_where]
    return next((each.key for each in [*own, *imported, *known]), f"{module.name}:{name}")


def _where(module: _Module, node: ast.stmt) -> str:
    return f"{module.file}:{node.lineno}"


def _returned(node: ast.FunctionDef | ast.AsyncFunctionDef, classes: _Classes, made: dict[str, str]) -> str:
    """The server class that a function says it returns, or plainly does; empty for any other function."""
    said = _last_name(node.returns)
    if said in classes:
        return said
    known = dict(made)
    own: list[str] = []
    for inner in statements(node.body):
        match inner:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=func)):
                known[name] = _last_name(func)
            case ast.Return(value=ast.Call(func=func)):
                own.append(_last_name(func))
            case ast.Return(value=ast.Name(id=name)):
                own.append(known.get(name, ""))
    return next((each for each in own if each in classes), BASE if said == BASE else "")


def _needs_nothing(given: ast.arguments) -> bool:
    """Whether a call without arguments, or with the scenario's options alone, will do."""
    positional = [*given.posonlyargs, *given.args]
    required = positional[: len(positional) - len(given.defaults)]
    keyword_only = None in given.kw_defaults
    return not keyword_only and (not required or [each.arg for each in required] == ["options"])


def _makes_itself(name: str, classes: _Classes) -> bool:
    """Whether its __init__, or its parent's, needs nothing; that of ChatKitServer itself needs a store."""
    found = classes[name][0]
    for each in found.node.body:
        if isinstance(each, ast.FunctionDef) and each.name == "__init__":
            positional = [*each.args.posonlyargs, *each.args.args][1:]
            return len(positional) <= len(each.args.defaults) and None not in each.args.kw_defaults
    parent = next((base for base in found.bases if base in classes and base != name), None)
    return parent is not None and _makes_itself(parent, classes)
