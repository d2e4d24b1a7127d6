"""Writes the single-file form: the sources of this folder in one file that any Python can start."""

from __future__ import annotations

import ast
from pathlib import Path

from chatkit_harness import __version__

MARK = "# chatkit-harness doctor, single-file form"
_ENTRY, _CARRIED = "alone", ("inside",)
_NAME = "chatkit_doctor"

_HEAD = """#!/usr/bin/env python3
{mark}, {version}.
#
# Says why ChatKit cannot be imported in the Python that runs this file, and what cures it:
#     python {name} [--format json] [--fix] [--help]
# Standard library only. Changes nothing without --fix. Generated: change the project, not this file.
import sys

if sys.version_info < (3, 8):
    sys.stderr.write(
        "This is Python %d.%d; no release of openai-chatkit or openai-agents runs on it.\\n"
        "Make an environment with Python 3.10 or newer.\\n" % sys.version_info[:2]
    )
    sys.exit(3)

SOURCES = {{}}
"""
_TAIL = '''

def start():
    """Load the sources as modules of one package, in order, and run the last one."""
    import os

    # Only the standard library may be found from here: what lies beside this file, or on PYTHONPATH, could
    # take its place.
    library = os.path.dirname(os.path.abspath(os.__file__))
    sys.path[:] = [
        each
        for each in sys.path
        if each and os.path.abspath(each).startswith((library, sys.base_prefix))
        and not os.path.abspath(each).endswith("-packages")
    ]
    import linecache
    import types

    package = types.ModuleType("{name}")
    package.__path__ = []
    package.SOURCES = SOURCES
    sys.modules["{name}"] = package
    for name, source in SOURCES.items():
        if name in {carried!r}:
            continue
        file = "<%s: %s>" % (os.path.basename(__file__), name)
        linecache.cache[file] = (len(source), None, source.splitlines(True), file)
        module = types.ModuleType("{name}." + name)
        module.__package__ = "{name}"
        module.__file__ = file
        sys.modules["{name}." + name] = module
        setattr(package, name, module)
        exec(compile(source, file, "exec"), vars(module))
    return sys.modules["{name}.{entry}"].main()


if __name__ == "__main__":
    sys.exit(start())
'''


def single_file(name: str) -> str:
    """The text of the single-file form, as it is to be called `name`."""
    folder = Path(__file__).parent
    parts = [_HEAD.format(mark=MARK, version=__version__, name=name)]
    for module in [*_CARRIED, *_in_order(folder)]:
        source = (folder / f"{module}.py").read_text(encoding="utf-8")
        if "'''" in source:  # the sources are carried in such quotes
            raise ValueError(f"{module}.py holds three single quotes")
        parts.append(f"\nSOURCES[{module!r}] = r'''{source}'''\n")
    return "".join([*parts, _TAIL.format(name=_NAME, carried=_CARRIED, entry=_ENTRY)])


def _in_order(folder: Path) -> list[str]:
    """The modules that the command line needs, each after those that it imports."""
    found: list[str] = []

    def visit(module: str) -> None:
        tree = ast.parse((folder / f"{module}.py").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.level == 1 and node.module not in (None, *found):
                visit(str(node.module))
        if module not in found:
            found.append(module)

    visit(_ENTRY)
    return found
