"""Files of layers: what a joint installation brought, shared out to the distributions that it belongs to."""

from __future__ import annotations

import contextlib
import csv
import posixpath
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from chatkit_harness.core.errors import OutputError
from chatkit_harness.machine.cache import ENVIRONMENT_VARIABLE, Cache, DisturbedError, not_written
from chatkit_harness.machine.uv import UvResult, shortened

from .integrity import distribution, harmless, record, site_packages

Key = tuple[str, str]
"""A distribution by its normalised name and version."""

_Row = tuple[tuple[str, ...], Key]


@contextlib.contextmanager
def written(cache: Cache) -> Iterator[None]:
    """Tell a disk that cannot be written, or that somebody else writes to, as what it is."""
    try:
        yield
    except OSError as error:
        raise not_written(error.filename or cache.root, error) from None


def no_room(cache: Cache, done: UvResult) -> OutputError:
    """The error of a call of uv that could not write what it had to; what it was writing comes last."""
    return OutputError(
        str(cache.root),
        f"The cache cannot be written ({done.no_room}): {shortened(done.stderr, limit=300)}",
        f"Free space there, or set {ENVIRONMENT_VARIABLE} to another folder.",
    )


def disturbed(culprit: str, done: UvResult) -> DisturbedError:
    """The error of a call of uv that found files gone, or there already."""
    why = shortened(done.stderr, limit=300)
    return DisturbedError(culprit, f"Somebody else changed the cache meanwhile: {why}")


def remove(path: Path) -> None:
    """Whatever lies at `path` is gone, a folder, a file or a link; nothing there is fine too."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def publish(staging: Path, target: Path) -> None:
    """Put a finished folder in its place at once; what was there before is moved away as a whole."""
    if target.exists() or target.is_symlink():
        gone = target.with_name(f".{target.name}.gone")
        remove(gone)
        target.rename(gone)
        staging.rename(target)
        remove(gone)
    else:
        staging.rename(target)


@dataclass(slots=True)
class _Plan:
    """What is moved where; `clashing` distributions bring one path twice, `unclear` is nobody's."""

    moves: list[tuple[Path, Key]] = field(default_factory=list)
    clashing: set[Key] = field(default_factory=set)
    unclear: bool = False


def share_out(prefix: Path, folders: Mapping[Key, Path]) -> set[Key]:
    """Move each distribution of a joint installation into its folder, at the same place below it.

    Gives the distributions that were moved whole. The others have to be installed alone: those that bring
    a path that another brings too, those without a RECORD to go by, and all where a file is nobody's.
    """
    packages = site_packages(prefix)
    if packages is None:
        return set()
    rows, unread = _rows(prefix, packages, folders)
    plan = _Plan(clashing=unread)
    _divide(prefix, (), rows, plan)
    if plan.unclear or unread:
        return set()
    for path, owner in plan.moves:
        if owner not in plan.clashing:
            _move(prefix / path, folders[owner] / path)
    return set(folders) - plan.clashing


def _rows(prefix: Path, packages: Path, wanted: Iterable[Key]) -> tuple[list[_Row], set[Key]]:
    """Each recorded path below `prefix` with its owner, and who has no RECORD that can be followed."""
    base = packages.relative_to(prefix).as_posix()
    rows: list[_Row] = []
    unread = set(wanted)
    for info in packages.glob("*.dist-info"):
        key = distribution(info)
        try:
            paths = [posixpath.normpath(f"{base}/{path}") for path, _checksum, _size in record(info)]
        except (OSError, ValueError, csv.Error):
            continue
        rows += [(tuple(path.split("/")), key) for path in paths]
        rows.append(((*base.split("/"), info.name), key))
        unread ^= {key}  # read now; or never asked for, or there twice: then nothing here is clear
    return rows, unread


def _divide(prefix: Path, place: tuple[str, ...], rows: Iterable[_Row], plan: _Plan) -> None:
    """Whole folders where they have one owner; where they have several, a level deeper."""
    groups: dict[str, list[_Row]] = {}
    for row in rows:
        if len(row[0]) > len(place):
            groups.setdefault(row[0][len(place)], []).append(row)
    for name, group in groups.items():
        inside = (*place, name)
        owners = {owner for _path, owner in group}
        if len(owners) == 1:
            plan.moves.append((Path(*inside), owners.pop()))
        elif any(len(path) == len(inside) for path, _owner in group):
            plan.clashing |= owners
        else:
            _divide(prefix, inside, group, plan)
    folder = prefix.joinpath(*place)
    for entry in folder.iterdir() if folder.is_dir() else ():
        if entry.name not in groups and not _nothing(entry, place):
            plan.unclear = True


def _nothing(entry: Path, place: tuple[str, ...]) -> bool:
    """What no distribution misses: uv's own lock file, and empty folders that cannot be imported."""
    return harmless(entry) or (not place and entry.name == ".lock")


def _move(source: Path, target: Path) -> None:
    if source.exists() or source.is_symlink():  # a RECORD may name what the wheel did not bring
        target.parent.mkdir(parents=True, exist_ok=True)
        source.rename(target)
