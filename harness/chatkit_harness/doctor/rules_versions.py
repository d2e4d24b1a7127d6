"""Causes that lie in versions: a range that is not kept, or one that is too wide."""

from __future__ import annotations

from typing import Dict, Iterator, List, Set

from .cures import install
from .nouns import MODULES, OLDEST, Cause, Cure, Facts, Lack, Unmet
from .requirements import holds, requirement
from .versions import within

_SINCE = {("InputTokensDetails", "cache_write_tokens"): "<2.45"}
"""Where openai began to require what older agents do not give: the range of openai that is before it."""


def too_old(facts: Facts) -> Iterator[Cause]:
    """The interpreter itself is older than what is, or would be, installed requires."""
    environment = facts.environment
    numbers = tuple(int(each) for each in environment.version.split(".")[:2])
    unfit = [
        f"{each.name} {each.version} requires Python {each.requires_python}"
        for each in facts.distributions
        if each.requires_python and within(environment.version, each.requires_python) is False
    ]
    if not facts.failed() or (numbers >= OLDEST and not unfit):
        return
    least = ".".join(str(each) for each in OLDEST)
    yield Cause(
        "python-too-old",
        "python",
        f"Python {environment.version} does not suit what is to run on it",
        facts.told(),
        tuple(unfit) or (f"Every release of openai-chatkit requires Python {least} or newer",),
        Cure(by="you", advice=f"Make a new environment with Python {least} or newer, and install into it."),
    )


def out_of_range(facts: Facts, skip: Set[str]) -> Iterator[Cause]:
    """A distribution is missing, or not in the range that another one declares."""
    wrong = {each.name for each in facts.unmet} - skip
    # What one of the wrong distributions requires itself is void: it will be another version.
    sound = [each for each in facts.unmet if each.owner not in wrong] or list(facts.unmet)
    by_name: Dict[str, List[Unmet]] = {}
    for each in sound:
        if each.name in wrong and each.owner not in skip:
            by_name.setdefault(each.name, []).append(each)
    for name, unmet in by_name.items():
        yield _unmet(facts, name, unmet)


def _unmet(facts: Facts, name: str, unmet: List[Unmet]) -> Cause:
    owners = [f"{each.owner} {each.version} requires {name}{each.ranges}" for each in unmet]
    found, ranges = unmet[0].found, ranges_on(facts, name)
    kept = [f"{each.owner}=={each.version}" for each in unmet]
    module = next((m for m, owner in MODULES.items() if owner == name), name.replace("-", "_"))
    return Cause(
        "range-unmet",
        name,
        f"{name} {f'{found} is' if found else 'is not'} installed, but {owners[0]}",
        facts.told(f"'{module}", module),
        tuple(owners),
        install(
            facts.environment,
            list(dict.fromkeys([name + ranges, *kept])),
            [f"{name}{ranges} is installed, and what it requires with it."],
        ),
    )


def ranges_on(facts: Facts, name: str) -> str:
    """All ranges that what is installed declares for a distribution, joined."""
    found: List[str] = []
    for each in {d.name: d for d in reversed(facts.distributions)}.values():
        for line in each.requires:
            needed = requirement(line)
            if needed and needed.name == name and needed.ranges and holds(needed.marker, facts.markers):
                found += [clause.strip() for clause in needed.ranges.split(",")]
    return ",".join(sorted(set(found)))


def third_party(facts: Facts, skip: Set[str]) -> Iterator[Cause]:
    """The versions suit what is declared, and yet agents calls openai in a way that it no longer takes."""
    agents, openai = facts.first("openai-agents"), facts.first("openai")
    if not facts.lacks or agents is None or openai is None or {"openai", "openai-agents"} & skip:
        return
    first = facts.lacks[0]
    yield Cause(
        "wrong-third-party",
        "openai",
        f"openai {openai.version} requires {first.called}.{first.argument}, which openai-agents "
        f"{agents.version} does not give: imports go well, and the first message fails",
        facts.told(first.called, first.argument) if facts.failed() else "",
        (
            *(f"{each.place}: {each.called} is made without {each.argument}" for each in facts.lacks[:5]),
            *_declared(facts),
        ),
        _older_openai(facts, facts.lacks),
    )


def _declared(facts: Facts) -> Iterator[str]:
    ranges = ranges_on(facts, "openai")
    if ranges:
        yield f"Declared is only openai{ranges}, so that no installer sees it"


def _older_openai(facts: Facts, lacks: "tuple[Lack, ...]") -> Cure:
    known = sorted({_SINCE.get((each.called, each.argument), "") for each in lacks})
    agents = facts.first("openai-agents")
    if "" in known or agents is None:
        return install(
            facts.environment,
            [f"openai-agents>{agents.version}" if agents else "openai-agents"],
            ["openai-agents is brought to its newest release, and what it requires with it."],
        )
    ranges = ",".join(dict.fromkeys([*ranges_on(facts, "openai").split(","), *known])).strip(",")
    return install(
        facts.environment,
        [f"openai{ranges}", f"openai-agents=={agents.version}"],
        [f"openai is brought into {ranges}."],
    )
