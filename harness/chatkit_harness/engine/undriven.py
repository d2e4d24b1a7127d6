"""What was named to be driven, and no case is driven on: a pass would be a pass of something else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from chatkit_harness.core.errors import SelectionError

from .cases import PlannedCase, paths_of
from .own import Own
from .readers import asking_option
from .selection import without_query
from .settings import RunSettings
from .targets import AGENT_BUILDER, MEMORY, NATIVE

_FEW = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    """A server, a workflow or a store that an option names, and the cases that are on it."""

    option: str
    name: str
    path: str
    is_on: Callable[[PlannedCase], bool]


def require_driven(settings: RunSettings, own: Own, cases: Sequence[PlannedCase]) -> None:
    """Raise SelectionError where nothing of what was named is driven, nor is anything there to be read.

    Where one of several things is driven, as the settings of a project may name them all, the others are a
    matter of `undriven_notes`. Where no case is driven at all, each says itself why it is skipped.
    """
    if settings.read_by and not any(case.path == NATIVE for case in cases):
        cause = f"The path {AGENT_BUILDER} stores no threads, so that no other release has any to read."
        raise SelectionError(asking_option(settings), cause, "Take --path native, or leave the option out.")
    named = _named(settings, own)
    driven = [case for case in cases if case.skipped is None]
    if not named or not driven or any(case.answers or each.is_on(case) for case in driven for each in named):
        return
    first = named[0]
    step = f"Name scenarios that are for it (`chatkit-harness list scenarios`), or leave {first.option} out."
    raise SelectionError(
        f"{first.option} {first.name}", f"No case is driven on it: {_why(first, cases)}.", step
    )


def undriven_notes(settings: RunSettings, own: Own, cases: Sequence[PlannedCase]) -> Iterator[str]:
    """Of each thing that was named which cases are driven on another one, as far as no skip says it."""
    for each in _named(settings, own):
        if not any(each.is_on(case) for case in cases):
            yield f"No case is driven on {each.name} ({each.option}): {_why(each, cases)}."
            continue
        elsewhere = [case for case in _others(each, cases) if not case.scenario.is_of_store]
        if elsewhere:
            yield f"Not driven on {each.name} ({each.option}): {'; '.join(_instead(each, elsewhere))}."


def _named(settings: RunSettings, own: Own) -> list[_Named]:
    found = []
    if settings.server is not None:
        server, name = own.targets.server, without_query(settings.server)
        found.append(
            _Named(option="--server", name=name, path=NATIVE, is_on=lambda case: case.target == server)
        )
    if settings.workflow is not None:
        flow = own.targets.workflow
        found.append(
            _Named(
                option="--workflow",
                name=settings.workflow,
                path=AGENT_BUILDER,
                is_on=lambda case: case.target == flow,
            )
        )
    if any(word != MEMORY for word in settings.stores):  # who names that one alone gets what is usual
        stores = ",".join(settings.stores)
        found.append(
            _Named(option="--store", name=stores, path=NATIVE, is_on=lambda case: case.store is not None)
        )
    return found


def _others(named: _Named, cases: Iterable[PlannedCase]) -> list[PlannedCase]:
    """The cases of its path that are not on it."""
    return [case for case in cases if case.path == named.path and not named.is_on(case)]


def _why(named: _Named, cases: Sequence[PlannedCase]) -> str:
    """Why no case is driven on what was named."""
    here = [case for case in cases if case.path == named.path]
    if not here:
        return f"it is for the path {named.path}, and the cases are for {' and '.join(paths_of(cases))}"
    skipped = [case for case in here if named.is_on(case) and case.skipped]
    told = _instead(named, _others(named, here))
    if skipped:
        told.append(f"{_few(_ids(skipped))} skipped ({skipped[0].scenario.id}: {skipped[0].skipped})")
    return "; ".join(told)


def _instead(named: _Named, cases: Sequence[PlannedCase]) -> list[str]:
    """What the cases are driven on in its place: one clause for each such thing."""
    by: dict[str, list[PlannedCase]] = {}
    for case in cases:
        by.setdefault(_place(named, case), []).append(case)
    return [f"{_few(_ids(those))} driven on {place}" for place, those in by.items()]


def _place(named: _Named, case: PlannedCase) -> str:
    if named.option == "--store":
        return f"{case.server}, which has a store of its own"
    if case.scenario.is_of_store:
        return f"the store {case.store_name}, and on no server"
    return f"the scenario's own {named.option.removeprefix('--')}, {case.server}"


def _ids(cases: Iterable[PlannedCase]) -> list[str]:
    return list(dict.fromkeys(case.scenario.id for case in cases))


def _few(ids: Sequence[str]) -> str:
    """`a is`, `a, b and c are`, or the first of them and how many more there are."""
    if len(ids) == 1:
        return f"{ids[0]} is"
    shown, more = (ids[:-1], ids[-1]) if len(ids) <= _FEW else (ids[:_FEW], f"{len(ids) - _FEW:,} more")
    return f"{', '.join(shown)} and {more} are"
