"""What reading source gives: names that are used, names that are there, names that are lacking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["name", "argument", "required", "value"]
"""What is wrong: a name that is not there; an argument that nothing takes; one that is required and left out;
a constant that is none of those that its field takes."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Place:
    """A line of a source file; `file` is relative to the folder that holds the package."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Use:
    """A name of another package that a source file needs.

    `guarded` is whether its lack would do no harm: inside `try`/`except ImportError`, `if TYPE_CHECKING`, or
    behind a test of a version.
    """

    name: str
    place: Place
    guarded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Provided:
    """The names that a module offers; `open` where it may offer any other name besides.

    `there` is False where the release has no such module at all.
    """

    names: frozenset[str] = frozenset()
    open: bool = False
    there: bool = True


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Lack:
    """What a package uses and the other one has not.

    `name` is the dotted name that is lacking or called, `argument` the argument that is too many or left out.
    `places` are all lines that use it so. `guarded` makes it a note: the code is prepared for the lack, or
    only some data would show it.
    """

    name: str
    kind: Kind
    places: tuple[Place, ...]
    argument: str = ""
    guarded: bool = False

    def __str__(self) -> str:
        more = len(self.places) - 1
        others = f" and {more} more" if more else ""
        return f"{_words(self)} ({self.places[0]}{others})"


def _words(lack: Lack) -> str:
    if lack.kind == "argument":
        return f"{lack.name} takes no argument {lack.argument}"
    if lack.kind == "required":
        return f"{lack.name} is called without {lack.argument}, which it requires"
    if lack.kind == "value":
        return f"{lack.name} takes no {lack.argument}"
    return lack.name
