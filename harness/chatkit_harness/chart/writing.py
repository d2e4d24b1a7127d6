"""A command in its one text form, and in its one structured form."""

from __future__ import annotations

from dataclasses import replace
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
from .indicators import params_text
from .names import words
from .prices import price_text

_LEVEL_VERBS = {"stop": "STOPLOSS"}


def bare(command: ChartCommand) -> ChartCommand:
    """The command without its label: what the chart is told."""
    return replace(command, label=None)


def key(command: ChartCommand) -> str:
    """What two commands share that tell the chart the same: the text form without the label."""
    return _arguments(command)


def to_text(command: ChartCommand) -> str:
    """The command in its one text form, such as `SUPPORT:450.00 "key level"`; `parse` gives it back."""
    label = words(command.label)
    return _arguments(command) + (f' "{label}"' if label else "")


def _arguments(command: ChartCommand) -> str:
    match command:
        case Level():
            verb = _LEVEL_VERBS.get(command.role, command.role.upper())
            return f"{verb}:{price_text(command.price)}"
        case Fibonacci():
            return f"FIBONACCI:{price_text(command.high)}:{price_text(command.low)}"
        case Trendline():
            first = f"{price_text(command.first_price)}:{command.first_time}"
            return f"TRENDLINE:{first}:{price_text(command.second_price)}:{command.second_time}"
        case Indicator():
            return _indicator(command)
        case Pattern():
            span = f":{command.start}:{command.end}" if command.start and command.end else ""
            return f"PATTERN:{command.name}{span}"
        case DrawLevel() | DrawTarget() | DrawTrendline():
            return _drawing(command)
        case AnnotatePattern():
            text = f":{command.text}" if command.text else ""
            return f"ANNOTATE:PATTERN:{command.id}:{command.status}{text}"
        case Clear():
            return "CLEAR:ALL" if command.id is None else f"CLEAR:PATTERN:{command.id}"
        case _:
            return _simple(command)


def _simple(
    command: Load | Timeframe | Zoom | Pan | Scroll | Style | Reset | Crosshair | Analyze,
) -> str:
    match command:
        case Load():
            return f"LOAD:{command.symbol}"
        case Timeframe():
            return f"TIMEFRAME:{command.value}"
        case Zoom() | Pan():
            return f"{type(command).__name__.upper()}:{command.direction.upper()}"
        case Scroll():
            return f"SCROLL:{command.date}"
        case Style():
            return f"STYLE:{command.value.upper()}"
        case Reset():
            return f"RESET:{command.what.upper()}"
        case Crosshair():
            return f"CROSSHAIR:{command.mode.upper()}"
        case Analyze():
            return f"ANALYZE:{command.kind.upper()}"


def _indicator(command: Indicator) -> str:
    params = params_text(command.params)
    if not params:
        return f"INDICATOR:{command.name}{'' if command.enabled else ':OFF'}"
    return f"INDICATOR:{command.name}:{'ON' if command.enabled else 'OFF'}:{params}"


def _drawing(command: DrawLevel | DrawTarget | DrawTrendline) -> str:
    match command:
        case DrawLevel():
            return f"DRAW:LEVEL:{command.id}:{command.type}:{price_text(command.price)}"
        case DrawTarget():
            return f"DRAW:TARGET:{command.id}:{price_text(command.price)}"
        case DrawTrendline():
            first = f"{command.first_time}:{price_text(command.first_price)}"
            second = f"{command.second_time}:{price_text(command.second_price)}"
            style = f":{command.style}" if command.style else ""
            return f"DRAW:TRENDLINE:{command.id}:{first}:{second}{style}"


def to_structured(command: ChartCommand) -> dict[str, Any]:
    """The command in its one structured form, `{type, payload, description?}` with keys in snake_case.

    The forms are those of `schemas/chart_command.schema.json`. A label is the description.
    """
    name, payload = _payload(command)
    document: dict[str, Any] = {"type": name, "payload": payload}
    label = words(command.label)
    return {**document, "description": label} if label else document


def _payload(command: ChartCommand) -> tuple[str, dict[str, Any]]:
    match command:
        case Level() | Fibonacci() | Trendline() | DrawLevel() | DrawTarget() | DrawTrendline():
            return "drawing", _drawing_payload(command)
        case Indicator():
            params = {name: _number(value) for name, value in sorted(command.params.items())}
            return "indicator", {"name": command.name, "enabled": command.enabled, "params": params}
        case Pattern():
            span = (
                {"start": _time(command.start), "end": _time(command.end)}
                if command.start and command.end
                else {}
            )
            return "pattern", {"name": command.name, **span}
        case AnnotatePattern():
            text = {"text": command.text} if command.text else {}
            return "pattern", {"action": "annotate", "id": command.id, "status": command.status, **text}
        case Clear():
            if command.id is None:
                return "reset", {"target": "all"}
            return "pattern", {"action": "clear", "id": command.id}
        case _:
            return _simple_payload(command)


def _simple_payload(
    command: Load | Timeframe | Zoom | Pan | Scroll | Style | Reset | Crosshair | Analyze,
) -> tuple[str, dict[str, Any]]:
    match command:
        case Load():
            return "load", {"symbol": command.symbol}
        case Timeframe():
            return "timeframe", {"value": command.value}
        case Zoom():
            return "zoom", {"direction": command.direction}
        case Pan():
            return "scroll", {"direction": command.direction}
        case Scroll():
            return "scroll", {"date": _time(command.date)}
        case Style():
            return "style", {"value": command.value}
        case Reset():
            return "reset", {"target": command.what}
        case Crosshair():
            return "crosshair", {"mode": command.mode}
        case Analyze():
            return "analyze", {"kind": command.kind}


def _drawing_payload(
    command: Level | Fibonacci | Trendline | DrawLevel | DrawTarget | DrawTrendline,
) -> dict[str, Any]:
    match command:
        case Level():
            return {"style": command.role, "price": _number(command.price)}
        case Fibonacci():
            return {"style": "fibonacci", "high": _number(command.high), "low": _number(command.low)}
        case DrawLevel():
            level = {"id": command.id, "level_type": command.type, "price": _number(command.price)}
            return {"style": "level", **level}
        case DrawTarget():
            return {"style": "target", "id": command.id, "price": _number(command.price)}
        case Trendline() | DrawTrendline():
            return _line_payload(command)


def _line_payload(command: Trendline | DrawTrendline) -> dict[str, Any]:
    points = {
        "start_time": _time(command.first_time),
        "start_price": _number(command.first_price),
        "end_time": _time(command.second_time),
        "end_price": _number(command.second_price),
    }
    named = {"id": command.id} if isinstance(command, DrawTrendline) else {}
    line = {"line_style": command.style} if isinstance(command, DrawTrendline) and command.style else {}
    return {"style": "trendline", **named, **points, **line}


def _number(value: float) -> float | int:
    return int(value) if value == int(value) else value


def _time(value: str | None) -> str | int | None:
    """Unix seconds (and a candle's number) as a number, a date as text."""
    return int(value) if value is not None and value.isdigit() else value
