"""What follows a verb's colon: one small reader a verb, each bounded in what it looks at."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal, cast

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
    Role,
    Scroll,
    Style,
    Timeframe,
    Trendline,
    Zoom,
)
from .errors import CommandError, shown
from .fields import (
    COLON,
    END,
    SEPARATOR,
    bare_price,
    fibonacci,
    next_field,
    points_here,
    read_price_here,
    time_here,
    token_here,
)
from .grammar import ALIASES
from .indicators import parameters
from .names import (
    AS_COMMAND,
    IDENTIFIER,
    NAME,
    SYMBOL,
    annotation,
    known_indicator,
    no_symbol,
    read_indicator,
    read_symbol,
)
from .scanner import Scanner
from .times import TIME, read_timeframe

_LOOSE_SYMBOL = re.compile(r"[A-Za-z0-9.$-]{1,12}")
_FRAME = re.compile(r"[0-9]{0,3}[ _-]?[A-Za-z][A-Za-z0-9]{0,9}")
_PATTERN = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}(?:(?: AND| &)? (?!AND)[A-Z]{3,15}(?![A-Za-z:_])){0,3}")
_INDEX = re.compile(r"[0-9]{1,6}(?![0-9-])")
_TEXT = re.compile(r"[^\"“\n\r]{1,300}")
_MORE = re.compile(r":(?=[A-Za-z0-9])")
_STYLES = {"CANDLE": "CANDLES", "CANDLESTICK": "CANDLES", "CANDLESTICKS": "CANDLES", "LINES": "LINE"}


def read_command(scan: Scanner, verb: str) -> ChartCommand:
    """The command of a verb, read from behind its colon; raises CommandError where there is none."""
    command = _READERS[ALIASES.get(verb, verb)](scan, verb)
    if scan.peek(END) is None:
        raise CommandError(f"{shown(token_here(scan))} is too much")
    return command


def _keyword(scan: Scanner, valid: tuple[str, ...], also: dict[str, str] | None = None) -> str:
    match = scan.take(NAME)
    word = match[0].upper() if match else ""
    word = (also or {}).get(word, word)
    if word not in valid:
        raise CommandError(
            f"{shown(match[0] if match else token_here(scan))} is not one of {', '.join(valid)}"
        )
    return word


def _load(scan: Scanner, _verb: str) -> Load:
    match = scan.peek(SYMBOL)
    if match is not None:
        scan.pos = match.end()
        return Load(symbol=match["symbol"])
    loose = scan.peek(_LOOSE_SYMBOL)
    if loose is None or not loose[0].islower():
        return Load(symbol=read_symbol(token_here(scan)))
    if not scan.meant:  # in a sentence small letters are words
        raise CommandError(no_symbol(loose[0]))
    scan.pos = loose.end()
    return Load(symbol=read_symbol(loose[0]))


def _timeframe(scan: Scanner, _verb: str) -> Timeframe:
    match = scan.take(_FRAME)
    return Timeframe(value=read_timeframe(match[0] if match else token_here(scan)))


def _level(role: Role) -> Callable[[Scanner, str], Level]:
    return lambda scan, _verb: Level(role=role, price=read_price_here(scan))


def _trendline(scan: Scanner, _verb: str) -> Trendline:
    (first, at), (second, then) = points_here(scan, time_first=False)
    return Trendline(first_price=first, first_time=at, second_price=second, second_time=then)


def _fibonacci(scan: Scanner, _verb: str) -> Fibonacci:
    first = bare_price(scan)
    if scan.take(SEPARATOR) is None:
        raise CommandError("the second price is missing")
    return fibonacci(first, bare_price(scan))


def _indicator(scan: Scanner, verb: str) -> Indicator:
    match = scan.take(NAME)
    name, params = read_indicator(match[0] if match else token_here(scan))
    if verb != "INDICATOR" and not known_indicator(name):
        raise CommandError(f"{shown(name)} is no indicator that is known (INDICATOR: takes any name)")
    enabled, given = parameters(scan, name)
    meant = None if verb == "INDICATOR" else verb in {"ADD", "SHOW"}
    if meant is not None and enabled is not None and meant != enabled:
        raise CommandError(f"{verb} and {'ON' if enabled else 'OFF'} contradict each other")
    on = meant if meant is not None else enabled is not False
    return Indicator(name=name, enabled=on, params={**params, **given})


def _pattern(scan: Scanner, _verb: str) -> Pattern:
    match = scan.take(_PATTERN)
    if match is None:
        token = token_here(scan)
        raise CommandError(f"{shown(token)} is no pattern" if token else "no pattern is given")
    name = match[0].upper().replace("&", "AND").replace(" ", "_")
    if scan.take(_MORE) is None:
        return Pattern(name=name)
    start = _bar(scan)
    next_field(scan, "the pattern's end")
    return Pattern(name=name, start=start, end=_bar(scan))


def _bar(scan: Scanner) -> str:
    """A time, or a candle's number."""
    match = scan.take(_INDEX)
    return str(int(match[0])) if match else time_here(scan, TIME)


