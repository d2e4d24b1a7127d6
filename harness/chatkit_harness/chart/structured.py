"""The structured form: objects, arrays of objects and texts, and `chart_objects` envelopes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Literal, cast

from .commands import (
    ROLES,
    Analyze,
    AnnotatePattern,
    ChartCommand,
    Clear,
    Crosshair,
    DrawLevel,
    DrawTarget,
    DrawTrendline,
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
from .errors import CommandError, shown
from .fields import fibonacci
from .grammar import nearest_verb
from .indicators import read_params, snake
from .names import annotation, read_identifier, read_indicator, read_name, read_symbol, words
from .prices import read_price
from .times import read_time, read_timeframe

Payload = Mapping[str, Any]


def read_object(document: Mapping[Any, Any]) -> ChartCommand:
    """The command that an object `{type, payload, description?}` is; raises CommandError where it is none.

    Keys are read in snake_case and in camelCase, and the payload's may stand in the object itself.
    """
    plain = {snake(key[:60]): value for key, value in document.items() if isinstance(key, str)}
    name = plain.get("type")
    if not isinstance(name, str):
        raise CommandError("the object has no type" if name is None else f"{shown(name)} is no type")
    kind = snake(name.strip()[:40])
    reader = _READERS.get(kind)
    if reader is None:
        near = nearest_verb(kind)
        offer = f"; did you mean {near.lower()}?" if near else f"; valid: {', '.join(sorted(TYPES))}"
        raise CommandError(f"{shown(name)} is no type of command{offer}", shown(name).strip("'"))
    try:
        command = reader(_payload(plain), kind)
    except CommandError as error:
        raise CommandError(error.reason, kind.upper()) from None
    label = words(plain.get("description") or plain.get("label") or _payload(plain).get("label"))
    return replace(command, label=label)


def _payload(plain: Payload) -> Payload:
    given = plain.get("payload")
    if given is None:
        return {key: value for key, value in plain.items() if key not in {"type", "description", "payload"}}
    if not isinstance(given, Mapping):
        raise CommandError(f"the payload is an object, not {shown(given)}")
    return {snake(key[:60]): value for key, value in given.items() if isinstance(key, str)}


def _first(payload: Payload, *keys: str) -> Any:
    """The first of the keys that holds anything."""
    return next((payload[key] for key in keys if payload.get(key) is not None), None)


def _word(value: object, valid: tuple[str, ...], what: str, also: Mapping[str, str] | None = None) -> str:
    if value is None:
        raise CommandError(f"no {what} is given; valid: {', '.join(valid)}")
    word = value.strip().lower() if isinstance(value, str) else ""
    word = (also or {}).get(word, word)
    if word not in valid:
        raise CommandError(f"{shown(value)} is no {what}; valid: {', '.join(valid)}")
    return word


def _load(payload: Payload, _kind: str) -> Load:
    return Load(symbol=read_symbol(_first(payload, "symbol", "ticker")))


def _timeframe(payload: Payload, _kind: str) -> Timeframe:
    return Timeframe(value=read_timeframe(_first(payload, "value", "timeframe", "interval")))


def _indicator(payload: Payload, _kind: str) -> Indicator:
    name, params = read_indicator(_first(payload, "name", "indicator"))
    enabled = payload.get("enabled")
    if enabled is not None and not isinstance(enabled, bool):
        raise CommandError(f"enabled is true or false, not {shown(enabled)}")
    given = read_params(_first(payload, "params", "parameters"))
    if "period" in payload:
        given = {**read_params({"period": payload["period"]}), **given}
    return Indicator(name=name, enabled=enabled is not False, params={**params, **given})


_DRAWN = ("support", "resistance", "entry", "target", "stop", "level", "trendline", "fibonacci")
_DRAWN_AS = {
    "stoploss": "stop", "stop_loss": "stop", "stop-loss": "stop", "take_profit": "target",
    "takeprofit": "target", "fib": "fibonacci", "trend_line": "trendline", "horizontal": "level",
}  # fmt: skip


def _drawing(payload: Payload, kind: str) -> ChartCommand:
    given = _first(payload, "style", "drawing_type", "action", "kind", "type") if kind == "drawing" else kind
    style = _word(given, _DRAWN, "style of drawing", _DRAWN_AS)
    named = payload.get("id")
    if style == "fibonacci":
        return fibonacci(read_price(payload.get("high")), read_price(payload.get("low")))
    if style == "trendline":
        return _trendline(payload, named)
    price = read_price(_first(payload, "price", "value"))
    if style == "level":
        type_ = read_name(_first(payload, "level_type", "role"), "type of level")
        return DrawLevel(id=read_identifier(named), type=type_, price=price)
    if style == "target" and named is not None:
        return DrawTarget(id=read_identifier(named), price=price)
    if style not in ROLES:  # _word gave one of _DRAWN, and all others are dealt with above
        raise CommandError(f"{shown(style)} is no level")
    return Level(role=style, price=price)


def _trendline(payload: Payload, named: object) -> Trendline | DrawTrendline:
    first, second = _points(payload)
    at, then = read_time(first.get("time")), read_time(second.get("time"))
    start, end = read_price(first.get("price")), read_price(second.get("price"))
    if named is None:
        return Trendline(first_price=start, first_time=at, second_price=end, second_time=then)
    line = payload.get("line_style")
    style = read_name(line, "line style").lower() if line is not None else None
    return DrawTrendline(id=read_identifier(named), first_time=at, first_price=start, second_time=then,
                         second_price=end, style=style)  # fmt: skip


def _points(payload: Payload) -> tuple[Payload, Payload]:
    """A line's two points: `start_price` and so on, `start`/`end` objects, or a list of `points`."""
    points = payload.get("points")
    if isinstance(points, list) and len(points) == 2:
        first, second = points
    else:
        first, second = payload.get("start"), payload.get("end")
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        return first, second
    return _end_of(payload, "start"), _end_of(payload, "end")


