"""Sessions for this project: `nox -l` lists them, without network.

`compat` has one session a pair of openai-chatkit and openai-agents; pass options of
`chatkit-harness run` behind `--`, for example `nox -s compat -- --resolution today`.
"""

from __future__ import annotations

import nox

nox.options.sessions = ["lint", "types", "tests"]
nox.options.default_venv_backend = "uv|virtualenv"

PAIRS = [(chatkit, agents) for chatkit in ("1.2.0", "newest") for agents in ("0.5.1", "newest")]


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


@nox.session
@nox.parametrize(
    ("chatkit", "agents"), PAIRS, ids=[f"chatkit-{chatkit}-agents-{agents}" for chatkit, agents in PAIRS]
)
def compat(session: nox.Session, chatkit: str, agents: str) -> None:
    """Drive every scenario through one pair, as of its own time unless told otherwise."""
    session.install(".")
    options = session.posargs or ["--resolution", "contemporary"]
    session.run("chatkit-harness", "run", "--pair", f"{chatkit}:{agents}", *options)
