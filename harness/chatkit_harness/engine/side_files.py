"""The files that say what a side is: where each is read, and the copies that are kept of them."""

from __future__ import annotations

import os
import posixpath
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from chatkit_harness.checkout.project import files_beside
from chatkit_harness.checkout.requirement_files import included
from chatkit_harness.core.errors import ConfigurationError
from chatkit_harness.results import write_whole

from .git_files import Revision, open_revision

_LARGEST = 50_000_000
"""A file beyond this is no lock that anybody wrote."""

Read = Callable[[str, str], bytes | None]
"""A file's content by its path, None where it cannot be read; and by whom it is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SideFiles:
    """A side's file: where it is read, and by which path its repository, or the user, knows it.

    `copies` and `known` say how paths of `file` and of what it includes begin, and how the user writes that.
    `more` are the files that are read with it, as `place` and `file`.
    """

    file: Path
    place: str
    copies: str
    known: str
    more: tuple[tuple[str, Path], ...] = ()


def working_file(culprit: str, path: Path, copies: Path) -> SideFiles:
    """A file that is read where it lies; it and what it includes are copied.

    Raises ConfigurationError where it cannot be read, and OutputError where no copy can be written.
    """
    whole = Path(os.path.abspath(path)).as_posix()  # noqa: PTH100 - links stay as the user's tools see them

    def read(place: str, _asked_by: str) -> bytes | None:
        try:
            return _content(culprit, Path(place))
        except ConfigurationError:
            if place == whole:
                raise
            return None  # whoever needs it tells so, with the line

    found = _gathered(whole, read)
    _copied(found, copies)
    more = tuple((each, Path(each)) for each in found if each != whole)
    return SideFiles(file=path, place=str(path), copies=str(path), known=str(path), more=more)


def _content(culprit: str, path: Path) -> bytes:
    try:
        if not path.is_file():  # reading a pipe would leave nothing in it
            raise ConfigurationError(culprit, "It is no plain file.", "Write it to one first.")
        size = path.stat().st_size
        if size > _LARGEST:
            raise ConfigurationError(culprit, f"It is {size:,} bytes long.", "Name a lock file.")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise ConfigurationError(culprit, f"It cannot be read ({why}).", "Name a file that can.") from None


def revision_file(culprit: str, name: str, inside: str, folder: Path, copies: Path) -> SideFiles:
    """A revision's file, which is read from a copy, as is what it includes: all of that revision.

    Raises ConfigurationError where git has no such revision or file, and OutputError where no copy can be
    written.
    """
    revision = open_revision(culprit, name, folder)
    place = _place(revision, inside)

    def read(path: str, asked_by: str) -> bytes | None:
        if posixpath.isabs(path) or path.startswith("../"):
            raise ConfigurationError(
                f"{culprit.partition(' ')[0]} {name}:{asked_by}",
                "It includes a file from outside of the repository, which no revision has.",
                "Name a file that is whole, such as a lock.",
            )
        return revision.read(path)

    found = _gathered(place, read)
    above = _copied(found, copies)
    files = {path: copies / posixpath.relpath(path, above or ".") for path in found}
    return SideFiles(
        file=files.pop(place),
        place=place,
        copies=f"{copies}{os.sep}",
        known=f"{name}:{above}/" if above else f"{name}:",
        more=tuple(files.items()),
    )


def _place(revision: Revision, inside: str) -> str:
    """The path that is meant, from the top: git reads `./` and `../` from the folder, all else from the top.

    Who is further down often means what is there; so that counts, too, but not where it may be either.
    """
    name = revision.name
    here, top = posixpath.normpath(posixpath.join(revision.prefix, inside)), posixpath.normpath(inside)
    relative = inside.startswith(("./", "../")) or inside in (".", "..")
    meant = [here] if relative else [*dict.fromkeys([here, top])]
    found = {path: entry for path in meant if (entry := revision.find(path))}
    files = [path for path, entry in found.items() if entry.kind == "blob"]
    if len(files) > 1 and _differ(revision, files):
        up = posixpath.relpath(top, revision.prefix)
        raise ConfigurationError(
            revision.culprit,
            f"That revision has {top!r} at its top and {here!r}, and they are not the same.",
            f"Write {name}:./{inside} or {name}:{here} for this folder's, {name}:{up} for the other.",
        )
    if files:
        return files[0]
    if found:
        what = "a folder" if any(entry.kind == "tree" for entry in found.values()) else "a submodule"
        raise ConfigurationError(
            revision.culprit, f"In that revision it is {what}.", "Name the lock file in it, as REV:FILE."
        )
    close = revision.like(here if relative else top)
    step = f"Did you mean {name}:{close}?" if close else "Name a file of that revision."
    raise ConfigurationError(revision.culprit, f"That revision has no file {inside!r}.", step)


def _differ(revision: Revision, files: Iterable[str]) -> bool:
    """Whether it matters which of the files is meant: what they include lies beside them."""
    contents = {revision.read(path) for path in files}
    return len(contents) > 1 or any(content and included(content) for content in contents)


def _gathered(place: str, read: Read) -> dict[str, bytes | None]:
    """A file and all that is read with it, by path; None for what cannot be read."""
    found: dict[str, bytes | None] = {}
    waiting = [(place, place)]
    while waiting:
        path, asked_by = waiting.pop()
        if path not in found:
            content = found[path] = read(path, asked_by)
            folder = posixpath.dirname(path)
            if content is not None:
                named = _named(path, content, first=path == place)
                waiting += [(posixpath.normpath(posixpath.join(folder, each)), by) for each, by in named]
    return found


def _named(path: str, content: bytes, *, first: bool) -> list[tuple[str, str]]:
    """What is read because of a file, as it names it, and where it does."""
    name = posixpath.basename(path)
    if name == "uv.lock":
        return [("pyproject.toml", path)]  # it says which groups are the default
    if name == "pyproject.toml" and first:
        return [(each, path) for each in files_beside(content)]
    if name.endswith((".toml", ".lock")):
        return []
    return [(each, f"{path}:{line}") for line, each in included(content)]


def _copied(files: Mapping[str, bytes | None], copies: Path) -> str:
    """Write the copies, laid out as the files are, into a folder of their own; what stands above them all."""
    shutil.rmtree(copies, ignore_errors=True)
    above = posixpath.commonpath([posixpath.dirname(path) for path in files])
    for path, content in files.items():
        if content is not None:
            write_whole(copies / posixpath.relpath(path, above or "."), content)
    return above
