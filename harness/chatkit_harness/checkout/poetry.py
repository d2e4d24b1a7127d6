"""Dependencies as Poetry wrote them before it read the standard table: `^1.2`, `~1.2`, tables of options."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from packaging.version import InvalidVersion, Version

from .layout import table
from .requirement_files import Declared, Line

_CLAUSE = re.compile(r"\s*(\^|~=|~|===|==|!=|<=|>=|<|>|=)?\s*([^\s,|^~=!<>]+)\s*,?")
_BUILT = ("git", "path", "url", "file")


def poetry_declared(document: Mapping[str, Any], where: str) -> Declared:
    """The main dependencies of `[tool.poetry.dependencies]` as standard requirements."""
    lines: list[Line] = []
    notes: list[str] = []
    place = f"{where} [tool.poetry.dependencies]"
    for name, given in table(document, "tool", "poetry", "dependencies").items():
        if name.lower() == "python":
            continue
        for each in given if isinstance(given, list) else [given]:
            text, note = _requirement(name, each)
            if text is not None:
                lines.append(Line(where=place, text=text))
            if note is not None:
                notes.append(f"{place}: {note}")
    return Declared(lines=tuple(lines), notes=tuple(notes))


def _requirement(name: str, given: Any) -> tuple[str | None, str | None]:
    """The requirement, and what has to be said of it; either may be None."""
    options: Mapping[str, Any] = given if isinstance(given, Mapping) else {"version": given}
    if options.get("optional"):
        return None, None  # an extra, which nobody asked for
    if any(key in options for key in _BUILT):
        return None, (
            f"{name} is left out, since nothing is built from source: where a release of it would do, add "
            f"--with {name}"
        )
    extras = options.get("extras")
    shown = f"{name}[{','.join(map(str, extras))}]" if isinstance(extras, list) and extras else name
    clauses = translated(str(options.get("version", "*")))
    marker = " and ".join(_markers(options))
    tail = f" ; {marker}" if marker else ""
    if clauses is None:
        return (
            f"{shown}{tail}",
            f"{name} {options.get('version')!r} cannot be translated: any version is taken",
        )
    return f"{shown}{','.join(clauses)}{tail}", None


def _markers(options: Mapping[str, Any]) -> Iterator[str]:
    if isinstance(options.get("markers"), str):
        yield f"({options['markers']})"
    for clause in translated(str(options.get("python", "*"))) or []:
        operator, version = re.fullmatch(r"([<>=!~]+)(.*)", clause, re.DOTALL).groups()  # type: ignore[union-attr]  # `translated` gives such
        yield f'python_full_version {operator} "{version}"'
    if isinstance(options.get("platform"), str):
        yield f'sys_platform == "{options["platform"]}"'


def translated(text: str) -> list[str] | None:
    """A range of Poetry's as standard clauses; None for what has no such form, as alternatives have not."""
    clauses: list[str] = []
    position, text = 0, text.strip()
    while position < len(text):
        match = _CLAUSE.match(text, position)
        if match is None:
            return None
        position = match.end()
        found = _clauses(match[1] or "", match[2])
        if found is None:
            return None
        clauses += found
    return clauses


def _clauses(operator: str, version: str) -> list[str] | None:
    if version == "*":
        return []
    if version.endswith(".*"):
        return [f"{operator if operator == '!=' else '=='}{version}"]
    try:
        release = Version(version).release
    except InvalidVersion:
        return None
    if operator == "^":
        last = next((index for index, number in enumerate(release) if number), len(release) - 1)
    elif operator == "~":
        last = min(1, len(release) - 1)
    else:
        return [f"{'==' if operator in ('', '=') else operator}{version}"]
    above = [*release[:last], release[last] + 1]
    return [f">={version}", f"<{'.'.join(map(str, above))}"]
