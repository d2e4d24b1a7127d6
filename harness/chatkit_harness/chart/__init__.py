"""The chart-command language: parsed, normalised, written, drawn from prose, applied to a state.

A command is one of the nouns of `commands.py` (`ChartCommand`). They are read

- from a text that writes them out, `VERB:args "label"`: `extract`, `parse_line`, `parse` (one, or an error);
- from what stands in a `chart_commands` array, or an envelope: `read_array`, `from_structured`;
- from prose that only means them: `from_prose`.

Readers give `Commands`: what was `placed` with its span, and what was `rejected` with the reason; they never
raise (`parse` does, CommandError), and their work is linear in the length of what they read. `to_text` and
`to_structured` write a command in its one canonical form. `merge` brings several readings together,
`duplicates` tells what is said twice, `apply` gives the chart's state after commands.
"""

from .arrays import from_structured, read_array
from .commands import (
    ROLES,
    Analyze,
    AnnotatePattern,
    ChartCommand,
    Clear,
    Commands,
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
    Placed,
    Rejected,
    Reset,
    Role,
    Scroll,
    Style,
    Timeframe,
    Trendline,
    Zoom,
)
from .errors import CommandError
from .evidence import only_of_charts
from .merge import duplicates, merge
from .names import same_symbol
from .prose import from_prose
from .state import ChartState, View, apply
from .text import extract, parse, parse_line
from .times import TIMEFRAMES
from .writing import bare, to_structured, to_text

__all__ = [
    "ROLES",
    "TIMEFRAMES",
    "Analyze",
    "AnnotatePattern",
    "ChartCommand",
    "ChartState",
    "Clear",
    "CommandError",
    "Commands",
    "Crosshair",
    "DrawLevel",
    "DrawTarget",
    "DrawTrendline",
    "Fibonacci",
    "Indicator",
    "Level",
    "Load",
    "Pan",
    "Pattern",
    "Placed",
    "Rejected",
    "Reset",
    "Role",
    "Scroll",
    "Style",
    "Timeframe",
    "Trendline",
    "View",
    "Zoom",
    "apply",
    "bare",
    "duplicates",
    "extract",
    "from_prose",
    "from_structured",
    "merge",
    "only_of_charts",
    "parse",
    "parse_line",
    "read_array",
    "same_symbol",
    "to_structured",
    "to_text",
]
