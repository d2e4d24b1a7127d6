"""A wheel in the place of a checkout: unpacked, and never run.

wheel, name = split_wheel("dist/shop-1.0-py3-none-any.whl:shop.server:create_server")
checkout = unpacked(find_wheel(wheel, Path.cwd()), folder)
"""

from __future__ import annotations

import email.parser
import glob
import hashlib
import re
import shutil
import tempfile
import zipfile
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from chatkit_harness.core.errors import ConfigurationError, SelectionError

_WHEEL = re.compile(r"(?P<wheel>.+?\.whl):(?P<name>.+)", re.IGNORECASE | re.DOTALL)
_DATA = re.compile(r"[^/]+\.data/(purelib|platlib)/(?P<below>.+)")


def split_wheel(text: str) -> tuple[str | None, str]:
    """The wheel's path (None where none is named) and the `module:attribute` behind it."""
    found = _WHEEL.fullmatch(text)
    return (found["wheel"], found["name"]) if found else (None, text)


def find_wheel(text: str, cwd: Path) -> Path:
    """The one file that a path or pattern (`dist/*.whl`) names. Raises SelectionError for none or several."""
    whole = cwd / Path(text).expanduser()
    fitting = [] if whole.is_file() else sorted(glob.glob(str(whole)))  # noqa: PTH207 - it may be absolute
    there = [each for each in [whole, *map(Path, fitting)] if each.is_file()]
    if not there:
        raise SelectionError(f"--server {text}", "There is no such wheel.", "Build it: python -m build.")
    if len(there) > 1:
        names = ", ".join(each.name for each in there[:5])
        raise SelectionError(f"--server {text}", f"Several files fit: {names}.", "Name one of them.")
    try:
        parse_wheel_filename(there[0].name)
    except InvalidWheelFilename:
        raise SelectionError(
            f"--server {text}", "Its name is not that of a wheel.", "Name the file as it was built."
        ) from None
    return there[0]


def unpacked(wheel: Path, folder: Path) -> Path:
    """The folder below `folder` that holds the wheel's content as an installation would; made once.

    A requirements.txt in it says what the wheel requires: it is a checkout that somebody has built. Raises
    ConfigurationError for a file that is no wheel.
    """
    try:
        content = wheel.read_bytes()
        target = folder / f"{wheel.stem}-{hashlib.sha256(content).hexdigest()[:16]}"
        if not target.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            staging = Path(tempfile.mkdtemp(prefix=".", dir=folder))
            try:
                with zipfile.ZipFile(wheel) as archive:
                    for entry in archive.infolist():
                        _extract(archive, entry, staging)
                _declare(staging, wheel)
                if not target.is_dir():  # another run may have been faster
                    staging.rename(target)
            finally:
                shutil.rmtree(staging, ignore_errors=True)
    except (OSError, zipfile.BadZipFile, ValueError) as error:
        raise ConfigurationError(str(wheel), f"It cannot be unpacked ({error}).", "Build it again.") from None
    return target


def _extract(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path) -> None:
    data = _DATA.fullmatch(entry.filename)
    below = data["below"] if data else entry.filename
    target = (folder / below).resolve()
    if not target.is_relative_to(folder.resolve()):
        raise ValueError(f"{entry.filename} leads out of the wheel")
    if entry.is_dir() or (".data/" in entry.filename and data is None):
        return  # scripts and headers are for an environment's other folders
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(archive.read(entry))


def _declare(folder: Path, wheel: Path) -> None:
    """Write what the wheel requires, without its extras, where a checkout has it."""
    found = sorted(folder.glob("*.dist-info/METADATA"))
    if not found:
        raise ValueError("it has no METADATA")
    message = email.parser.HeaderParser().parsestr(found[0].read_text(encoding="utf-8", errors="replace"))
    try:
        requirements = [Requirement(line) for line in message.get_all("Requires-Dist") or []]
    except InvalidRequirement as error:
        raise ValueError(f"its METADATA requires what nobody can read: {error}") from None
    kept = [str(each) for each in requirements if "extra" not in str(each.marker or "")]
    lines = [f"# Required by {wheel.name}", *kept]
    (folder / "requirements.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
