"""Which fields of a workflow's input have to be given, as far as its file shows."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .source import definition

TEXT = "input_as_text"


def required_inputs(tree: ast.Module, function: str) -> tuple[str, ...]:
    """The fields without a default of the class that the function takes, but the one for the user's words.

    Empty where the class is not in this file.
    """
    found = definition(tree, _annotated(tree, function)) or definition(tree, "WorkflowInput")
    if not isinstance(found, ast.ClassDef):
        return ()
    fields = dict(_fields(tree, found, depth=0))
    required = [name for name, needed in fields.items() if needed and name != TEXT]
    # A lone field of another name is the one for the user's words.
    return () if TEXT not in fields and len(required) == 1 else tuple(required)


def _annotated(tree: ast.Module, function: str) -> str:
    """The name in the annotation of the function's first parameter; empty where there is none."""
    found = definition(tree, function)
    if not isinstance(found, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return ""
    taken = [*found.args.posonlyargs, *found.args.args]
    note = taken[0].annotation if taken else None
    if isinstance(note, ast.Constant) and isinstance(note.value, str):
        return note.value.strip()
    names = [node.id for node in ast.walk(note) if isinstance(node, ast.Name)] if note is not None else []
    return next((name for name in names if isinstance(definition(tree, name), ast.ClassDef)), "")


def _fields(tree: ast.Module, kind: ast.ClassDef, *, depth: int) -> Iterator[tuple[str, bool]]:
    """Each field with whether it has to be given, inherited ones first."""
    for base in kind.bases:
        above = definition(tree, base.id) if isinstance(base, ast.Name) else None
        if isinstance(above, ast.ClassDef) and above is not kind and depth < 10:
            yield from _fields(tree, above, depth=depth + 1)
    for each in kind.body:
        if not isinstance(each, ast.AnnAssign) or not isinstance(each.target, ast.Name):
            continue
        if not each.target.id.startswith("_") and "ClassVar" not in ast.dump(each.annotation):
            yield each.target.id, _has_no_default(each.value)


def _has_no_default(value: ast.expr | None) -> bool:
    if value is None or _is_ellipsis(value):
        return True
    if not isinstance(value, ast.Call) or "'Field'" not in ast.dump(value.func):
        return False
    given = {each.arg: each.value for each in value.keywords}
    if value.args:
        return _is_ellipsis(value.args[0])
    return _is_ellipsis(given.get("default")) if "default" in given else "default_factory" not in given


def _is_ellipsis(value: ast.expr | None) -> bool:
    return isinstance(value, ast.Constant) and value.value is ...
