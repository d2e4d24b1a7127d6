"""Commands that cure, in the words of the tool that the environment belongs to."""

from __future__ import annotations

import dataclasses
import os
import shlex
from typing import List, Sequence, Tuple

from .nouns import Cure, Distribution, Environment

Command = Tuple[str, ...]

_ELSEWHERE = ("PYTHONPATH", "path file", "start-up", "working directory")


def reinstall(environment: Environment, found: Distribution, *, first: Sequence[Command] = ()) -> Cure:
    """Put back the files of a distribution, in its version and where it lies, and nothing else."""
    pin = f"{found.name}=={found.version}"
    changes = (f"The files of {found.name} {found.version} in {found.home} are replaced.",)
    if found.installer == "conda":
        command = ("conda", "install", "--yes", "--force-reinstall", "--prefix", environment.prefix)
        return cure(environment, [*first, (*command, f"{found.name}={found.version}")], changes)
    return cure(environment, [*first, *_anew(environment, pin, found)], changes)


def _anew(environment: Environment, pin: str, found: Distribution) -> List[Command]:
    if _takes_uv(environment):
        where = ("--target", found.home) if _is_elsewhere(found) else ()
        return [_uv(environment, "install", "--reinstall", "--no-deps", *where, pin)]
    if _is_elsewhere(found):
        return _pip(environment, "install", "--upgrade", "--no-deps", "--target", found.home, pin)
    how = "--ignore-installed" if found.place == "base site-packages" else "--force-reinstall"
    user = ("--user",) if found.place == "user site-packages" else ()
    return _pip(environment, "install", *user, how, "--no-deps", pin)


def install(
    environment: Environment,
    requirements: Sequence[str],
    changes: Sequence[str],
    *,
    first: Sequence[Command] = (),
) -> Cure:
    """Bring distributions into these ranges, with whatever they need for it."""
    if environment.kind == "system":
        commands = _beside(environment, requirements)
    elif _takes_uv(environment):
        commands = [_uv(environment, "install", *requirements)]
    else:
        commands = _pip(environment, "install", *requirements)
    found = cure(environment, [*first, *commands], changes)
    advice = " ".join(each for each in (found.advice, _of_the_tool(environment, requirements)) if each)
    return dataclasses.replace(found, advice=advice)


def _beside(environment: Environment, requirements: Sequence[str]) -> List[Command]:
    """A virtual environment in the working directory, for a Python that should not be added to."""
    python = os.path.join(".venv", "Scripts" if os.name == "nt" else "bin", "python")
    return [(environment.executable, "-m", "venv", ".venv"), (python, "-m", "pip", "install", *requirements)]


def _of_the_tool(environment: Environment, requirements: Sequence[str]) -> str:
    """How a uv tool remembers; that command itself is no cure: where it fails, it removes the tool."""
    if environment.kind != "uv tool" or not environment.wanted:
        return ""
    tool, *others = environment.wanted
    extra = [each for name in dict.fromkeys([*others, *requirements]) for each in ("--with", name)]
    words = " ".join(shlex.quote(each) for each in ["uv", "tool", "install", tool, *extra])
    return f"So that the tool keeps to it when it is upgraded: {words}"


def uninstall(environment: Environment, name: str, *, times: int = 1) -> List[Command]:
    """Remove a distribution, as often as it is there."""
    if _takes_uv(environment):
        return [_uv(environment, "uninstall", name)] * times
    return _pip(environment, "uninstall", "--yes", name) * times


def _takes_uv(environment: Environment) -> bool:
    return bool(environment.uv) and (environment.made_by == "uv" or not environment.has_pip)


def _uv(environment: Environment, what: str, *arguments: str) -> Command:
    forced = ("--break-system-packages",) if environment.kind == "system" else ()
    return (environment.uv, "pip", what, "--python", environment.executable, *forced, *arguments)


def _pip(environment: Environment, what: str, *arguments: str) -> List[Command]:
    """The command, after the one that brings pip where there is none."""
    python = environment.executable
    before = [] if environment.has_pip else [(python, "-m", "ensurepip", "--upgrade")]
    forced = ("--break-system-packages",) if environment.kind == "system" else ()
    return [*before, (python, "-m", "pip", what, *forced, *arguments)]


def _is_elsewhere(found: Distribution) -> bool:
    return found.place in _ELSEWHERE


def cure(environment: Environment, commands: Sequence[Command], changes: Sequence[str]) -> Cure:
    """A cure that `--fix` may apply, unless the environment is not the user's to change."""
    once = tuple(
        each for n, each in enumerate(commands) if "ensurepip" not in each or each not in commands[:n]
    )
    changes = tuple(changes)
    if environment.kind == "system":
        advice = "This Python belongs to the operating system, so --fix leaves it alone."
        return Cure(once, changes, "you", advice)
    if not environment.writable:
        advice = f"You may not write in {environment.site_packages}: its owner has to run this."
        return Cure(once, changes, "you", advice)
    return Cure(once, changes)
