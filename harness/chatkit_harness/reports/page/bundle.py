"""Scripts that import each other, as one script: a page that is opened from disk can load no other file.

What is understood is what these scripts use: `import { a, b as c } from "./other.js";` and `export` before a
declaration. Each module keeps a scope of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_IMPORT = re.compile(r'^import\s*\{([^}]*)\}\s*from\s*"\./([\w.]+)\.js";\n?', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async function\*?|function\*?|const|let|class) *(\w+))", re.MULTILINE)
_LEFT = re.compile(r"^(?:import|export)\b.*$", re.MULTILINE)


def bundle(entry: str, read: Callable[[str], str]) -> str:
    """The module `entry` (without `.js`) and all that it imports as one classic script.

    Raises ValueError for a circle of imports, and for a form that is not understood.
    """
    done: dict[str, str] = {}
    _take(entry, read, done, ())
    body = "\n".join(done.values())
    return f'"use strict";\n(() => {{\n{body}\n}})();\n'


def _take(name: str, read: Callable[[str], str], done: dict[str, str], above: tuple[str, ...]) -> None:
    if name in above:
        raise ValueError(f"the scripts import each other in a circle: {' -> '.join((*above, name))}")
    if name in done:
        return
    text = read(f"{name}.js")
    for found in _IMPORT.finditer(text):
        _take(found.group(2), read, done, (*above, name))
    done[name] = _module(name, text)


def _module(name: str, text: str) -> str:
    names = _EXPORT.findall(text)
    plain = _EXPORT.sub("", _IMPORT.sub(_taken, text))
    left = _LEFT.search(plain)
    if left:
        raise ValueError(f"{name}.js: cannot be joined with the others: {left.group(0)[:80]}")
    return f"const {_variable(name)} = (() => {{\n{plain}\nreturn {{ {', '.join(names)} }};\n}})();"


def _taken(found: re.Match[str]) -> str:
    names = ", ".join(
        each.strip().replace(" as ", ": ") for each in found.group(1).split(",") if each.strip()
    )
    return f"const {{ {names} }} = {_variable(found.group(2))};\n"


def _variable(name: str) -> str:
    return f"module_{name.replace('.', '_')}"
