"""A Python installation of its own, made of links to another one's standard library.

A virtual environment has no place for the packages of the user: only an installation does, and nobody's real
one is to be touched.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from chatkit_harness.core.errors import BuildError

from .programs import Programs

_ASK = (
    "import json, site, sys, sysconfig; print(json.dumps({"
    "'prefix': sys.prefix, 'program': sys.executable, 'library': sysconfig.get_path('stdlib'), "
    "'packages': sysconfig.get_path('purelib'), 'user': site.getusersitepackages(), "
    "'with_user': bool(site.ENABLE_USER_SITE)}))"
)
_NOT_LINKED = ("site-packages", "dist-packages", "EXTERNALLY-MANAGED", "sitecustomize.py", "__pycache__")


def install_python(
    programs: Programs, model: str, folder: Path, environ: Mapping[str, str]
) -> tuple[Path, Path, Path]:
    """The new interpreter, its folder for packages, and the user's; `model` is an interpreter.

    Raises BuildError where an interpreter cannot be moved that way, as on Windows.
    """
    if sys.platform == "win32":
        raise _impossible(model, "on Windows")
    known = _asked(programs, model, {**environ, "PYTHONNOUSERSITE": "1"})
    prefix, library = Path(known["prefix"]), Path(known["library"])
    if not library.is_relative_to(prefix):
        raise _impossible(model, f"its library lies in {library}")
    python = folder / "bin" / "python"
    python.parent.mkdir(parents=True)
    shutil.copy2(os.path.realpath(known["program"]), python)
    own = folder / library.relative_to(prefix)
    own.mkdir(parents=True)
    for each in library.iterdir():
        if each.name not in _NOT_LINKED:
            (own / each.name).symlink_to(each)
    for each in library.parent.glob("libpython*"):
        (own.parent / each.name).symlink_to(each)
    found = _asked(programs, str(python), environ)
    if found["prefix"] != str(folder) or not found["with_user"]:
        raise _impossible(model, f"a copy of it says that it is {found['prefix']}")
    packages = Path(found["packages"])
    packages.mkdir(parents=True, exist_ok=True)
    return python, packages, Path(found["user"])


def _asked(programs: Programs, python: str, environ: Mapping[str, str]) -> dict[str, str]:
    ran = programs.run([python, "-c", _ASK], cwd=Path(python).parent, environ=environ)
    try:
        known: dict[str, str] = json.loads(ran.out)
    except ValueError:
        raise _impossible(python, f"it says {ran.err.strip()[-200:]!r}") from None
    return known


def _impossible(python: str, why: str) -> BuildError:
    return BuildError(
        python,
        f"No installation can be made of links to this one: {why}.",
        "Name another interpreter with --python, to see this cause.",
    )
