"""Commands of several places brought together, and what is told twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from .commands import ChartCommand, Commands, Crosshair, Pan, Placed, Zoom
from .writing import key


def merge(*several: Commands) -> Commands:
    """Arrays and texts as one: the same command once, where it first stands; a labelled one wins.

    What moves the chart a step further each time (ZOOM, PAN, CROSSHAIR:TOGGLE) is kept as often as the one
    place says it that says it most often.
    """
    kept: list[Placed] = []
    at: dict[tuple[str, int], int] = {}
    for commands in several:
        times: Counter[str] = Counter()
        for placed in commands.placed:
            same = key(placed.command)
            number = times[same] if is_step(placed.command) else 0
            times[same] += 1
            there = at.get((same, number))
            if there is None:
                at[same, number] = len(kept)
                kept.append(placed)
            elif kept[there].command.label is None and placed.command.label is not None:
                kept[there] = placed
    rejected = tuple(each for commands in several for each in commands.rejected)
    return Commands(placed=tuple(kept), rejected=rejected)


def duplicates(commands: Iterable[ChartCommand]) -> tuple[ChartCommand, ...]:
    """The commands that say what an earlier one has said, whatever their labels; steps are none."""
    seen: set[str] = set()
    again: list[ChartCommand] = []
    for command in commands:
        same = key(command)
        if same in seen and not is_step(command):
            again.append(command)
        seen.add(same)
    return tuple(again)


def is_step(command: ChartCommand) -> bool:
    """True where doing it twice differs from doing it once."""
    return isinstance(command, Zoom | Pan) or (isinstance(command, Crosshair) and command.mode == "toggle")
