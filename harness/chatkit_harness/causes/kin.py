"""Exceptions of one class and one package that differ in words or in function only: which are one cause."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from chatkit_harness.causes.asked import Asked
from chatkit_harness.causes.cell_sets import CellSets, agree
from chatkit_harness.causes.gathered_group import Group

_KEY = re.compile(r"^(?P<type>[^(@]+)(?:\((?P<said>.*)\))?@(?P<raiser>[^:@]*)")
Name = tuple[str, str, str, str | None]


def kin(groups: Iterable[Group], asked: Asked) -> Iterator[Group]:
    """Groups joined where the cells agree, and class, raiser and what is said before a colon are equal, or
    where one line of chatkit or agents made the same of both.

    What follows the colon may be the model's words, and functions are renamed between releases. Where the
    two never met in a cell, one scenario at least has to show both.
    """
    cells = CellSets(asked)
    named: defaultdict[Name, list[tuple[Group, int, int]]] = defaultdict(list)
    for group in sorted(groups, key=lambda each: (-len(each.failed), each.name)):
        name = _name(group)
        if name is None or not group.failed:
            yield group
            continue
        red = cells.red(group)
        green = cells.green(group.questions) & ~red
        for place, (other, other_red, other_green) in enumerate(named[name]):
            met = bool(red & other_red) or bool(group.questions & other.questions)
            if met and agree(red, green, other_red, other_green):
                other.take(group)
                named[name][place] = other, red | other_red, (green | other_green) & ~(red | other_red)
                break
        else:
            named[name].append((group, red, green))
    for found in named.values():
        yield from (group for group, _, _ in found)


def _name(group: Group) -> Name | None:
    """What groups must have in common; None for what is no exception.

    What chatkit or agents raise from third parties' exceptions is theirs, whatever these were.
    """
    if group.root.anew is not None:
        return "raised anew", group.root.anew.key, "", None
    found = _KEY.match(group.name) if group.root.raised is not None else None
    if found is None:
        return None
    said = found["said"] or ""
    return found["type"], said.partition(": ")[0], found["raiser"], group.definer
