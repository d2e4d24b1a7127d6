"""A release's package as source: its modules found, read when asked for, and what each of their names is."""

from __future__ import annotations

import hashlib
import os
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from weakref import WeakValueDictionary

from .interface import interface, members
from .source import Bound, SourceFile, Unit, absolute, read_source

_IMPORTS = re.compile(
    r"^from[ \t]+(?P<dots>\.*)(?P<module>[\w.]*)[ \t]+import[ \t]*(?P<names>\([^)]*\)|[^\n]*)"
    r"|^import[ \t]+(?P<plain>[^\n]*)",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """What a name of a module is: a definition's interface (a class's first lines), an import's target.

    `kind`: class, function, assign, import, module, member (of a class), open (anything), star (perhaps from
    there), missing (there is no such module).
    """

    kind: str
    text: str = ""


Answer = tuple[Binding, ...]
"""All that a name may be bound to; empty where the module has no such name."""

_OPEN: Answer = (Binding(kind="open"),)


class Shelf:
    """What releases share: files of the same content are read once, equal answers are one number."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._files: WeakValueDictionary[tuple[bytes, str], SourceFile] = WeakValueDictionary()
        self._numbers: dict[Answer, int] = {}
        self._answers: list[Answer] = []
        self._queries: dict[tuple[str, str], tuple[str, str]] = {}
        self.missing = self.number((Binding(kind="missing"),))

    def file(self, text: str, module: str, *, is_package: bool) -> SourceFile:
        """A file as it is read, from memory where the same text was read before under that name."""
        digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        found = self._files.get((digest, module))
        if found is None:
            found = self._files[digest, module] = read_source(text, module, is_package=is_package)
        return found

    def number(self, answer: Answer) -> int:
        """The number of an answer, the same for equal ones."""
        if answer not in self._numbers:
            self._numbers[answer] = len(self._answers)
            self._answers.append(answer)
        return self._numbers[answer]

    def query(self, module: str, name: str) -> tuple[str, str]:
        """The same tuple for the same question."""
        found = (module, name)
        return self._queries.setdefault(found, found)

    def answer(self, number: int) -> Answer:
        """The answer of a number."""
        return self._answers[number]


class Release:
    """The package `package` below `folder`, which is like a site-packages folder."""

    def __init__(self, folder: Path, package: str, shelf: Shelf) -> None:
        self.folder, self.package = folder, package
        self._shelf = shelf
        self._paths: dict[str, tuple[Path, bool] | None] = {}
        self._files: dict[str, SourceFile | None] = {}
        self._folders: dict[Path, frozenset[str]] = {}
        self._numbers: dict[str, dict[str, int]] = {}
        self._lines: tuple[str, list[str]] = ("", [])

    def number(self, module: str, name: str) -> int:
        """The number of the answer to what `name` of `module` is."""
        known = self._numbers.get(module)
        if known is None:
            source = self.file(module)
            if source is None:
                return self._shelf.missing
            # What a file says is the same in each release that has it; what lies beside a package's is not.
            known = self._numbers[module] = {} if source.is_package else source.numbers
        found = known.get(name)
        if found is None:
            source = self.file(module)
            answer = self._answer(module, source, name) if source else ()
            found = known[name] = self._shelf.number(answer)
        return found

    def path(self, module: str) -> tuple[Path, bool] | None:
        """A module's file and whether it is a package's own; None where there is none.

        The file of a folder without `__init__.py` is the folder, that of a compiled module is its library.
        """
        if module not in self._paths:
            self._paths[module] = self._find(module)
        return self._paths[module]

    def file(self, module: str) -> SourceFile | None:
        """A module as read, None where there is none."""
        if module not in self._files:
            self._files[module] = self._read(module)
        return self._files[module]

    def _read(self, module: str) -> SourceFile | None:
        found = self.path(module)
        if found is None:
            return None
        path, is_package = found
        if path.is_dir():
            return SourceFile(is_package=True)
        if path.suffix != ".py":
            return SourceFile(open=True)
        return self._shelf.file(_text(path), module, is_package=is_package)

    def holds(self, module: str) -> bool:
        """Whether a module is the package or inside it."""
        return module == self.package or module.startswith(f"{self.package}.")

    def parent(self, module: str) -> str:
        """What a module's relative imports start from: a package itself, of any other module its package."""
        found = self.path(module)
        return module if found is not None and found[1] else module.rpartition(".")[0]

    def relative(self, module: str) -> str:
        """A module's file as told to users: `agents/items.py`."""
        found = self.path(module)
        return found[0].relative_to(self.folder).as_posix() if found else module

    def source(self, module: str, unit: Unit | Bound) -> str:
        """The text of a piece of a module; the lines of the last module asked for are kept."""
        if self._lines[0] != module:
            found = self.path(module)
            self._lines = (module, _text(found[0]).splitlines(keepends=True) if found else [])
        return "".join(self._lines[1][unit.first - 1 : unit.last])

    def modules(self) -> Iterator[str]:
        """All modules of the package, by name."""
        top = self.folder / self.package
        if top.is_dir():
            for path in sorted(top.rglob("*.py")):
                parts = path.relative_to(self.folder).with_suffix("").parts
                yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        elif top.with_suffix(".py").is_file():
            yield self.package

    def children(self, module: str) -> Iterator[str]:
        """The names of a package's submodules."""
        found = self.path(module)
        if found is None or not found[1]:
            return
        folder = found[0] if found[0].is_dir() else found[0].parent
        for each in sorted(self._entries(folder)):
            name = each.partition(".")[0]
            if name.isidentifier() and name != "__init__" and self.path(f"{module}.{name}"):
                yield name

    def imported(self, word: str) -> Iterator[str]:
        """The modules that importing the package imports of itself, those whose text holds `word`."""
        waiting, seen = [self.package], {self.package}
        while waiting:
            module = waiting.pop()
            found = self.path(module)
            if found is None or found[0].suffix != ".py":
                continue
            text = _text(found[0])
            if word in text:
                yield module
            for other in _named(text, self.parent(module)):
                for each in _with_parents(other):
                    if each not in seen and self.holds(each) and self.path(each):
                        seen.add(each)
                        waiting.append(each)

    def _answer(self, module: str, source: SourceFile, name: str) -> Answer:
        if "." in name:
            return self._member(module, source, name)
        bindings = {self._binding(module, bound): None for bound in source.names.get(name, ())}
        if source.is_package and self.path(f"{module}.{name}"):
            bindings[Binding(kind="module", text=f"{module}.{name}")] = None
        if bindings and len(bindings) < len(source.names.get(name, ())):
            bindings[Binding(kind="open")] = None  # twice the same first lines need not be the same class
        if bindings:
            return tuple(bindings)
        if source.open or name in source.quoted:
            return _OPEN
        return tuple(Binding(kind="star", text=each) for each in source.stars)

    def _binding(self, module: str, bound: Bound) -> Binding:
        if bound.kind in ("import", "open"):
            return Binding(kind=bound.kind, text=bound.target)
        text = interface(self.source(module, bound))
        if bound.kind == "class" and text:
            text = members(text)[""]
        return Binding(kind=bound.kind, text=text) if text else Binding(kind="open")

    def _member(self, module: str, source: SourceFile, name: str) -> Answer:
        """A part of a class: `Class.name`, `Outer.Inner.name`, `Class.*` for the whole."""
        outer, *inner = name.split(".")
        bounds = source.names.get(outer, ())
        if len(bounds) != 1 or bounds[0].kind != "class":
            return _OPEN
        text = interface(self.source(module, bounds[0]))
        for each in inner:
            text = members(text).get(each, "")
        return (Binding(kind="member", text=text),) if text else ()

    def _find(self, module: str) -> tuple[Path, bool] | None:
        parent, name = self.folder.joinpath(*module.split(".")[:-1]), module.rpartition(".")[2]
        entries = self._entries(parent)
        if name in entries:
            inside = self._entries(parent / name)
            if "__init__.py" in inside:
                return parent / name / "__init__.py", True
            if any(each.endswith(".py") for each in inside):
                return parent / name, True
        if f"{name}.py" in entries:
            return parent / f"{name}.py", False
        for each in sorted(entries):
            if each.startswith(f"{name}.") and each.endswith((".so", ".pyd")):
                return parent / each, False
        return None

    def _entries(self, folder: Path) -> frozenset[str]:
        if folder not in self._folders:
            try:
                self._folders[folder] = frozenset(os.listdir(folder))  # noqa: PTH208 - names are what is wanted
            except OSError:
                self._folders[folder] = frozenset()
        return self._folders[folder]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        return "("  # unreadable: as a text that is no Python, so that it may hold anything


def _named(text: str, package: str) -> Iterator[str]:
    """The modules that a text's unindented imports may mean."""
    for found in _IMPORTS.finditer(text):
        if found["plain"] is not None:
            yield from (each.split()[0] for each in found["plain"].split(",") if each.split())
            continue
        module = absolute(package, found["module"], len(found["dots"]))
        yield module
        for name in re.findall(r"(\w+)(?:\s+as\s+\w+)?", re.sub(r"#[^\n]*", "", found["names"])):
            yield f"{module}.{name}"


def _with_parents(module: str) -> Iterator[str]:
    parts = module.split(".")
    for count in range(1, len(parts) + 1):
        yield ".".join(parts[:count])
