"""Which `pip` and `python` a user gets by their bare names, and whether they serve the patient."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
from typing import List, Optional, Tuple

from .disk import installed
from .nouns import Place, Program
from .places import below

_SERVES = re.compile(r"from (.+?) \(python ([\d.]+)\)")
# A line of its own: an environment may print at its start and at its end.
_ASK = "import sys; sys.stdout.write('\\n%r\\n' % ((sys.prefix, '%d.%d' % sys.version_info[:2]),))"
_ANSWER = re.compile(r"^\(.+, '\d+\.\d+'\)", re.MULTILINE)
_ARGUMENTS = {
    "python": ("-I", "-B", "-c", _ASK),
    "python3": ("-I", "-B", "-c", _ASK),
    "pip": ("--version",),
    "pip3": ("--version",),
}
_SECONDS = 20


def programs(prefix: str, places: Tuple[Place, ...], cwd: str) -> List[Program]:
    """The first `python`, `python3`, `pip` and `pip3` on PATH; those that are not there are left out."""
    started = [(name, _start(name, cwd)) for name in _ARGUMENTS]  # all at once: some take a second each
    found = []
    for name, child in started:
        said = _said(child)
        path = shutil.which(name) or name
        told = _pip(name, path, said, places) if name.startswith("pip") else _python(name, path, said, prefix)
        found += [told] if told else []
    return found


def _python(name: str, path: str, said: str, prefix: str) -> Optional[Program]:
    try:
        serves, version = ast.literal_eval(_ANSWER.findall(said)[-1])
    except (IndexError, ValueError, SyntaxError):
        return None
    same = os.path.realpath(str(serves)) == os.path.realpath(prefix)
    return Program(name, path, str(serves), str(version), same=same)


def _pip(name: str, path: str, said: str, places: Tuple[Place, ...]) -> Optional[Program]:
    found = _SERVES.search(said)
    if found is None:
        return None
    folder = os.path.dirname(found[1])
    there = installed((Place(folder, "site-packages"),))
    agents = next((each.version for each in there if each.name == "openai-agents"), "")
    same = any(below(folder, each.folder) for each in places if each.kind.endswith("site-packages"))
    return Program(name, path, folder, found[2], agents, same)


def _start(name: str, cwd: str) -> "Optional[subprocess.Popen[bytes]]":
    path = shutil.which(name)
    if path is None:
        return None
    try:
        return subprocess.Popen(
            [path, *_ARGUMENTS[name]],
            cwd=cwd,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError:
        return None


def _said(child: "Optional[subprocess.Popen[bytes]]") -> str:
    """What a program said; empty where it does not answer in time."""
    if child is None:
        return ""
    try:
        return child.communicate(timeout=_SECONDS)[0].decode("utf-8", "replace")
    except subprocess.TimeoutExpired:
        child.kill()
        child.communicate()
        return ""
