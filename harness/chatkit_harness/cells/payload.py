"""What the harness puts on a cell's path: `incell/` and `reference/`, alone, in a folder named by content.

A folder of their own is what keeps everything else of the host's environment out of a cell's reach.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from chatkit_harness.machine.cache import Cache, not_written

ROOMS = ("incell", "reference")
ENTRY = Path("chatkit_harness/incell/run_cell.py")
_TITLE = '"""Only what runs inside a cell."""\n'


def payload(cache: Cache) -> Path:
    """The payload folder for this version of the harness, made once, and again where it is not whole.

    Raises OutputError where it cannot be written.
    """
    source = own_code()
    files = _files(source)
    target = cache.folder("payloads") / _digest(source, files)
    if _whole(source, files, target):
        return target
    with cache.lock(target):
        if not _whole(source, files, target):
            try:
                _copy(source, files, target)
            except OSError as error:
                raise not_written(target, error) from None
    return target


def own_code() -> Path:
    """The harness's own folder."""
    return Path(__file__).resolve().parent.parent


def is_current(target: Path) -> bool:
    """Whether the harness's own code is still what a payload was made of: its name is a digest of that."""
    source = own_code()
    try:
        return target.name == _digest(source, _files(source))
    except OSError:  # a file went while it was read
        return False


def is_whole(target: Path) -> bool:
    """Whether a payload of this version of the harness is as it was made."""
    source = own_code()
    return _whole(source, _files(source), target)


def _files(source: Path) -> list[Path]:
    """What of the harness goes into a cell."""
    return sorted(path for room in ROOMS for path in (source / room).rglob("*") if _goes(path))


def _digest(source: Path, files: Sequence[Path]) -> str:
    hasher = hashlib.sha256()
    for path in files:
        hasher.update(str(path.relative_to(source)).encode() + b"\0" + path.read_bytes() + b"\0")
    return hasher.hexdigest()[:16]


def _goes(path: Path) -> bool:
    """Modules, and what they read beside them; neither what Python made of them nor an editor's leavings."""
    # Python writes its own beside them at any time, under names that are gone the next moment.
    if "__pycache__" in path.parts or path.suffix == ".pyc":
        return False
    if path.name.startswith(".") or path.name.endswith("~"):
        return False
    return path.is_file()


def _whole(source: Path, files: Sequence[Path], target: Path) -> bool:
    """Whether each file is there as it is in the harness: a cache may be cut short, or tampered with."""
    package = target / "chatkit_harness"
    try:
        copies = [(package / path.relative_to(source), path) for path in files]
        return (package / "__init__.py").read_text(encoding="utf-8") == _TITLE and all(
            copy.read_bytes() == path.read_bytes() for copy, path in copies
        )
    except (OSError, ValueError):
        return False


def _copy(source: Path, files: Sequence[Path], target: Path) -> None:
    staging = Path(tempfile.mkdtemp(dir=target.parent, prefix=".payload-"))
    try:
        package = staging / "chatkit_harness"
        package.mkdir()
        (package / "__init__.py").write_text(_TITLE, encoding="utf-8")
        for path in files:
            copy = package / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
        if target.exists():  # it is not whole
            shutil.rmtree(target)
        staging.rename(target)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
