"""How the pins of green cells differ from those of the red ones beside them, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chatkit_harness.causes.tree import CLOSE
from chatkit_harness.causes.words import in_order
from chatkit_harness.core.nouns import Cell

_SHOWN = 5
_ABSENT = "absent"


def difference(
    twins: Sequence[tuple[Cell, Cell]],
    suspect: tuple[str, str] | None,
    suspects: Sequence[str],
    *,
    python: bool,
) -> str:
    """The end of a sentence on twins, each a green and a red cell: the pins that differ in every one.

    Where no pin does, those of the first twin are told, by the name of its red cell. `suspect` and
    `suspects` are as in `Greens.advice`; `python` is whether the green cells are on another Python.
    """
    where = (
        "" if len(twins) == 1 else " in both cells" if len(twins) == 2 else f" in all {len(twins):,} cells"
    )
    names = set.intersection(*(_names(green, red) for green, red in twins))
    if not names and not any(_names(green, red) for green, red in twins):
        what = "Python itself" if python else "outside of the packages"
        return f", with the very same pins: the difference is {what}"
    if not names:
        twins = [next(twin for twin in twins if _names(*twin))]
        names, where = _names(*twins[0]), f" in {twins[0][1].id}"
    name, kind = suspect or ("", "")
    first = [name, *suspects, *CLOSE]
    ranked = sorted(names, key=lambda n: (first.index(n) if n in first else len(first), n))
    if name not in names:
        return f"; pins that differ{where}: {_listed(ranked, twins)}"
    probable = f"; probably {name} {_span(name, twins)}, whose {kind} it is"
    if len(ranked) == 1:
        return f"{probable}, the only pin that differs{where}"
    return f"{probable}; other pins that differ{where}: {_listed(ranked[1:], twins)}"


def _names(green: Cell, red: Cell) -> set[str]:
    return {n for n in {*green.pins, *red.pins} if green.pins.get(n) != red.pins.get(n)}


def _span(name: str, twins: Sequence[tuple[Cell, Cell]]) -> str:
    """`2.8.1 -> 2.54.0`; of several versions the first and the last: `(2.7.1 to 2.8.1) -> 2.54.0`."""
    green = _ends(green.pins.get(name, _ABSENT) for green, _ in twins)
    return f"{green} -> {_ends(red.pins.get(name, _ABSENT) for _, red in twins)}"


def _ends(versions: Iterable[str]) -> str:
    every = set(versions)
    there = in_order(every - {_ABSENT})
    told = there if len(there) < 2 else [f"{there[0]} to {there[-1]}"]
    told += [_ABSENT] if _ABSENT in every else []
    return told[0] if len(every) < 2 else f"({' or '.join(told)})"


def _listed(names: Sequence[str], twins: Sequence[tuple[Cell, Cell]]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{', '.join(f'{name} {_span(name, twins)}' for name in names[:_SHOWN])}{more}"
