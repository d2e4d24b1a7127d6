"""Sessions for this project: `nox -l` lists them, without network.

The tag `compat` has one session a pair of openai-chatkit and openai-agents; pass options of
`chatkit-harness run` behind `--`, for example `nox -t compat -- --resolution today`.
"""

from __future__ import annotations

import nox

from chatkit_harness.nox_glue import compat

nox.options.sessions = ["lint", "types", "tests"]
nox.options.default_venv_backend = "uv|virtualenv"

compat(["1.2.0:0.5.1", "1.2.0:newest", "newest:0.5.1", "newest:newest"], resolution="contemporary")


@nox.session
def tests(session: nox.Session) -> None:
    """The suite."""
    session.install("-e", ".[dev]")
    session.run("python", "-m", "pytest", "-n", "2", "--dist", "loadfile", *session.posargs)


@nox.session
def slow(session: nox.Session) -> None:
    """What takes longer than the suite can afford."""
    session.install("-e", ".[dev]")
    session.run("python", "-m", "pytest", "-m", "slow", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Style, formatting and the walls between the rooms."""
    session.install("-e", ".[dev]")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("lint-imports")


@nox.session
def types(session: nox.Session) -> None:
    """Strict types, tests included."""
    session.install("-e", ".[dev]")
    session.run("mypy")
    session.run("mypy", "noxfile.py")
