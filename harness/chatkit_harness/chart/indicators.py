"""An indicator's switch and parameters, in the text form and in the structured one."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .errors import CommandError, shown
from .prices import decimal, read_number
from .scanner import Scanner

_IN_ORDER = {
    "MACD": ("fast", "slow", "signal"),
    "STOCH": ("k", "d", "smooth"),
    "BOLLINGER": ("period", "deviation"),
    "ICHIMOKU": ("conversion", "base", "span"),
}
"""What numbers without a name stand for; elsewhere a single one is the period."""

_FIELD = re.compile(r"[ \t]?:[ \t]?(?=[A-Za-z0-9])")
_NAMED = re.compile(r"([A-Za-z][A-Za-z0-9_]{0,15}) ?= ?([0-9]{1,9}(?:\.[0-9]{1,9})?)(?![0-9A-Za-z])")
_PLAIN = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?(?![0-9A-Za-z])")
_SWITCH = re.compile(r"(ON|OFF|TRUE|FALSE|SHOW|HIDE)(?![0-9A-Za-z_=])", re.IGNORECASE)
_BRACKETS = re.compile(r" ?\(([0-9., ]{1,40})\)")
_COMMA = re.compile(r" ?, ?(?=[A-Za-z][A-Za-z0-9_]{0,15} ?=)")
_KEY = re.compile(r"[a-z][a-z0-9_]{0,15}")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_MOST = 12


def parameters(scan: Scanner, name: str) -> tuple[bool | None, dict[str, float]]:
    """On, off or neither, and the parameters, as they follow an indicator's name in a text."""
    enabled: bool | None = None
    plain: list[float] = []
    named: dict[str, float] = {}
    brackets = scan.take(_BRACKETS)
    if brackets:
        plain += [read_number(each) for each in brackets[1].split(",") if each.strip()]
    for _ in range(_MOST):
        if scan.take(_FIELD) is None:
            break
        switch = scan.take(_SWITCH)
        number = None if switch else scan.take(_PLAIN)
        if switch:
            enabled = switch[1].upper() in {"ON", "TRUE", "SHOW"}
        elif number:
            plain.append(read_number(number[0]))
        else:
            _take_named(scan, named)
    return enabled, {**_in_order(name, plain), **named}


def _take_named(scan: Scanner, named: dict[str, float]) -> None:
    first = scan.take(_NAMED)
    if first is None:
        raise CommandError("what follows an indicator is ON, OFF, a number or name=number")
    named[snake(first[1])] = read_number(first[2])
    while len(named) < _MOST and scan.take(_COMMA):
        further = scan.take(_NAMED)
        if further is None:
            raise CommandError("what follows the comma is no name=number")
        named[snake(further[1])] = read_number(further[2])


def _in_order(name: str, plain: list[float]) -> dict[str, float]:
    names = _IN_ORDER.get(name, ("period",))
    if len(plain) > len(names):
        raise CommandError(f"{name} takes {len(names)} numbers without a name, not {len(plain)}")
    return dict(zip(names, plain, strict=False))


def read_params(value: object) -> dict[str, float]:
    """The numbers of a structured indicator's params; what is no number (a colour, a source) is left out."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise CommandError(f"params are an object, not {shown(value)}")
    if len(value) > _MOST * 4:
        raise CommandError("there are too many params")
    found: dict[str, float] = {}
    for key, each in value.items():
        name = snake(str(key)[:40])
        if isinstance(each, int | float) and not isinstance(each, bool):
            if not _KEY.fullmatch(name):
                raise CommandError(f"{shown(key)} is no parameter's name")
            found[name] = read_number(each)
    if len(found) > _MOST:
        raise CommandError(f"an indicator has at most {_MOST} params")
    return found


def snake(key: str) -> str:
    """A key in snake_case: `startPrice` and `start-price` are `start_price`."""
    return _HUMP.sub("_", key).lower().replace("-", "_")


def params_text(params: Mapping[str, float]) -> str:
    """The parameters in the text form, without the colon before them: `20`, or `fast=12,slow=26`."""
    if set(params) == {"period"}:
        return decimal(params["period"])
    return ",".join(f"{key}={decimal(params[key])}" for key in sorted(params))
