"""Links a stack to its layers: whole packages where one layer brings them, else folder by folder."""

from __future__ import annotations

import errno
import filecmp
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from chatkit_harness.core.errors import BuildError
from chatkit_harness.machine.cache import DisturbedError
from chatkit_harness.machine.interpreters import Interpreter

from .integrity import DEPTH, STAMP, python_of

_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS)
_NO_PRIVILEGE = 1314
"""Windows' word for: this user may not make symbolic links."""

_Source = tuple[str, Path]
"""The name of a distribution, and the folder or file that it brings to a place."""


class Links:
    """Makes the links of one stack, which is built in `staging` and will be used in `final`.

    `made` maps each place in the stack to where it links, or for a copied file to its size.
    """

    def __init__(self, staging: Path, final: Path, interpreter: Interpreter, *, copies: bool) -> None:
        self.made: dict[str, str | int] = {}
        self._root = staging
        self._interpreter = os.fsencode(interpreter.path)
        self._python = os.fsencode(python_of(final))
        self._copies = copies

    def merge(self, packages: Mapping[str, Path]) -> None:
        """Bring in layers, given by their site-packages folders. Raises BuildError where two contradict,
        DisturbedError where one is gone.
        """
        roots = []
        for name, folder in sorted(packages.items()):
            root = folder.parents[DEPTH - 1]
            # Never further up: what is above a layer is none of its files.
            if not (root / STAMP).exists():
                raise DisturbedError(name, "Its layer was deleted while it was used.")
            roots.append((name, root))
        self._merge(self._root, roots)

    @staticmethod
    def holds(place: Path, made: object) -> bool:
        """Whether a place is as `made` says."""
        try:
            if isinstance(made, str):
                return os.readlink(place) == made  # noqa: PTH115 - compared as it was written
            return place.lstat().st_size == made
        except OSError:
            return False

    def _merge(self, target: Path, sources: Sequence[_Source]) -> None:
        brought: dict[str, list[_Source]] = {}
        for owner, folder in sources:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if not (target == self._root and entry.name == STAMP):
                        brought.setdefault(entry.name, []).append((owner, Path(entry.path)))
        for name, several in brought.items():
            place = target / name
            folders = [each for each in several if each[1].is_dir()]
            # Bytecode of single modules is written here: it never reaches into a layer.
            if folders and (len(several) > 1 or name == "__pycache__" or place.is_dir()):
                self._agree(several, len(folders) == len(several))
                place.mkdir(exist_ok=True)
                self._merge(place, folders)
            elif target.name == "__pycache__" and len(several) > 1:
                continue  # of whichever source: the interpreter makes its own
            else:
                same = all(filecmp.cmp(several[0][1], other, shallow=False) for _owner, other in several[1:])
                self._agree(several, same and not place.exists())
                self._put(several[0][1], place)

    def _agree(self, several: Sequence[_Source], agreed: bool) -> None:
        if not agreed:
            raise BuildError(
                ", ".join(owner for owner, _path in several),
                f"They do not agree on {several[0][1].name}, which must be in one environment only once.",
                "Choose other versions of them.",
            )

    def _put(self, source: Path, place: Path) -> None:
        name = place.relative_to(self._root).as_posix()
        script = self._script(source)
        if script is not None:
            place.write_bytes(script)
            shutil.copymode(source, place)
        elif not self._copies and self._link(source, place, name):
            return
        elif source.is_dir():
            place.mkdir()
            for entry in source.iterdir():
                self._put(entry, place / entry.name)
            return
        else:
            shutil.copy2(source, place)
        self.made[name] = place.stat().st_size

    def _link(self, source: Path, place: Path, name: str) -> bool:
        target = os.path.relpath(source, place.parent)
        try:
            place.symlink_to(target, target_is_directory=source.is_dir())
        except OSError as error:
            if error.errno not in _NO_LINKS and getattr(error, "winerror", None) != _NO_PRIVILEGE:
                raise
            self._copies = True
            return False
        self.made[name] = target
        return True

    def _script(self, source: Path) -> bytes | None:
        """A script for the stack's interpreter, where `source` is one for the layers' interpreter."""
        if source.parent.name not in {"bin", "Scripts"} or not source.is_file():
            return None
        content = source.read_bytes()
        head, rest = content[:1024], content[1024:]
        if not head.startswith(b"#!") or self._interpreter not in head:
            return None
        return head.replace(self._interpreter, self._python) + rest
