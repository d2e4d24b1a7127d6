"""What a chart can be told: one small noun a kind of command.

Prices are numbers above zero in the quote's currency; times are unix seconds (UTC) or ISO dates, kept as
they were written in canonical form; identifiers are words without a colon. Every command may carry a
`label`: words for people in the text form's double quotes, the structured form's `description`. It is no
part of what the chart is told: compare `bare(command)` where only that matters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Role = Literal["support", "resistance", "entry", "target", "stop"]
ROLES: tuple[Role, ...] = ("support", "resistance", "entry", "target", "stop")


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Show a symbol; what belonged to the one before is cleared."""

    symbol: str
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeframe:
    """Show candles of this length, or this much history: `1m` is a minute, `1M` a month."""

    value: str
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A horizontal line at a price; entry, target and stop belong to a trade."""

    role: Role
    price: float
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trendline:
    """A line through two points, each a price and a time."""

    first_price: float
    first_time: str
    second_price: float
    second_time: str
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fibonacci:
    """Retracement levels between a high and a low."""

    high: float
    low: float
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """An indicator shown or hidden; parameters by name, such as `{"period": 20}`."""

    name: str
    enabled: bool = True
    params: Mapping[str, float] = field(default_factory=dict)
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A chart pattern, with the times that it spans where they are given."""

    name: str
    start: str | None = None
    end: str | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawLevel:
    """A named level: `type` is what the line stands for."""

    id: str
    type: str
    price: float
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawTarget:
    """A named price target."""

    id: str
    price: float
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawTrendline:
    """A named line through two points."""

    id: str
    first_time: str
    first_price: float
    second_time: str
    second_price: float
    style: str | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatePattern:
    """What is known of a named pattern by now."""

    id: str
    status: str
    text: str | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clear:
    """Take a named pattern away, or (id None) everything."""

    id: str | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Zoom:
    """Zoom in or out."""

    direction: Literal["in", "out"]
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pan:
    """Move the view to the left (earlier) or to the right."""

    direction: Literal["left", "right"]
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scroll:
    """Move the view to a date."""

    date: str
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How prices are drawn."""

    value: Literal["candles", "line", "area"]
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reset:
    """Set the view or the scale back."""

    what: Literal["view", "scale"]
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Crosshair:
    """Show, hide or toggle the crosshair."""

    mode: Literal["on", "off", "toggle"]
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Analyze:
    """Ask the chart for an analysis of this kind."""

    kind: str = "technical"
    label: str | None = None


ChartCommand = (
    Load
    | Timeframe
    | Level
    | Trendline
    | Fibonacci
    | Indicator
    | Pattern
    | DrawLevel
    | DrawTarget
    | DrawTrendline
    | AnnotatePattern
    | Clear
    | Zoom
    | Pan
    | Scroll
    | Style
    | Reset
    | Crosshair
    | Analyze
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A command and the characters of the text that it was read from: `[start, end)`."""

    command: ChartCommand
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """Something that looks like a command and cannot be read: its verb, where it stands, and why."""

    verb: str
    text: str
    start: int
    end: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Commands:
    """What a text (or an array) holds, in order; a part that is rejected takes no neighbour along."""

    placed: tuple[Placed, ...] = ()
    rejected: tuple[Rejected, ...] = ()

    @property
    def commands(self) -> tuple[ChartCommand, ...]:
        """The commands alone."""
        return tuple(each.command for each in self.placed)
