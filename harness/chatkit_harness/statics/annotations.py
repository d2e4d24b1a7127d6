"""What an annotation means: its names followed to their definitions, aliases and unions taken apart."""

from __future__ import annotations

import ast

from .interface import tree_of
from .source import parse
from .types import (
    ITERATES,
    NOTHING,
    UNKNOWN,
    ClassObject,
    FunctionObject,
    Instance,
    LiteralOf,
    ModuleObject,
    Ref,
    Type,
    Unknown,
    Variable,
    builtin,
    union,
)
from .world import Definition, World, builtin_definition

_TYPING = ("typing", "typing_extensions", "collections.abc", "builtins", "types", "collections", "asyncio")
_TRANSPARENT = (
    "Annotated",
    "Required",
    "NotRequired",
    "Final",
    "ClassVar",
    "ReadOnly",
    "InitVar",
    "SkipValidation",
)
_PLAIN = ("str", "int", "float", "bool", "bytes", "dict", "list", "tuple", "set", "frozenset", "type")
_OLD_NAMES = {"List": "list", "Dict": "dict", "Tuple": "tuple", "Set": "set", "FrozenSet": "frozenset"}
_DEPTH = 40


class Annotations:
    """Reads annotations of any module of a world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._depth = 0
        self._aliases: dict[Definition, Type] = {}
        # By identity, each with its node, which therefore stays: its identity is not given to another one.
        self._known: dict[tuple[int, str], tuple[ast.expr, Type]] = {}

    def values(self, node: ast.expr | None, module: str) -> Type:
        """What an object annotated so may be."""
        if node is None or self._depth > _DEPTH:
            return UNKNOWN
        key = (id(node), module)
        known = self._known.get(key)
        if known is None:
            self._depth += 1
            try:
                known = (node, self._values(node, module))
            finally:
                self._depth -= 1
            self._known[key] = known
        return known[1]

    def _values(self, node: ast.expr, module: str) -> Type:
        if isinstance(node, ast.Constant):
            return self._of_constant(node, module)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return union([self.values(node.left, module), self.values(node.right, module)])
        if isinstance(node, ast.Subscript):
            return self._of_subscript(node, module)
        if isinstance(node, ast.Name | ast.Attribute):
            return union([self._of_definition(each) for each in self.definitions(node, module)]) or UNKNOWN
        return UNKNOWN

    def definitions(self, node: ast.expr, module: str) -> tuple[Definition, ...]:
        """What a name, dotted or not, is in a module; empty where nothing is known of it."""
        if isinstance(node, ast.Name):
            return self._world.find(module, node.id) or builtin_definition(node.id)
        if not isinstance(node, ast.Attribute):
            return ()
        found: list[Definition] = []
        for each in self.definitions(node.value, module):
            if each.kind == "module":
                found.extend(self._world.find(each.module, node.attr))
            elif each.kind == "foreign":
                inner = f"{each.module}.{each.name}" if each.name else each.module
                found.append(Definition(kind="foreign", module=inner, name=node.attr))
            elif each.kind == "class":
                found.extend(self._inner_class(each, node.attr))
            else:
                return ()
        return tuple(found)

    def _inner_class(self, outer: Definition, name: str) -> list[Definition]:
        path = f"{outer.name}.{name}"
        return [
            Definition(kind="class", module=outer.module, name=path, text=ast.unparse(each))
            for each in self._world.member(outer.module, path)
            if isinstance(each, ast.ClassDef)
        ]

    def _of_constant(self, node: ast.Constant, module: str) -> Type:
        if node.value is None:
            return NOTHING
        if isinstance(node.value, str):
            tree = parse(f"({node.value})")
            if tree is not None and tree.body and isinstance(tree.body[0], ast.Expr):
                return self.values(tree.body[0].value, module)
        return UNKNOWN

    def _of_definition(self, found: Definition) -> Type:
        if found.kind == "class":
            return self._of_class(found)
        if found.kind == "assign":
            return self._of_alias(found)
        if found.kind == "foreign" and found.module in _TYPING:
            return _of_standard(found.name)
        return UNKNOWN

    def _of_class(self, found: Definition) -> Type:
        statement = tree_of(found.text)
        node = statement if isinstance(statement, ast.ClassDef) else None
        return self.object_of(Ref(module=found.module, name=found.name), node)

    def object_of(self, ref: Ref, node: ast.ClassDef | None) -> Type:
        """An object of the class; a TypedDict's are dicts."""
        if node is not None and self._is_typed_dict(node, ref.module, 0):
            return builtin("dict")
        return (Instance(ref=ref),)

    def _is_typed_dict(self, statement: ast.ClassDef, module: str, depth: int) -> bool:
        for base in statement.bases:
            for found in self.definitions(base, module):
                if found.kind == "foreign" and found.name == "TypedDict":
                    return True
                inner = tree_of(found.text) if found.kind == "class" and depth < _DEPTH else None
                if isinstance(inner, ast.ClassDef) and self._is_typed_dict(inner, found.module, depth + 1):
                    return True
        return False

    def _of_alias(self, found: Definition) -> Type:
        """`X = A | B`, `X: TypeAlias = ...`, `type X = ...`, `X = TypeVar("X")`."""
        if found not in self._aliases:
            self._aliases[found] = UNKNOWN  # while it is read: an alias that names itself
            statement = tree_of(found.text)
            value = getattr(statement, "value", None)
            if isinstance(value, ast.Call):
                self._aliases[found] = self._of_type_variable(value, found.name)
            elif isinstance(value, ast.expr):
                self._aliases[found] = self.values(value, found.module)
        return self._aliases[found]

    def _of_type_variable(self, call: ast.Call, name: str) -> Type:
        called = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
        return (Variable(name=name),) if called == "TypeVar" else UNKNOWN

    def _of_subscript(self, node: ast.Subscript, module: str) -> Type:
        inside = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        found: list[Type] = []
        for each in self.definitions(node.value, module):
            if each.kind == "foreign" and each.module in _TYPING:
                found.append(self._of_generic(each.name, inside, module))
            elif each.kind in ("class", "assign"):
                found.append(self._of_definition(each))
            elif each.kind == "foreign" and each.name in _TRANSPARENT:
                found.append(self.values(inside[0], module))
            else:
                found.append(UNKNOWN)
        return union(found) or UNKNOWN

    def _of_generic(self, name: str, inside: list[ast.expr], module: str) -> Type:
        name = _OLD_NAMES.get(name, name)
        if name == "Union":
            return union([self.values(each, module) for each in inside])
        if name == "Optional":
            return union([self.values(inside[0], module), NOTHING])
        if name == "Literal":
            constants = tuple(each.value for each in inside if isinstance(each, ast.Constant))
            return (LiteralOf(values=constants),) if len(constants) == len(inside) else UNKNOWN
        if name in _TRANSPARENT:
            return self.values(inside[0], module)
        if name == "tuple":
            return builtin("tuple", *(self.values(each, module) for each in inside))
        if name in ("type", "Type"):
            return self.classes(inside[0], module)
        if name in (*ITERATES, "dict", "Mapping", "MutableMapping", "Awaitable", "Coroutine", "Queue"):
            return builtin(name, *(self.values(each, module) for each in inside))
        return UNKNOWN

    def classes(self, node: ast.expr, module: str) -> Type:
        """The classes that an expression such as the second argument of isinstance names."""
        values = self.values(node, module)
        return tuple(
            ClassObject(ref=each.ref) if isinstance(each, Instance) else Unknown() for each in values
        )

    def module_object(self, name: str) -> Type:
        """What `import name` binds."""
        return (ModuleObject(name=name),) if self._world.looks_at(name) else UNKNOWN

    def objects(self, module: str, name: str) -> Type | None:
        """What the plain name is as a value; None where the module certainly has no such name."""
        found = self._world.find(module, name)
        return union([self._object(each) for each in found]) if found else None

    def _object(self, found: Definition) -> Type:
        ref = Ref(module=found.module, name=found.name)
        if found.kind == "class":
            return (ClassObject(ref=ref),)
        if found.kind == "function":
            return (FunctionObject(ref=ref, text=found.text),)
        if found.kind == "module":
            return (ModuleObject(name=found.module),)
        if found.kind == "assign" and self._depth < _DEPTH:
            self._depth += 1
            try:
                return self._of_assigned(found)
            finally:
                self._depth -= 1
        return UNKNOWN

    def _of_assigned(self, found: Definition) -> Type:
        statement = tree_of(found.text)
        if isinstance(statement, ast.AnnAssign):
            annotation = statement.annotation
            named = annotation.id if isinstance(annotation, ast.Name) else getattr(annotation, "attr", "")
            return UNKNOWN if named in ("TypeAlias", "Final") else self.values(annotation, found.module)
        value = statement.value if isinstance(statement, ast.Assign) else None
        if isinstance(value, ast.Name | ast.Attribute):
            definitions = self.definitions(value, found.module)
            return union([self._object(each) for each in definitions if each != found]) or UNKNOWN
        return UNKNOWN


def _of_standard(name: str) -> Type:
    name = _OLD_NAMES.get(name, name)
    if name == "None":
        return NOTHING
    return builtin(name) if name in _PLAIN else UNKNOWN
