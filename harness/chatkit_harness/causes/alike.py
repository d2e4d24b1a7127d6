"""Findings without an exception: which of them, in which scenarios, are one defect.

Words alone do not tell: `the assistant says nothing` is what users see of many defects, and one defect makes
one scenario lose a widget and another its answer. Where each shows does tell, once there are cells enough:
what shows in the same cells, in words that have something in common, is one cause; what other cells show
another scenario to be free of is not.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from chatkit_harness.causes.asked import Asked
from chatkit_harness.causes.cell_sets import CellSets, agree
from chatkit_harness.causes.gathered_group import Group

_CONVERSATION = frozenset({"run", "expect", "store", "text", "upstream"})
"""Checks that all look at one conversation: a defect in it breaks the rules of several of them."""
_NAMES_A_THING = frozenset(
    {
        "expect/not-passed-on",
        "expect/event-missing",
        "expect/shown-missing",
        "expect/model-request",
        "expect/order",
        "expect/text-content",
        "expect/tool-arguments",
        "expect/widget-content",
        "store/rollback-differs",
        "store/rollback-unreadable",
        "upstream/unmatched",
    }
)
"""Rules that are each broken in many ways: only breaches of one key have anything in common."""
_NAMES_LITTLE = frozenset({"expect/model-request"})
"""Of these a key names a part of the request, in which anything may be wrong."""
_UNMATCHED = "upstream/unmatched"
_NEVER_TOLD = re.compile(r"still unused: [^;]*?without '([^'(]+)")
_SAYS_NOTHING = frozenset({"expect/finding-missing"})
"""Rules whose breach does not say what a user misses."""


def alike(groups: Iterable[Group], asked: Asked) -> Iterator[Group]:
    """One group a defect, of groups that are each of one finding in one question."""
    of_question: defaultdict[int, list[Group]] = defaultdict(list)
    for group in groups:
        of_question[group.question].append(group)
    cells = CellSets(asked)
    bundles = [bundle for found in of_question.values() for bundle in _bundles(found, cells)]
    bundles.sort(key=lambda each: (-each.red.bit_count(), each.scenario, each.lead.name))
    # First those of one theme: what many scenarios have in common shows when each theme is whole.
    defects = _merged([_Defect(each) for each in bundles], themes=True)
    yield from _named_apart([each.group() for each in _merged(defects, themes=False)])


def _merged(defects: list[_Defect], *, themes: bool) -> list[_Defect]:
    """Each taken by the first that it agrees with, until none is taken any more."""
    before = len(defects) + 1
    while len(defects) < before:
        before, found = len(defects), list[_Defect]()
        for each in defects:
            same = next((other for other in found if other.is_of(each, themes=themes)), None)
            if same is not None:
                same.take(each)
            else:
                found.append(each)
        defects = found
    return defects


@dataclass(slots=True)
class _Bundle:
    """What went wrong at once in one scenario: the finding that leads, and those that came with it."""

    lead: Group
    red: int
    green: int
    others: list[Group] = field(default_factory=list)

    @property
    def scenario(self) -> str:
        """The scenario in which it shows."""
        return next(iter(self.lead.failed.values())).case.scenario

    @property
    def check(self) -> str:
        """The check whose rule it breaks; of those that look at the conversation it does not matter which."""
        return _check(self.lead)

    def folds(self, group: Group, red: int) -> bool:
        """Whether a finding only follows: it shows nowhere but here, and not just in a corner of it."""
        return (
            _check(group) == self.check and not red & ~self.red and 2 * red.bit_count() > self.red.bit_count()
        )

    def take(self, group: Group, red: int) -> None:
        """One more finding, which leads where it shows as widely and is told first."""
        self.others.append(group)
        if red == self.red and place(group) < place(self.lead):
            self.others[-1], self.lead = self.lead, group

    def keys(self) -> set[str]:
        """The keys of what is missed; of rules that are broken in one way only, the rules."""
        groups = (self.lead, *self.others)
        keys = {
            each.name if str(each.root.rule) in _NAMES_A_THING else str(each.root.rule) for each in groups
        }
        lacks = {lack for each in groups if each.root.rule == _UNMATCHED for lack in _lacks(each)}
        return (keys | lacks) - _SAYS_NOTHING


def _bundles(groups: Iterable[Group], cells: CellSets) -> Iterator[_Bundle]:
    found: list[_Bundle] = []
    shown = [(cells.red(group), group) for group in groups]
    for red, group in sorted(shown, key=lambda each: (-each[0].bit_count(), place(each[1]))):
        same = next((each for each in found if each.folds(group, red)), None)
        if same is not None:
            same.take(group, red)
        else:
            found.append(_Bundle(group, red, cells.green(group.question)))
    return iter(found)


class _Defect:
    """Bundles of several scenarios that are one defect."""

    def __init__(self, bundle: _Bundle) -> None:
        self._bundles = [bundle]
        self._check, self._red, self._green = bundle.check, bundle.red, bundle.green
        self._questions, self._themes = bundle.lead.question, {_theme(bundle.scenario)}
        self._names, self._keys = {bundle.lead.name}, bundle.keys()

    def is_of(self, other: _Defect, *, themes: bool) -> bool:
        """Whether another one is the same; `themes` takes only scenarios that are about the same for it."""
        if self._check != other._check or self._questions & other._questions:
            return False
        if self._check not in _CONVERSATION:  # these keys say what is wrong with which thing
            return bool(self._names & other._names)
        if not self._red & other._red or not agree(self._red, self._green, other._red, other._green):
            return False
        common = self._keys & other._keys
        if themes:
            return bool(common and self._themes & other._themes)
        # A key says more than a rule: it names the thing that is missed, or what is wrong with it.
        named = any(" " in key and key.partition(" ")[0] not in _NAMES_LITTLE for key in common)
        return named or 2 * len(common) >= len(self._keys | other._keys) > 0

    def take(self, other: _Defect) -> None:
        """All scenarios of another one."""
        self._bundles += other._bundles
        self._red |= other._red
        self._green = (self._green | other._green) & ~self._red
        self._questions |= other._questions
        self._themes |= other._themes
        self._names |= other._names
        self._keys |= other._keys

    def group(self) -> Group:
        """All of it; what came along is told as it was in the case that stands for it."""
        cases: Counter[str] = Counter()
        for each in self._bundles:
            cases[each.lead.name] += len(each.lead.failed)
        first, *rest = [each.lead for each in self._bundles]
        for lead in rest:
            first.take(lead)
        first.name = min(cases, key=lambda name: (-cases[name], name))
        question = first.example.question if first.example else 0
        shown = next((each for each in self._bundles if each.lead.question == question), self._bundles[0])
        first.companions = sorted(shown.others, key=place)
        return first


def _named_apart(groups: list[Group]) -> Iterator[Group]:
    """Of several groups of one name all but the largest are told apart by a scenario."""
    taken: set[str] = set()
    for group in sorted(groups, key=lambda each: (-len(each.failed), each.name, min(each.failed))):
        if group.name in taken:
            scenario = min(each.case.scenario for each in group.failed.values())
            group.names.add(group.name)
            group.name = f"{group.name} in {scenario}"
        taken.add(group.name)
        yield group


def place(group: Group) -> tuple[int, str]:
    """Where the finding stands in the example, in which causes come before what follows from them."""
    keys = group.example.keys if group.example else ()
    return next((n for n, key in enumerate(keys) if key in group.names), len(keys)), group.name


def _lacks(group: Group) -> set[str]:
    """What the model was never told, of the request that it waited for: a key has no room for it."""
    return {f"{_UNMATCHED} without {name}" for name in _NEVER_TOLD.findall(group.root.said)}


def _check(group: Group) -> str:
    check = str(group.root.rule).partition("/")[0]
    return "run" if check in _CONVERSATION else check


def _theme(scenario: str) -> str:
    """What a scenario is about, by the first word of its id: `approval` of `approval-by-page`."""
    return scenario.partition("-")[0]
