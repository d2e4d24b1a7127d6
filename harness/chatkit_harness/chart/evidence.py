"""Whether what reads as chart commands can be anything else: other products write VERB:word, too."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .commands import (
    AnnotatePattern,
    ChartCommand,
    Crosshair,
    DrawLevel,
    DrawTarget,
    DrawTrendline,
    Fibonacci,
    Indicator,
    Level,
    Load,
    Timeframe,
    Trendline,
)
from .names import known_indicator

_TICKER = re.compile(r"[A-Z]{1,5}(?:[.-][A-Z]{1,4})?")


def only_of_charts(commands: Iterable[ChartCommand]) -> bool:
    """True where at least one of the commands, or two of them together, make sense for a chart alone.

    `STOP:435`, `TARGET:5000`, `RESISTANCE:470` or `PAN:LEFT` can be about buses, savings, ohms and cameras;
    `INDICATOR:RSI`, `LOAD:TSLA`, or a support beside a resistance cannot.
    """
    roles: set[str] = set()
    for each in commands:
        match each:
            case Level():
                roles.add(each.role)
            case Load():
                if _TICKER.fullmatch(each.symbol):
                    return True
            case Indicator():
                if known_indicator(each.name):
                    return True
            case DrawLevel() | DrawTarget() | DrawTrendline() | AnnotatePattern() | Crosshair():
                return True
            case Timeframe() | Trendline() | Fibonacci():
                return True
            case _:
                pass
    return {"support", "resistance"} <= roles or {"entry", "stop", "target"} <= roles
