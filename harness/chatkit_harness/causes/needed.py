"""Of all that a run was asked for, what one of its cases needs: `run` refuses a line that asks for more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

BUILT_IN = frozenset({"reference", "catalogue", "probe", "workflow", "probe-workflow"})
"""What results call the servers and workflows that the harness brings."""
RECORDED = ("recorded-streams", "answers")
"""The groups of scenarios that are made of what lies in the folder that `--data` names: no other reads it."""
_SAVED = "answers"
_NATIVE = "native"

BROUGHT = "--brought"
"""Stands before a requirement that the project of the user's own server or workflow put into every cell."""

_OF_SERVER = ("--server", "--endpoint", "--upstream", "--header", "--other-header")
_OF_WORKFLOW = ("--workflow", "--input")
_OF_THREADS = ("--store", "--read-by", "--context")
_PROJECTS = {"--server", "--workflow", "--store"}
"""Options whose projects bring requirements."""


class Case(Protocol):
    """What is known of a case, whether by its result or by what makes it the same as another."""

    @property
    def path(self) -> str:
        """`native` or `agent_builder`."""

    @property
    def scenario(self) -> str:
        """Its id."""

    @property
    def server(self) -> str:
        """What results call the thing under test."""

    @property
    def store(self) -> str:
        """What results call the store."""


def is_recorded(scenario: str) -> bool:
    """Whether there is a scenario of that id only where `--data` names the folder that it is made of."""
    return scenario.partition("/")[0] in RECORDED and "/" in scenario


def needed(options: Sequence[str], case: Case) -> tuple[str, ...]:
    """The options, each with its value, that the case was driven with; its own store in the place of all.

    A scenario may bring a server of its own, and a path has use for its own kind of thing alone. What was in
    the cell because of something that the line does not name is then named itself.
    """
    own = case.server not in BUILT_IN
    left = _kept(of_scenario(options, case.scenario, case.path), lambda each: _is_needed(each, case, own=own))
    # For contexts of requests, which have to come from somewhere that wants them.
    if not {"--server", "--store"} & set(left[::2]):
        left = without(left, "--context")
    if _PROJECTS & set(options[::2]) <= set(left[::2]):
        left = without(left, BROUGHT)
    return tuple(_on_store(left, case.store))


def of_scenario(options: Sequence[str], scenario: str, path: str) -> tuple[str, ...]:
    """Those that a scenario takes on a path: threads that others can read are on the native one alone."""
    unneeded = {
        *(() if path == _NATIVE else ("--read-by",)),
        *(() if is_recorded(scenario) else ("--data",)),
    }
    return without(options, *unneeded)


def without(options: Sequence[str], *left_out: str) -> tuple[str, ...]:
    """The options but those, with what each of them is given."""
    return _kept(options, lambda each: each not in left_out)


def _kept(options: Sequence[str], keep: Callable[[str], bool]) -> tuple[str, ...]:
    pairs = zip(options[::2], options[1::2], strict=True)
    return tuple(word for pair in pairs if keep(pair[0]) for word in pair)


def _is_needed(option: str, case: Case, *, own: bool) -> bool:
    native = case.path == _NATIVE
    if option in _OF_SERVER:
        return native and own
    if option in _OF_THREADS:
        return native
    if option in _OF_WORKFLOW:
        return not native and own
    return option != "--answers" or case.server == _SAVED


def _on_store(options: Sequence[str], store: str) -> Iterator[str]:
    for option, value in zip(options[::2], options[1::2], strict=True):
        yield from ("--with" if option == BROUGHT else option, store if option == "--store" else value)
