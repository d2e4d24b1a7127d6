"""The user's checkout, read without running it: the server or workflow under test, and what it needs.

server_reference("app.server:create_server", Path.cwd())
workflow_reference("workflow.py:run_workflow", Path.cwd())
project_requirements(reference.project)
"""

from __future__ import annotations

import ast
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from chatkit_harness.core.errors import ConfigurationError, SelectionError, did_you_mean, nearest

from .extras import import_roots_of, missing_extras
from .layout import import_roots, module_file, module_names, project_of
from .project import ProjectRequirements, pair_notes, project_requirements
from .source import definition, parse_file, top_level_names
from .stores import stores_in
from .workflow_inputs import required_inputs

_MODULE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerReference:
    """A server as `--server package.module:factory` names it; `import_root` is where its import begins."""

    module: str
    attribute: str
    file: Path
    project: Path
    import_root: Path
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowReference:
    """An exported workflow as `--workflow FILE[:FUNCTION]` names it.

    `required_inputs` are the fields of its input that have to be given besides the user's words.
    """

    file: Path
    function: str = "run_workflow"
    project: Path
    import_root: Path
    required_inputs: tuple[str, ...] = ()


def server_reference(text: str, cwd: Path, *, option: str = "--server") -> ServerReference:
    """The server that the text names, in a checkout at `cwd`; or what else `option` names so.

    Raises SelectionError, with the nearest name, where there is no such module or name in it, and
    ConfigurationError with the line for a module that is not Python.
    """
    what = option.strip("-")
    roots = import_roots(cwd)
    module, attribute = _parts(text, roots, cwd, option)
    found = module_file(module, roots)
    if found is None:
        raise SelectionError(
            f"{option} {text}",
            f"There is no module {module} below {_shown(roots, cwd)}.",
            _advice(module, module_names(roots), f":{attribute or f'create_{what}'}"),
        )
    root, file = found
    tree = parse_file(file)
    names = top_level_names(tree) if tree is not None else None
    offered = names.offered if names is not None else []
    stores = stores_in(tree, names) if what == "store" and tree is not None and names is not None else []
    if not attribute:
        likely = stores or [name for name in offered if what in name.lower()] or [f"create_{what}"]
        raise SelectionError(
            f"{option} {text}",
            f"It names a module, but not the {what} in it.",
            f"Write {module}:{likely[0]}.",
        )
    if names is not None and names.lacks(attribute.partition(".")[0]):
        raise SelectionError(
            f"{option} {text}",
            f"{file.relative_to(root).as_posix()} has no {attribute}.",
            did_you_mean(attribute, stores or offered),
        )
    return ServerReference(
        module=module,
        attribute=attribute,
        file=file,
        project=project_of(file, cwd),
        import_root=root,
        name=f"{module}:{attribute}",
    )


def require_named(text: str, cwd: Path, *, option: str) -> None:
    """Raise as `server_reference` does, but not for a module that may come with an installed package."""
    roots = import_roots(cwd)
    module, attribute = _parts(text, roots, cwd, option)
    if not attribute or module_file(module, roots) is not None:
        server_reference(text, cwd, option=option)


def _parts(text: str, roots: list[Path], cwd: Path, option: str) -> tuple[str, str]:
    """Module and attribute; the attribute is empty where there is no colon."""
    module, colon, attribute = text.strip().partition(":")
    plain = _MODULE.fullmatch(module) and not module.endswith(".py")
    if plain and (not colon or _MODULE.fullmatch(attribute)):
        return module, attribute
    path = _dotted(cwd / module.replace("\\", "/"), roots)
    function = attribute if _MODULE.fullmatch(attribute) else f"create_{option.strip('-')}"
    raise SelectionError(
        f"{option} {text}",
        "This is not of the form package.module:factory.",
        f"Write {option} {path or 'app.server'}:{function}{'' if path else ', for example'}.",
    )


def _dotted(file: Path, roots: list[Path]) -> str:
    """How Python names a file, by the innermost of the roots that it lies in; empty where it cannot."""
    place = Path(os.path.normpath(file.with_suffix("") if file.suffix == ".py" else file))
    below = [".".join(place.relative_to(root).parts) for root in roots if place.is_relative_to(root)]
    return min((each for each in below if _MODULE.fullmatch(each)), key=len, default="")