def _end_of(payload: Payload, which: str) -> Payload:
    return {name: payload.get(f"{which}_{name}") for name in ("time", "price")}


def _pattern(payload: Payload, kind: str) -> ChartCommand:
    action = kind if kind in {"annotate", "clear"} else _first(payload, "action")
    named = _first(payload, "id", "pattern_id")
    if action is None or (isinstance(action, str) and action.lower() in {"draw", "show", "highlight"}):
        name = read_name(_first(payload, "name", "pattern", "pattern_type") or named, "pattern")
        start, end = (_first(payload, which, f"{which}_time") for which in ("start", "end"))
        if (start is None) != (end is None):
            raise CommandError("a pattern has both a start and an end, or neither")
        return Pattern(name=name, start=_bar(start), end=_bar(end))
    if _word(action, ("annotate", "clear"), "action") == "clear":
        everything = kind == "clear" and (payload.get("all") is True or named in (None, "all", "ALL"))
        return Clear() if everything else Clear(id=read_identifier(named))
    status = read_name(payload.get("status"), "status").lower()
    return AnnotatePattern(id=read_identifier(named), status=status, text=annotation(payload.get("text")))


def _bar(value: object) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**6:
        return str(value)
    return None if value is None else read_time(value)


def _zoom(payload: Payload, _kind: str) -> Zoom:
    word = _word(_first(payload, "direction", "value"), ("in", "out"), "direction")
    return Zoom(direction=cast("Literal['in', 'out']", word))


def _scroll(payload: Payload, kind: str) -> Scroll | Pan:
    date = _first(payload, "date", "time", "value")
    if kind == "scroll" and date is not None:
        return Scroll(date=read_time(date))
    if kind == "scroll" and payload.get("direction") is None:
        raise CommandError("no date is given")
    word = _word(_first(payload, "direction", "value"), ("left", "right"), "direction")
    return Pan(direction=cast("Literal['left', 'right']", word))


_STYLES = {"candle": "candles", "candlestick": "candles", "candlesticks": "candles"}


def _style(payload: Payload, _kind: str) -> Style:
    given = _first(payload, "value", "style", "chart_type")
    word = _word(given, ("candles", "line", "area"), "style", _STYLES)
    return Style(value=cast("Literal['candles', 'line', 'area']", word))


def _reset(payload: Payload, _kind: str) -> Reset | Clear:
    given = _first(payload, "target", "what", "value")
    word = _word("view" if given is None else given, ("view", "scale", "all"), "target")
    return Clear() if word == "all" else Reset(what=cast("Literal['view', 'scale']", word))


def _crosshair(payload: Payload, _kind: str) -> Crosshair:
    given = _first(payload, "mode", "state", "value", "enabled")
    if isinstance(given, bool):
        return Crosshair(mode="on" if given else "off")
    return Crosshair(
        mode=cast("Literal['on', 'off', 'toggle']", _word(given, ("on", "off", "toggle"), "mode"))
    )


def _analyze(payload: Payload, _kind: str) -> Analyze:
    return Analyze(
        kind=read_name(_first(payload, "kind", "value") or "technical", "kind of analysis").lower()
    )


TYPES: Mapping[str, Callable[[Payload, str], ChartCommand]] = {
    "load": _load,
    "timeframe": _timeframe,
    "indicator": _indicator,
    "drawing": _drawing,
    "zoom": _zoom,
    "scroll": _scroll,
    "style": _style,
    "reset": _reset,
    "crosshair": _crosshair,
    "pattern": _pattern,
    "analyze": _analyze,
}
"""The types that are written; the ones below are read as well."""

_READERS: Mapping[str, Callable[[Payload, str], ChartCommand]] = {
    **TYPES,
    **dict.fromkeys((*_DRAWN, *_DRAWN_AS), _drawing),
    "pan": _scroll,
    "annotate": _pattern,
    "clear": _pattern,
}
