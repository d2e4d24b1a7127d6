"""The stock runners' side of `benchmarks.matrix`: projects of nox and tox for a set of pairs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

Pair = tuple[str, str]
"""A release of openai-chatkit and one of openai-agents."""

IMPORT = ("-c", "import chatkit.agents")
"""What each cell of the six does in the stock runners: the arguments of its Python."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """A way of running the pairs: `fresh` and `kept` are command lines, `made` the folder of environments."""

    name: str
    fresh: Sequence[str]
    kept: Sequence[str]
    made: Path

    def forget(self) -> None:
        """Delete the environments; what uv has downloaded stays."""
        shutil.rmtree(self.made, ignore_errors=True)


def runners(folder: Path, pairs: Sequence[Pair]) -> list[Runner]:
    """The projects on disk: nox (uv backend) and tox (tox-uv), cell by cell and two cells at a time.

    Kept environments are reused without installing anything again (`nox -R`), the quickest way of each.
    """
    folder.mkdir(parents=True, exist_ok=True)
    noxfile, toxfile = folder / "noxfile.py", folder / "tox.ini"
    noxfile.write_text(nox_project(pairs, IMPORT), encoding="utf-8")
    toxfile.write_text(tox_project(pairs, IMPORT), encoding="utf-8")
    return [
        *(nox_runner(noxfile, folder / f"nox-{jobs}", jobs) for jobs in (1, 2)),
        *(_tox_runner(toxfile, folder / f"tox-{jobs}", jobs) for jobs in (1, 2)),
    ]


def nox_runner(noxfile: Path, made: Path, jobs: int) -> Runner:
    """How nox runs a noxfile, so many sessions at a time; it uses the uv that is installed beside it."""
    words = [*_module("nox"), "-f", str(noxfile), "--envdir", str(made), "-db", "uv", "-j", str(jobs)]
    name = "nox uv" if jobs == 1 else f"nox uv -j{jobs}"
    return Runner(name=name, fresh=words, kept=[*words, "-R"], made=made)


def _tox_runner(toxfile: Path, made: Path, jobs: int) -> Runner:
    # One at a time is the plain `run`: it is what `-p 1` does, without its display.
    how = ["run"] if jobs == 1 else ["run-parallel", "-p", str(jobs)]
    words = [*_module("tox"), *how, "-c", str(toxfile), "--workdir", str(made)]
    name = "tox-uv" if jobs == 1 else f"tox-uv -p{jobs}"
    return Runner(name=name, fresh=words, kept=words, made=made)


def nox_project(
    pairs: Sequence[Pair],
    arguments: Sequence[str],
    *,
    install: Sequence[str] = (),
    expect: Sequence[int] = (0,),
) -> str:
    """A noxfile with a session a pair, which installs it (and `install`) and runs Python with `arguments`.

    `{pair}` in an argument stands for the pair; `expect` are the exit statuses that are no failure.
    """
    return dedent(
        f'''\
        """Made by benchmarks/stock.py."""

        import nox

        PAIRS = {list(pairs)!r}


        @nox.session(python={_python()!r}, venv_backend="uv", allow_parallel=True)
        @nox.parametrize(("chatkit", "agents"), PAIRS)
        def cell(session, chatkit, agents):
            session.install(f"openai-chatkit=={{chatkit}}", f"openai-agents=={{agents}}", *{list(install)!r})
            words = [word.replace("{{pair}}", f"{{chatkit}}:{{agents}}") for word in {list(arguments)!r}]
            session.run("python", *words, silent=True, success_codes={list(expect)!r})
        '''
    )


def tox_project(pairs: Sequence[Pair], arguments: Sequence[str]) -> str:
    """A tox.ini with an environment a pair, which runs Python with `arguments`."""
    names = [f"c{chatkit.replace('.', '_')}-a{agents.replace('.', '_')}" for chatkit, agents in pairs]
    command = " ".join(f'"{word}"' if " " in word else word for word in arguments)
    parts = [
        "[tox]",
        "requires = tox-uv",
        f"env_list = {', '.join(names)}",
        "skipsdist = true",
        "[testenv]",
        "skip_install = true",
        f"base_python = {_python()}",
        f"commands = python {command}",
    ]
    for name, (chatkit, agents) in zip(names, pairs, strict=True):
        parts += [
            f"[testenv:{name}]",
            f"deps =\n    openai-chatkit=={chatkit}\n    openai-agents=={agents}",
        ]
    return "\n".join(parts) + "\n"


def environ() -> Mapping[str, str]:
    """The variables of a runner: ours, with this environment's programs and interpreter first on PATH."""
    first = [str(Path(sys.executable).parent), str(Path(sys.base_prefix) / "bin")]
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("NOX", "TOX", "PYTHON", "VIRTUAL_ENV"))
    }
    return {**kept, "PATH": os.pathsep.join([*first, os.environ.get("PATH", "")])}


def run(words: Sequence[str], *, expect: Sequence[int] = (0,)) -> str:
    """Run a command to its end and return its standard output; leave with its words where it fails."""
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=dict(environ()))
    if done.returncode not in expect:
        said = f"{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
        sys.exit(f"{' '.join(words)}\nended with {done.returncode}\n{said}")
    return done.stdout


def timed(words: Sequence[str], *, expect: Sequence[int] = (0,)) -> float:
    """Seconds of wall time that a command takes."""
    began = time.monotonic()
    run(words, expect=expect)
    return time.monotonic() - began


def _module(name: str) -> list[str]:
    return [sys.executable, "-m", name]


def _python() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"
