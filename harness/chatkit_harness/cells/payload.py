"""What the harness puts on a cell's path: `incell/` and `reference/`, alone, in a folder named by content.

A folder of their own is what keeps everything else of the host's environment out of a cell's reach.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from pathlib import Path

from chatkit_harness.machine.cache import Cache

ROOMS = ("incell", "reference")
ENTRY = Path("chatkit_harness/incell/run_cell.py")


def payload(cache: Cache) -> Path:
    """The payload folder for this version of the harness, made once."""
    source = Path(__file__).resolve().parent.parent
    files = sorted(path for room in ROOMS for path in (source / room).rglob("*.py"))
    hasher = hashlib.sha256()
    for path in files:
        hasher.update(str(path.relative_to(source)).encode() + b"\0" + path.read_bytes() + b"\0")
    target = cache.folder("payloads") / hasher.hexdigest()[:16]
    if (target / ENTRY).exists():
        return target
    with cache.lock(target):
        if not (target / ENTRY).exists():
            _copy(source, files, target)
    return target


def _copy(source: Path, files: list[Path], target: Path) -> None:
    staging = Path(tempfile.mkdtemp(dir=target.parent, prefix=".payload-"))
    package = staging / "chatkit_harness"
    package.mkdir()
    (package / "__init__.py").write_text('"""Only what runs inside a cell."""\n', encoding="utf-8")
    for path in files:
        copy = package / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    if target.exists():  # a copy that was cut short
        shutil.rmtree(target)
    staging.rename(target)
