"""The smallest set of changes that makes something fail: delta debugging with more than two answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from .answers import Answer

T = TypeVar("T")


def smallest(
    changes: Sequence[T], ask: Callable[[tuple[T, ...]], Answer], *, likely: Iterable[T] = ()
) -> tuple[T, ...]:
    """A set of changes of which none can be left out, and which makes it bad, in the order of `changes`.

    All of them together have to be bad, none of them good. `likely` ones are tried by themselves first. What
    is unsatisfiable or flaky counts as neither: such a set is cut in another way. Zeller's ddmin.
    """
    for guess in likely:
        if guess in changes and ask((guess,)) == "bad":
            return (guess,)
    left, parts = tuple(changes), 2
    while len(left) > 1:
        smaller = next((each for each in _smaller(left, parts) if ask(each) == "bad"), None)
        if smaller is not None:
            parts = 2 if len(smaller) <= -(-len(left) // parts) else max(parts - 1, 2)
            left = smaller
        elif parts < len(left):
            parts = min(2 * parts, len(left))
        else:
            break
    return left


def _smaller(changes: tuple[T, ...], parts: int) -> Iterator[tuple[T, ...]]:
    """The parts, each by itself, then all but each."""
    cut = [changes[len(changes) * n // parts : len(changes) * (n + 1) // parts] for n in range(parts)]
    yield from cut
    if parts > 2:
        for number in range(parts):
            yield tuple(each for other, part in enumerate(cut) if other != number for each in part)
