"""Of all that a run was asked for, what one of its cases needs: `run` refuses a line that asks for more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chatkit_harness.core.nouns import CaseResult

BUILT_IN = frozenset({"reference", "catalogue", "probe", "workflow", "probe-workflow"})
"""What results call the servers and workflows that the harness brings."""
_SAVED = "answers"
_NATIVE = "native"

_OF_SERVER = ("--server", "--endpoint", "--upstream", "--header", "--other-header")
_OF_WORKFLOW = ("--workflow", "--input")
_OF_THREADS = ("--store", "--read-by", "--context")


def needed(options: Sequence[str], case: CaseResult) -> tuple[str, ...]:
    """The options, each with its value, that the case was driven with; its own store in the place of all.

    A scenario may bring a server of its own, and a path has use for its own kind of thing alone.
    """
    pairs = list(zip(options[::2], options[1::2], strict=True))
    own = case.server not in BUILT_IN
    left = [pair for pair in pairs if _is_needed(pair[0], case, own=own)]
    kept = {option for option, _ in left}
    return tuple(_words(left, case, with_context=bool(kept & {"--server", "--store"})))


def _is_needed(option: str, case: CaseResult, *, own: bool) -> bool:
    native = case.path == _NATIVE
    if option in _OF_SERVER:
        return native and own
    if option in _OF_THREADS:
        return native
    if option in _OF_WORKFLOW:
        return not native and own
    return option != "--answers" or case.server == _SAVED


def _words(pairs: Sequence[tuple[str, str]], case: CaseResult, *, with_context: bool) -> Iterator[str]:
    for option, value in pairs:
        if option != "--context" or with_context:
            yield from (option, case.store if option == "--store" else value)
