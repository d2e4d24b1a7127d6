"""What an interpreter says of itself: the variables that markers test, and the wheels it can take."""

from __future__ import annotations

import functools
import json
import subprocess
from collections.abc import Iterable, Mapping

from packaging.markers import Marker, UndefinedEnvironmentName
from packaging.tags import Tag, compatible_tags, cpython_tags

from chatkit_harness.core.errors import SelectionError

from .interpreters import Interpreter

_ASK = """
import json, os, platform, sys
version = "{0.major}.{0.minor}.{0.micro}".format(sys.implementation.version)
if sys.implementation.version.releaselevel != "final":
    version += sys.implementation.version.releaselevel[0] + str(sys.implementation.version.serial)
print(json.dumps({
    "implementation_name": sys.implementation.name,
    "implementation_version": version,
    "os_name": os.name,
    "platform_machine": platform.machine(),
    "platform_python_implementation": platform.python_implementation(),
    "platform_release": platform.release(),
    "platform_system": platform.system(),
    "platform_version": platform.version(),
    "python_full_version": platform.python_version(),
    "python_version": ".".join(platform.python_version_tuple()[:2]),
    "sys_platform": sys.platform,
}))
"""


@functools.cache
def marker_environment(interpreter: Interpreter) -> Mapping[str, str]:
    """The variables that markers test, by the interpreter's own word: the host may run on another Python.

    Raises SelectionError where it does not run.
    """
    try:
        done = subprocess.run(
            [interpreter.path, "-I", "-c", _ASK], capture_output=True, text=True, timeout=30, check=True
        )
        return {str(name): str(value) for name, value in json.loads(done.stdout).items()}
    except (OSError, subprocess.SubprocessError, ValueError):
        raise SelectionError(
            interpreter.path, "The interpreter does not run.", "Name one with --python."
        ) from None


def holds(marker: Marker | None, environment: Mapping[str, str], extras: Iterable[str] = ("",)) -> bool:
    """Whether a marker lets a requirement be, with any of these extras."""
    if marker is None:
        return True
    for extra in extras:
        try:
            if marker.evaluate({**environment, "extra": extra}):
                return True
        except UndefinedEnvironmentName:
            continue
    return False


def wheel_tags(interpreter: Interpreter) -> list[Tag]:
    """The tags of wheels that the interpreter takes, the best first; it runs on this machine."""
    version = [int(part) for part in interpreter.minor.split(".")]
    name = f"cp{version[0]}{version[1]}"
    return [*cpython_tags(version, [name]), *compatible_tags(version, name)]