def _shown(roots: list[Path], cwd: Path) -> str:
    return " or ".join("./" if root == cwd else str(_relative(root, cwd)) for root in roots)


def _relative(path: Path, cwd: Path) -> Path:
    return path.relative_to(cwd) if path.is_relative_to(cwd) else path


def _advice(wrong: str, valid: list[str], tail: str) -> str:
    close = nearest(wrong, valid, limit=1)
    if not close:  # the folder may be the only thing that is wrong
        close = [name for name in valid if name.rpartition(".")[2] == wrong.rpartition(".")[2]]
    if close:
        return f"Did you mean {close[0]}{tail}?"
    return "Run it in the folder from which Python imports that module."


def workflow_reference(text: str, cwd: Path) -> WorkflowReference:
    """The workflow that the text names; a relative path begins at `cwd`.

    Raises SelectionError, with the nearest name, where there is no such file or function, and
    ConfigurationError for what is not Python.
    """
    file, function = _file_and_function(text.strip(), cwd)
    if file.is_dir():
        raise SelectionError(
            f"--workflow {text}",
            "This is a folder.",
            _offer("Name a file in it", sorted(each.name for each in file.glob("*.py"))),
        )
    if not file.is_file():
        raise SelectionError(f"--workflow {text}", f"There is no file {file}.", _nearest_file(file))
    if file.suffix.lower() != ".py":
        raise ConfigurationError(f"--workflow {text}", "This is not a Python file.", _in_python(file))
    tree = parse_file(file)
    name = function or "run_workflow"
    if tree is not None and top_level_names(tree).lacks(name):
        raise SelectionError(
            f"--workflow {text}", f"{file.name} has no {name}.", _other_function(tree, file, function)
        )
    return WorkflowReference(
        file=file,
        function=name,
        project=project_of(file, cwd),
        import_root=import_roots_of(file)[-1],
        required_inputs=required_inputs(tree, name) if tree is not None else (),
    )


def _file_and_function(text: str, cwd: Path) -> tuple[Path, str]:
    """The file, and the function that stands behind its last colon; a drive's colon is part of the file."""
    whole = cwd / Path(text).expanduser()
    head, colon, tail = text.rpartition(":")
    drive = len(head) == 1 and (sys.platform == "win32" or tail[:1] in ("\\", "/"))
    if not colon or drive or whole.exists():
        return whole.absolute(), ""
    if not tail.isidentifier():
        raise SelectionError(
            f"--workflow {text}", f"{tail!r} is no function's name.", "Write FILE or FILE:FUNCTION."
        )
    return (cwd / Path(head).expanduser()).absolute(), tail


def _nearest_file(file: Path) -> str:
    folder = file.parent
    if not folder.is_dir():
        return f"There is no folder {folder} either: check the path."
    there = [each.name for each in folder.glob("*.py")]
    return did_you_mean(file.name, there) if there else f"{folder} holds no Python file."


def _in_python(file: Path) -> str:
    if file.suffix.lower() in (".ts", ".tsx", ".js", ".mjs"):
        return "In Agent Builder's code dialog choose Agents SDK and Python, and save that."
    return "Name the .py file that was exported."


def _other_function(tree: ast.Module, file: Path, asked: str) -> str:
    names = top_level_names(tree).names
    if asked:
        return did_you_mean(asked, [name for name in names if _callable(tree, name)])
    coroutines = [each for each in sorted(names) if isinstance(definition(tree, each), ast.AsyncFunctionDef)]
    return _offer("Name the function", [f"{file.name}:{each}" for each in coroutines])


def _callable(tree: ast.Module, name: str) -> bool:
    return isinstance(definition(tree, name), (ast.FunctionDef, ast.AsyncFunctionDef))


def _offer(what: str, names: list[str]) -> str:
    if not names:
        return f"{what}; none was found."
    return f"{what}: {', '.join(names[:8])}{', …' if len(names) > 8 else ''}."


__all__ = [
    "ProjectRequirements",
    "ServerReference",
    "WorkflowReference",
    "missing_extras",
    "pair_notes",
    "project_requirements",
    "require_named",
    "server_reference",
    "workflow_reference",
]
