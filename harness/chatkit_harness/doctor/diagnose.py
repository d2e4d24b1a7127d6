"""From facts to causes: pure, and in the order in which one would have to look."""

from __future__ import annotations

from typing import Iterator, List, Set

from .nouns import Cause, Distribution, Facts, Report
from .rules_files import changed, half_installed, on_top, taken_along
from .rules_path import ahead, hidden, missing_here, twice, twice_in_one_folder, wrong_name
from .rules_versions import out_of_range, third_party, too_old


def diagnose(facts: Facts) -> Report:
    """The causes, each with its evidence and cure; what follows from another cause is not told beside it."""
    causes: List[Cause] = [*too_old(facts), *on_top(facts), *taken_along(facts)]
    doubled = twice_in_one_folder(facts)
    masked = hidden(facts)
    explained = {each.subject for each in causes} | doubled
    causes += [*half_installed(facts, explained), *changed(facts, explained | _half(causes))]
    causes += [*missing_here(facts), *ahead(facts), *twice(facts)]
    causes += out_of_range(facts, masked | doubled | {each.subject for each in causes})
    causes += third_party(facts, masked | doubled)
    causes += wrong_name(facts)
    return Report(facts, tuple(causes), tuple(_notes(facts, causes)))


def _half(causes: List[Cause]) -> Set[str]:
    return {each.subject for each in causes if each.key == "half-installed"}


def _notes(facts: Facts, causes: List[Cause]) -> Iterator[str]:
    """What is worth knowing and no cause of anything."""
    told = {each.subject for each in causes}
    for each in facts.distributions:
        if each.name not in told:
            yield from _of_files(each, in_use=each is facts.first(each.name))
    for name in dict.fromkeys(each.name for each in facts.distributions):
        copies = facts.copies(name)
        if len(copies) > 1 and name not in told:
            yield f"{name} is there {len(copies)} times: {copies[0].version} in {copies[0].home} counts."
    if facts.unjudged:
        yield f"Cannot judge: {'; '.join(facts.unjudged[:5])}."
    if "missing-here" not in {each.key for each in causes}:
        yield from _elsewhere(facts)


def _of_files(found: Distribution, *, in_use: bool) -> Iterator[str]:
    for claim in found.claims:
        if claim.by == "agents":
            yield (
                f"The unrelated distribution agents {claim.version} claims files of {found.name} too: they "
                "go with it when it is uninstalled."
            )
    if found.record in ("missing", "unreadable"):
        yield f"{found.name} {found.version}: its RECORD is {found.record}, so its files cannot be judged."
    elif found.record == "damaged" and in_use:
        count = len(found.missing) + len(found.changed)
        yield f"{found.name} {found.version}: {count} files that no import needs are missing or changed."


def _elsewhere(facts: Facts) -> Iterator[str]:
    others = [each for each in facts.programs if each.name.startswith("pip") and not each.same]
    if others:
        names = " and ".join(f"`{each.name}`" for each in others)
        yield f"{names} on PATH would install into {others[0].serves}, not into this environment."
