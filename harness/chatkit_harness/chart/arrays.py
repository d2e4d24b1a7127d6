"""What stands where a document holds commands: an object, texts and objects mixed, or an envelope."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .commands import ChartCommand, Commands, Placed, Rejected
from .errors import CommandError, kind, shown
from .indicators import snake
from .structured import read_object
from .text import parse_line
from .writing import key

ENVELOPE = "2.0"
"""The version of `chart_objects` envelopes that is read."""
_DEEPEST = 3
_HOLDERS = ("chart_objects", "chart_commands", "chart_commands_structured", "legacy", "structured")
_TEXTS = ("legacy", "command", "value")
_PARTS = ("symbol", "ticker", "timeframe", "interval", "overlays", "indicators", "commands")


@dataclass(slots=True)
class _Found:
    placed: list[Placed] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)

    def keep(self, command: ChartCommand, index: int) -> None:
        self.placed.append(Placed(command=command, start=index, end=index + 1))

    def reject(
        self, index: int, reason: str, *, verb: str = "", text: str = "", where: str = "element"
    ) -> None:
        told = f"{where} {index}: {reason}"
        self.rejected.append(Rejected(verb=verb, text=text[:300], start=index, end=index + 1, reason=told))


def read_array(values: Any) -> Commands:
    """The commands of what stands in a `chart_commands` array: texts, objects and envelopes, mixed.

    A position is the index of the element, `[index, index + 1)`; what cannot be read is rejected by itself,
    with its index in the reason. A text or an object alone is an array of one; null is an empty one. Never
    raises, whatever JSON is given.
    """
    found = _Found()
    for index, each in enumerate(_listed(values)):
        _read(each, index, found, depth=0)
    return Commands(placed=tuple(found.placed), rejected=tuple(found.rejected))


def from_structured(document: Any) -> Commands:
    """The commands of a structured document: an object, an array, or a `chart_objects` envelope, version 2.0.

    Positions and reasons are those of `read_array`.
    """
    return read_array(document)


def _listed(values: Any) -> list[Any]:
    if isinstance(values, list | tuple):
        return list(values)
    return [] if values is None else [values]


def _read(value: Any, index: int, found: _Found, *, depth: int, where: str = "element") -> None:
    if isinstance(value, str):
        _read_text(value, index, found, where)
    elif isinstance(value, Mapping) and depth < _DEEPEST:
        _read_mapping(value, index, found, depth, where)
    else:
        found.reject(index, f"a command is a text or an object, not {kind(value)}", where=where)


def _read_text(text: str, index: int, found: _Found, where: str) -> None:
    commands = parse_line(text)
    for placed in commands.placed:
        found.keep(placed.command, index)
    for each in commands.rejected:
        found.reject(index, each.reason, verb=each.verb, text=each.text, where=where)


def _read_mapping(value: Mapping[Any, Any], index: int, found: _Found, depth: int, where: str) -> None:
    plain = {snake(name[:60]): each for name, each in value.items() if isinstance(name, str)}
    if "type" not in plain and "version" in plain:
        _read_envelope(plain, index, found, depth)
        return
    holders = [name for name in _HOLDERS if plain.get(name) is not None]
    if "type" not in plain and holders and not isinstance(plain.get("legacy"), str):
        for name in holders:
            for each in _listed(plain[name]):
                _read(each, index, found, depth=depth + 1, where=where)
        return
    written = next((plain[name] for name in _TEXTS if isinstance(plain.get(name), str)), None)
    if written is not None and plain.get("type") in (None, "raw"):
        _read_text(written, index, found, where)
        return
    try:
        found.keep(read_object(value), index)
    except CommandError as error:
        found.reject(index, error.reason, verb=error.verb, where=where)


def _read_envelope(plain: Mapping[str, Any], index: int, found: _Found, depth: int) -> None:
    """Symbol, timeframe, overlays and indicators, then the commands; what is told twice is kept once."""
    version = plain["version"]
    if version not in (ENVELOPE, 2) or isinstance(version, bool):
        told = shown(version) if isinstance(version, str) else "that version"
        found.reject(index, f"an envelope of version {told} cannot be read; {ENVELOPE} can")
        return
    if not any(plain.get(name) is not None for name in _PARTS):
        found.reject(index, "the envelope is empty")
        return
    inner = _Found()
    for name, type_ in (
        ("symbol", "load"),
        ("ticker", "load"),
        ("timeframe", "timeframe"),
        ("interval", "timeframe"),
    ):
        if plain.get(name) is not None:
            payload = {"symbol": plain[name], "value": plain[name]}
            _read({"type": type_, "payload": payload}, index, inner, depth=depth + 1)
    for name in ("overlays", "indicators", "commands"):
        for at, each in enumerate(_listed(plain.get(name))):
            item = _as_indicator(each) if name != "commands" else each
            _read(item, at, inner, depth=depth + 1, where=f"element {index}, {name}")
    seen: set[str] = set()
    for placed in inner.placed:
        if (same := key(placed.command)) not in seen:
            seen.add(same)
            found.keep(placed.command, index)
    found.rejected += [replace(each, start=index, end=index + 1) for each in inner.rejected]


def _as_indicator(value: Any) -> Any:
    """An overlay or indicator of an envelope as a command; what is neither text nor object stays as it is."""
    if isinstance(value, str):
        return {"type": "indicator", "payload": {"name": value}}
    if not isinstance(value, Mapping):
        return value
    plain = {snake(name[:60]): each for name, each in value.items() if isinstance(name, str)}
    name = plain.get("name") or plain.get("indicator") or plain.get("overlay")
    params = plain.get("params") or plain.get("parameters")
    payload = {"name": name, "enabled": plain.get("enabled"), "params": params}
    return {"type": "indicator", "payload": payload}