def _id(scan: Scanner) -> str:
    match = scan.take(IDENTIFIER)
    if match is None:
        raise CommandError("no id is given")
    return match[0]


def _draw(scan: Scanner, _verb: str) -> DrawLevel | DrawTarget | DrawTrendline:
    what = _keyword(scan, ("LEVEL", "TARGET", "TRENDLINE"))
    next_field(scan, "the id")
    named = _id(scan)
    next_field(scan, "the type" if what == "LEVEL" else "what the id stands for")
    if what == "TARGET":
        return DrawTarget(id=named, price=read_price_here(scan))
    if what == "TRENDLINE":
        (first, at), (second, then) = points_here(scan, time_first=True)
        style = scan.take(NAME) if scan.take(_MORE) else None
        return DrawTrendline(
            id=named,
            first_time=at,
            first_price=first,
            second_time=then,
            second_price=second,
            style=style[0].lower() if style else None,
        )
    kind = scan.take(NAME)
    if kind is None:
        raise CommandError("the level's type is missing: DRAW:LEVEL:id:TYPE:price")
    next_field(scan, "the price")
    return DrawLevel(id=named, type=kind[0].upper(), price=read_price_here(scan))


def _annotate(scan: Scanner, _verb: str) -> AnnotatePattern:
    _keyword(scan, ("PATTERN",))
    next_field(scan, "the id")
    named = _id(scan)
    next_field(scan, "the status")
    status = scan.take(NAME)
    if status is None:
        raise CommandError("no status is given")
    text = _rest(scan) if scan.take(COLON) else None
    return AnnotatePattern(id=named, status=status[0].lower(), text=text)


def _rest(scan: Scanner) -> str | None:
    """The words up to a label, a further command or the line's end."""
    match = scan.peek(_TEXT)
    if match is None:
        return None
    further = AS_COMMAND.search(match[0])
    written = match[0][: further.start()] if further else match[0]
    scan.pos += len(written.rstrip(" \t*_`"))
    return annotation(written)


def _clear(scan: Scanner, _verb: str) -> Clear:
    if _keyword(scan, ("PATTERN", "ALL")) == "ALL":
        return Clear()
    next_field(scan, "the id")
    return Clear(id=_id(scan))


def _scroll(scan: Scanner, _verb: str) -> Scroll:
    return Scroll(date=time_here(scan, TIME))


def _zoom(scan: Scanner, _verb: str) -> Zoom:
    return Zoom(direction=cast("Literal['in', 'out']", _keyword(scan, ("IN", "OUT")).lower()))


def _pan(scan: Scanner, _verb: str) -> Pan:
    return Pan(direction=cast("Literal['left', 'right']", _keyword(scan, ("LEFT", "RIGHT")).lower()))


def _style(scan: Scanner, _verb: str) -> Style:
    word = _keyword(scan, ("CANDLES", "LINE", "AREA"), _STYLES).lower()
    return Style(value=cast("Literal['candles', 'line', 'area']", word))


def _reset(scan: Scanner, _verb: str) -> Reset:
    return Reset(what=cast("Literal['view', 'scale']", _keyword(scan, ("VIEW", "SCALE")).lower()))


def _crosshair(scan: Scanner, _verb: str) -> Crosshair:
    word = _keyword(scan, ("ON", "OFF", "TOGGLE")).lower()
    return Crosshair(mode=cast("Literal['on', 'off', 'toggle']", word))


def _analyze(scan: Scanner, _verb: str) -> Analyze:
    match = scan.take(NAME)
    if match is None:
        raise CommandError(f"{shown(token_here(scan))} is no kind of analysis")
    return Analyze(kind=match[0].lower())


_READERS: dict[str, Callable[[Scanner, str], ChartCommand]] = {
    "LOAD": _load,
    "TIMEFRAME": _timeframe,
    "SUPPORT": _level("support"),
    "RESISTANCE": _level("resistance"),
    "ENTRY": _level("entry"),
    "TARGET": _level("target"),
    "STOPLOSS": _level("stop"),
    "TRENDLINE": _trendline,
    "FIBONACCI": _fibonacci,
    "INDICATOR": _indicator,
    "PATTERN": _pattern,
    "DRAW": _draw,
    "ANNOTATE": _annotate,
    "CLEAR": _clear,
    "ZOOM": _zoom,
    "PAN": _pan,
    "SCROLL": _scroll,
    "STYLE": _style,
    "RESET": _reset,
    "CROSSHAIR": _crosshair,
    "ANALYZE": _analyze,
}
