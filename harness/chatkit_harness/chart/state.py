"""What a chart shows, and what commands make of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from .commands import (
    Analyze,
    AnnotatePattern,
    ChartCommand,
    Clear,
    Crosshair,
    DrawLevel,
    DrawTarget,
    DrawTrendline,
    Fibonacci,
    Indicator,
    Level,
    Load,
    Pan,
    Pattern,
    Reset,
    Scroll,
    Style,
    Timeframe,
    Trendline,
    Zoom,
)
from .writing import key

Drawing = DrawLevel | DrawTarget | DrawTrendline


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The window on the chart: steps zoomed in, steps moved right, the date scrolled to, the crosshair."""

    zoom: int = 0
    pan: int = 0
    scroll: str | None = None
    crosshair: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartState:
    """What a chart shows. `levels` are supports and resistances, `trade` entries, targets and stops.

    `indicators` are those that are on; each collection is in the order in which its members came.
    """

    symbol: str | None = None
    timeframe: str | None = None
    style: str | None = None
    indicators: tuple[Indicator, ...] = ()
    levels: tuple[Level, ...] = ()
    fibonacci: tuple[Fibonacci, ...] = ()
    trendlines: tuple[Trendline, ...] = ()
    drawings: tuple[Drawing, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    trade: tuple[Level, ...] = ()
    annotations: tuple[AnnotatePattern, ...] = ()
    view: View = field(default_factory=View)
    analysis: tuple[str, ...] = ()

    def prices(self, role: str) -> tuple[float, ...]:
        """The prices of the levels of one role, in order."""
        return tuple(each.price for each in (*self.levels, *self.trade) if each.role == role)


def apply(state: ChartState, commands: Iterable[ChartCommand]) -> ChartState:
    """The state after the commands, in the order of the language, whatever order they are given in.

    Clear, load, timeframe, style, indicators, levels, Fibonacci, trendlines, drawings (patterns among them),
    trade levels, annotations, view, analysis; commands of one kind in their own order. A new symbol clears
    what belonged to the old one: all that is drawn, the view's place and the analysis. Timeframe, style,
    indicators and crosshair stay. Twice the same is kept once, the labelled one of the two.
    """
    chart = _Chart(state)
    ordered = sorted(commands, key=_rank)
    chart.clear([each for each in ordered if isinstance(each, Clear)])
    for command in ordered:
        chart.take(command)
    return chart.state()


_ORDER: tuple[tuple[type[ChartCommand], ...], ...] = (
    (Clear,), (Load,), (Timeframe,), (Style,), (Indicator,), (Level,), (Fibonacci,), (Trendline,),
    (DrawLevel, DrawTarget, DrawTrendline, Pattern), (), (AnnotatePattern,),
    (Zoom, Pan, Scroll, Reset, Crosshair), (Analyze,),
)  # fmt: skip
_RANKS = {kind: rank for rank, kinds in enumerate(_ORDER) for kind in kinds}
_TRADE = _ORDER.index(())
_CHART_LEVELS = frozenset({"support", "resistance"})


def _rank(command: ChartCommand) -> int:
    trade = isinstance(command, Level) and command.role not in _CHART_LEVELS
    return _TRADE if trade else _RANKS[type(command)]


Shelf = dict[str, Any]
"""Things of one kind by what makes two of them the same, in the order in which they came."""


class _Chart:
    """A chart while commands are applied to it; each costs the same however much is drawn."""

    def __init__(self, state: ChartState) -> None:
        self.symbol, self.timeframe, self.style = state.symbol, state.timeframe, state.style
        self.view, self.analysis = state.view, dict.fromkeys(state.analysis)
        self.shelves: dict[str, Shelf] = {
            name: {_same(each): each for each in getattr(state, name)} for name in _SHELVES
        }
        self.named: dict[str, set[str]] = {}
        for same, each in self.shelves["indicators"].items():
            self.named.setdefault(each.name, set()).add(same)

    def state(self) -> ChartState:
        """What the chart shows now."""
        return ChartState(
            symbol=self.symbol,
            timeframe=self.timeframe,
            style=self.style,
            view=self.view,
            analysis=tuple(self.analysis),
            **{name: tuple(shelf.values()) for name, shelf in self.shelves.items()},
        )

    def take(self, command: ChartCommand) -> None:
        """Do what one command says; those that clear are done before."""
        match command:
            case Load():
                self._load(command.symbol)
            case Timeframe():
                self.timeframe = command.value
            case Style():
                self.style = command.value
            case Indicator():
                self._indicator(command)
            case Analyze():
                self.analysis[command.kind] = None
            case Zoom() | Pan() | Scroll() | Reset() | Crosshair():
                self.view = _moved(self.view, command)
            case Clear():
                pass
            case _:
                self._draw(command)

    def clear(self, commands: list[Clear]) -> None:
        """Take patterns, and what is drawn for them, away; or everything that is drawn."""
        if any(each.id is None for each in commands):
            self._wipe()
        gone = {each.id for each in commands if each.id is not None}
        names = {each.upper() for each in gone}
        keep: dict[str, Callable[[Any], bool]] = {
            "drawings": lambda each: not gone.intersection(_patterns_of(each.id)),
            "annotations": lambda each: each.id not in gone,
            "patterns": lambda each: each.name not in names,
        }
        for name, kept in keep.items():
            self.shelves[name] = {same: each for same, each in self.shelves[name].items() if kept(each)}

    def _wipe(self) -> None:
        for name in _SHELVES:
            if name != "indicators":
                self.shelves[name] = {}
        self.analysis = {}

    def _load(self, symbol: str) -> None:
        if symbol != self.symbol:
            self._wipe()
            self.symbol, self.view = symbol, View(crosshair=self.view.crosshair)

    def _indicator(self, command: Indicator) -> None:
        """On, or off: off with parameters takes that one away, without any all of its name."""
        shelf, same = self.shelves["indicators"], _same(replace(command, enabled=True))
        if command.enabled:
            self._keep("indicators", command)
            self.named.setdefault(command.name, set()).add(same)
            return
        for each in [same] if command.params else self.named.pop(command.name, set()):
            shelf.pop(each, None)

    def _draw(self, command: ChartCommand) -> None:
        name = _SHELF_OF.get(type(command), "drawings")
        if isinstance(command, Level) and command.role not in _CHART_LEVELS:
            name = "trade"
        self._keep(name, command)

    def _keep(self, name: str, command: ChartCommand) -> None:
        shelf, same = self.shelves[name], _same(command)
        if isinstance(command, DrawLevel | DrawTarget | DrawTrendline | AnnotatePattern):
            shelf.pop(same, None)  # what has an id is replaced
        there = shelf.get(same)
        if there is None or (there.label is None and command.label is not None):
            shelf[same] = command


_SHELVES = ("indicators", "levels", "fibonacci", "trendlines", "drawings", "patterns", "trade", "annotations")
_SHELF_OF: dict[type[ChartCommand], str] = {
    Level: "levels",
    Fibonacci: "fibonacci",
    Trendline: "trendlines",
    Pattern: "patterns",
    AnnotatePattern: "annotations",
}


def _same(command: ChartCommand) -> str:
    """What makes two things on the chart the same: the id where there is one, else all but the label."""
    if isinstance(command, DrawLevel | DrawTarget | DrawTrendline | AnnotatePattern):
        return command.id
    return key(command)


def _patterns_of(drawing: str) -> list[str]:
    """The patterns that a drawing may belong to: `p1_support` to itself and to `p1`."""
    parts = drawing.split("_")
    return ["_".join(parts[:number]) for number in range(1, len(parts) + 1)]


def _moved(view: View, command: Zoom | Pan | Scroll | Reset | Crosshair) -> View:
    match command:
        case Zoom():
            return replace(view, zoom=view.zoom + (1 if command.direction == "in" else -1))
        case Pan():
            return replace(view, pan=view.pan + (1 if command.direction == "right" else -1))
        case Scroll():
            return replace(view, scroll=command.date, pan=0)
        case Reset():
            return View(crosshair=view.crosshair) if command.what == "view" else replace(view, zoom=0)
        case Crosshair():
            shown = not view.crosshair if command.mode == "toggle" else command.mode == "on"
            return replace(view, crosshair=shown)
