"""The key of a root: equal in all releases, paths and runs, different for different faults.

What is at fault says more than where it came to light: of a missing field, attribute, argument or module
the key has its name and the package whose code raised, and no function, since functions are renamed and
modules split between releases. Where nothing is named, or only a builtin's attribute (which any code may
lack), the key has the message without what varies, and the function; the module only where the
function's own name tells nothing.
"""

from __future__ import annotations

import builtins
import re

from chatkit_harness.causes.words import type_name
from chatkit_harness.checks import exceptions, refusals
from chatkit_harness.checks.exceptions import Place
from chatkit_harness.core.transcript import Raised

_MESSAGE = 80
_NAME = 160
_NAMESAKE = "though one has its name"
_IMPORTS = frozenset({"ImportError", "ModuleNotFoundError"})
_BUILTIN = frozenset(dir(builtins)) | {
    "NoneType",
    "function",
    "method",
    "coroutine",
    "generator",
    "async_generator",
    "mappingproxy",
}
# Shares go by short names in capitals: that a message is on another one makes no other fault of it.
_SYMBOL = re.compile(r"\b(?!ID\b|PATH\b|URL\b)[A-Z]{2,5}(?:\.[A-Z])?\b")
_ERROR_KIND = re.compile(r"^  \S.*\[type=(\w+)", re.MULTILINE)


def exception_key(raised: Raised, place: Place | None) -> str:
    """The key of the deepest exception of a chain, raised at `place`; it names no version."""
    kind = type_name(raised).replace(" ", ".")
    name = named_fault(raised)
    if name is not None:
        return f"{kind}({name})@{(place.distribution or 'server') if place else 'unknown'}"
    said = _unnamed(raised)
    return f"{kind}({said})@{_where(place)}" if said else f"{kind}@{_where(place)}"


def named_fault(raised: Raised) -> str | None:
    """The field, attribute, argument or module at fault, where its name alone tells it from others."""
    kind, name = exceptions.short_type(raised), exceptions.missing_name(raised)
    if name is None:
        return None
    refused = exceptions.invalid_fields(raised)
    if refused is not None:
        return None if refused[0].startswith("one of ") else _refused(raised, *refused)
    if kind == "AttributeError":
        owner = name.rpartition(".")[0]
        return None if owner in _BUILTIN else name
    if kind in _IMPORTS or (kind == "TypeError" and "<lambda>" not in name):
        return name
    return None


def _refused(raised: Raised, model: str, fields: tuple[str, ...]) -> str:
    """The model, its fields and the kinds of their faults: a missing field is no field of a wrong type."""
    kinds = sorted(set(_ERROR_KIND.findall(raised.message)))
    name = f"{model}.{','.join(fields)}" if fields else model
    return f"{name} {','.join(kinds)}".rstrip()[:_NAME]


def _unnamed(raised: Raised) -> str:
    refused = exceptions.invalid_fields(raised)
    if refused is not None:
        # The message of a union lists all its members, of which every release has others.
        namesake = (refusals.refused(raised.message) or "").endswith(_NAMESAKE)
        return f"{refused[0]} given one of them" if namesake else refused[0]
    return _SYMBOL.sub("NAME", exceptions.normalised(raised.message, 2 * _MESSAGE))[:_MESSAGE]


def _where(place: Place | None) -> str:
    if place is None:
        return "unknown"
    if place.distribution is None:
        return f"server:{place.module}:{place.function}"
    if place.function.startswith(("<", "__")):
        return f"{place.distribution}:{place.module}:{place.function}"
    return f"{place.distribution}:{place.function}"
