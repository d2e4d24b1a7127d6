"""The request context where nothing makes one of the user's own: a dict that says so when it is not enough.

context = plain_context({"user_id": "u1"})
context["user_id"]      # "u1"
context.user_id         # AttributeError: ... name what makes yours with --context MODULE:NAME
"""

from __future__ import annotations

from typing import Any, Dict, Iterable, Iterator, Mapping

HINT = "the request context was a plain dict: name what makes yours with --context MODULE:NAME"
_ASKED_IN_VAIN = f"': {HINT}"
"""How the words of an exception end that the context itself has raised."""


class PlainContext(Dict[str, Any]):
    """A dict of a scenario's values; it passes for a plain one wherever it is looked at."""

    def __getattr__(self, name: str) -> Any:
        told = f"'dict' object has no attribute '{name}': {HINT}"
        raise AttributeError(told, name=name, obj=self)

    def __hash__(self) -> int:  # type: ignore[override]  # a dict has none: what is raised is what differs
        raise TypeError(f"unhashable type: 'dict': {HINT}")

    def __reduce__(self) -> Any:
        return dict, (dict(self),)


# Exceptions are told with the class that they are about: this is no class that anybody could look up.
PlainContext.__module__, PlainContext.__qualname__, PlainContext.__name__ = "builtins", "dict", "dict"


def plain_context(values: Mapping[str, Any]) -> Any:
    """The values as a context; another process finds this function by its name."""
    return PlainContext(values)


def hinted(raised: Dict[str, Any], context: Any) -> Dict[str, Any]:
    """A described exception that a server raised, with the hint where it may have meant such a context."""
    told = str(raised["message"])
    if not isinstance(context, PlainContext) or raised["type"] != "builtins.TypeError" or HINT in told:
        return raised
    return {**raised, "message": f"{told}; {HINT}"} if "'dict'" in told else raised


def asked_in_vain(found: Any) -> bool:
    """Whether something was asked of such a context that it has not, by all that an exam told."""
    return any(_ASKED_IN_VAIN in text for text in texts(found))


def texts(value: Any) -> Iterator[str]:
    """All texts in what an exam told."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list, tuple)):
        held: Iterable[Any] = value.values() if isinstance(value, dict) else value
        for each in held:
            yield from texts(each)
