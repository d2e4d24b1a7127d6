"""Classes: their bases in order, and what each of their attributes is."""

from __future__ import annotations

import ast
import builtins
import copy
from dataclasses import dataclass

from .annotations import Annotations
from .interface import OPEN, tree_of
from .source import FunctionNode
from .types import (
    UNKNOWN,
    ClassObject,
    FunctionObject,
    Instance,
    Ref,
    Type,
    substitute,
)
from .world import World

_BARE_BASES = ("Generic", "Protocol", "ABC")
_HARMLESS_DECORATORS = (
    "dataclass",
    "final",
    "runtime_checkable",
    "total_ordering",
    "deprecated",
    "pydantic_dataclass",
)
_PROPERTIES = ("property", "cached_property", "typed_cached_property", "abstractproperty")
SAME_SIGNATURE = (
    *("staticmethod", "classmethod", "abstractmethod", "override", "final", "overload", "required_args"),
    *("deprecated", "typing_deprecated"),
)
"""Decorators that leave a function's arguments as they are."""
_PYDANTIC = (
    *("copy", "construct", "dict", "json", "parse_obj", "parse_raw", "parse_file", "from_orm", "schema"),
    *("schema_json", "validate", "update_forward_refs"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassBody:
    """A class as written; `node` is its first lines, its body holds nothing of use."""

    ref: Ref
    node: ast.ClassDef


@dataclass(frozen=True, slots=True, kw_only=True)
class Ancestry:
    """A class and its bases, nearest first; `foreign` are bases that are not looked at, `module.name`.

    `open`: a base, a decorator or a metaclass is not understood, so that it may have any attribute.
    """

    bodies: tuple[ClassBody, ...]
    foreign: tuple[str, ...]
    open: bool

    @property
    def is_pydantic(self) -> bool:
        """Whether it is a pydantic model."""
        return "pydantic.BaseModel" in self.foreign


class Classes:
    """Answers about the classes of a world."""

    def __init__(self, world: World, annotations: Annotations) -> None:
        self._world, self._annotations = world, annotations
        self._ancestries: dict[Ref, Ancestry | None] = {}
        self._attributes: dict[tuple[Instance | ClassObject, str], Type | None] = {}

    def body(self, ref: Ref) -> ClassBody | None:
        """A class's own body; None where its name is bound in more than one way."""
        if "." in ref.name:
            nested = self._world.member(ref.module, ref.name)
            node = nested[0] if len(nested) == 1 else None
        else:
            found = self._world.find(ref.module, ref.name)
            node = tree_of(found[0].text) if len(found) == 1 and found[0].kind == "class" else None
        return ClassBody(ref=ref, node=node) if isinstance(node, ast.ClassDef) else None

    def member(self, body: ClassBody, name: str) -> tuple[ast.stmt, ...]:
        """The statements of a class that bind a name."""
        return self._world.member(body.ref.module, f"{body.ref.name}.{name}")

    def whole(self, body: ClassBody) -> list[ast.stmt]:
        """All statements of a class, functions without their bodies."""
        found = self._world.member(body.ref.module, f"{body.ref.name}.*")
        return found[0].body if found and isinstance(found[0], ast.ClassDef) else []

    def annotated(self, annotation: ast.expr, body: ClassBody) -> Type:
        """What something annotated so in a class may be."""
        return self._annotations.values(annotation, body.ref.module)

    def ancestry(self, ref: Ref) -> Ancestry | None:
        """The class and its bases; None where it cannot be read."""
        if ref not in self._ancestries:
            self._ancestries[ref] = None  # while it is read: a class among its own bases
            self._ancestries[ref] = self._ancestry(ref)
        return self._ancestries[ref]

    def _ancestry(self, ref: Ref) -> Ancestry | None:
        body = self.body(ref)
        if body is None:
            return None
        bodies, foreign, is_open = [body], [], not _is_plain(body)
        for base in body.node.bases:
            plain = base.value if isinstance(base, ast.Subscript) else base
            for found in self._annotations.definitions(plain, ref.module) or (None,):
                if found is not None and found.kind == "foreign":
                    if found.name not in _BARE_BASES:
                        foreign.append(f"{found.module}.{found.name}")
                    continue
                inner = (
                    self.ancestry(Ref(module=found.module, name=found.name))
                    if found is not None and found.kind == "class"
                    else None
                )
                if inner is None:
                    is_open = True
                    continue
                bodies += [each for each in inner.bodies if each not in bodies]
                foreign += inner.foreign
                is_open = is_open or inner.open
        return Ancestry(bodies=tuple(bodies), foreign=tuple(foreign), open=is_open)

    def derives(self, ref: Ref, base: Ref) -> bool | None:
        """Whether a class is or derives from another; None where it cannot be told."""
        ancestry = self.ancestry(ref)
        if ancestry is None:
            return True if ref == base else None
        if any(body.ref == base for body in ancestry.bodies):
            return True
        return None if ancestry.open else False

    def generic_base(self, ref: Ref, names: tuple[str, ...]) -> Type:
        """The base of a class that is one of these standard types, with what it holds."""
        ancestry = self.ancestry(ref)
        for body in ancestry.bodies if ancestry else ():
            for base in body.node.bases:
                for atom in self._annotations.values(base, body.ref.module):
                    if getattr(atom, "name", None) in names:
                        return (atom,)
        return UNKNOWN

    def attribute(self, atom: Instance | ClassObject, name: str) -> Type | None:
        """What an attribute of an object or a class is; None where there certainly is none."""
        if (atom, name) not in self._attributes:
            self._attributes[atom, name] = self._attribute(atom, name)
        return self._attributes[atom, name]

    def _attribute(self, atom: Instance | ClassObject, name: str) -> Type | None:
        ancestry = self.ancestry(atom.ref)
        if ancestry is None or name.startswith("__"):
            return UNKNOWN
        for body in ancestry.bodies:
            found = self.member(body, name)
            if found:
                return self._bound(body, found, atom)
        if ancestry.open or any(_is_open(body) for body in ancestry.bodies):
            return UNKNOWN
        return UNKNOWN if any(_foreign_has(base, name) for base in ancestry.foreign) else None

    def takes_extra(self, ref: Ref) -> bool:
        """Whether an object may have attributes that its class does not name, as data brings them."""
        ancestry = self.ancestry(ref)
        if ancestry is None or not ancestry.is_pydantic:
            return False
        return self.extra_fields(ancestry) == "allow"

    def extra_fields(self, ancestry: Ancestry) -> str:
        """What a pydantic model does with fields that it does not name: ignore, allow, forbid, or `?`."""
        for body in ancestry.bodies:
            for statement in self.member(body, "model_config"):
                value = getattr(statement, "value", None)
                if not isinstance(value, ast.Call):
                    return "?"
                for keyword in value.keywords:
                    if keyword.arg == "extra" and isinstance(keyword.value, ast.Constant):
                        return str(keyword.value.value)
            if self.member(body, "Config"):
                return "?"
        return "ignore"

    def _bound(self, body: ClassBody, found: tuple[ast.stmt, ...], atom: Instance | ClassObject) -> Type:
        functions = [each for each in found if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)]
        if functions and len(functions) == len(found):
            return self._of_functions(body, functions, atom)
        if isinstance(atom, ClassObject):
            return UNKNOWN
        hints = [each.annotation for each in found if isinstance(each, ast.AnnAssign)]
        named = [
            each.annotation
            for each in found
            if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
        ]
        chosen = named or hints
        if (
            not chosen
            or (len(chosen) > 1 and len({ast.dump(each) for each in chosen}) > 1)
            or (functions and not named)
        ):
            return UNKNOWN
        return self._without_variables(self._annotations.values(chosen[0], body.ref.module))

    def _of_functions(
        self, body: ClassBody, functions: list[FunctionNode], atom: Instance | ClassObject
    ) -> Type:
        decorators = [decorator_names(each) for each in functions]
        if any(name in _PROPERTIES for name in decorators[0]):
            if isinstance(atom, ClassObject):
                return UNKNOWN
            return self._without_variables(self._annotations.values(functions[0].returns, body.ref.module))
        real = [
            each for each, names in zip(functions, decorators, strict=True) if "overload" not in names
        ] or functions[-1:]
        names = decorator_names(real[-1])
        if len(real) != 1 or any(name not in SAME_SIGNATURE for name in names):
            return UNKNOWN
        is_bound = "staticmethod" not in names and (isinstance(atom, Instance) or "classmethod" in names)
        chosen = copy.copy(real[0])
        if len(functions) > 1:
            chosen.returns = None  # which overload it is, only the arguments tell
        ref = Ref(module=body.ref.module, name=f"{body.ref.name}.{chosen.name}")
        return (FunctionObject(ref=ref, text=ast.unparse(chosen), bound=is_bound),)

    def _without_variables(self, type_: Type) -> Type:
        return substitute(type_, {})


def decorator_names(node: FunctionNode | ast.ClassDef) -> list[str]:
    """The last words of a definition's decorators: `dataclasses.dataclass(frozen=True)` is `dataclass`."""
    found = []
    for each in node.decorator_list:
        plain = each.func if isinstance(each, ast.Call) else each
        found.append(plain.id if isinstance(plain, ast.Name) else getattr(plain, "attr", "?"))
    return found


def _is_plain(body: ClassBody) -> bool:
    if any(name not in _HARMLESS_DECORATORS for name in decorator_names(body.node)):
        return False
    return all(
        each.arg not in (None, "metaclass") or getattr(each.value, "id", "") == "ABCMeta"
        for each in body.node.keywords
    )


def _foreign_has(base: str, name: str) -> bool:
    """Whether a base that is not looked at may have an attribute."""
    module, _dot, plain = base.rpartition(".")
    if base == "pydantic.BaseModel":
        return name.startswith("model_") or name in _PYDANTIC
    known = getattr(builtins, plain, None) if module == "builtins" else None
    return name in dir(known) if isinstance(known, type) else True


def _is_open(body: ClassBody) -> bool:
    """Whether attributes may come that no statement names; see `interface.members`."""
    return any(OPEN in ast.unparse(each) for each in body.node.body) or any(
        getattr(each, "name", "") in ("__getattr__", "__getattribute__") for each in body.node.body
    )
