"""What was found once is not looked for again: results by the answers that led to them.

Looking at a piece of source asks one question after the other, and what is asked next rests on the answers so
far. So the answers make a tree, and whoever gives the same answers comes to the same result. Questions with
one known answer so far lie in a row in one node, since most of them never get a second one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Result = TypeVar("Result")
Query = tuple[str, str]
Asked = list[tuple[Query, int]]
"""Questions and the numbers of their answers, in order."""


@dataclass(slots=True)
class _Node(Generic[Result]):
    """Questions with the one answer that each had, then a question that parts the ways, or a result."""

    queries: tuple[Query, ...] = ()
    numbers: tuple[int, ...] = ()
    parting: Query | None = None
    ways: dict[int, _Node[Result]] = field(default_factory=dict)
    result: Result | None = None


class Decisions(Generic[Result]):
    """Results of one looking, by answers."""

    def __init__(self) -> None:
        self._root: _Node[Result] | None = None

    def recall(self, number: Callable[[str, str], int]) -> tuple[Result, Asked] | None:
        """The result that these answers lead to, and what was asked; None where nobody came this way."""
        node, asked = self._root, []
        while node is not None:
            for query, expected in zip(node.queries, node.numbers, strict=True):
                if number(*query) != expected:
                    return None
                asked.append((query, expected))
            if node.parting is None:
                return None if node.result is None else (node.result, asked)
            found = number(*node.parting)
            asked.append((node.parting, found))
            node = node.ways.get(found)
        return None

    def learn(self, asked: Asked, result: Result) -> None:
        """Remember what the answers to these questions, in this order, led to."""
        if self._root is None:
            self._root = _row(asked, result)
            return
        node, rest = self._root, asked
        while True:
            same = _agreeing(node, rest)
            if same < len(node.queries):
                _split(node, same)
            rest = rest[same:]
            if not rest or node.parting is None:
                return  # known already
            following = node.ways.get(rest[0][1])
            if following is None:
                node.ways[rest[0][1]] = _row(rest[1:], result)
                return
            node, rest = following, rest[1:]


def _row(asked: Asked, result: Result) -> _Node[Result]:
    return _Node(
        queries=tuple(query for query, _number in asked),
        numbers=tuple(number for _query, number in asked),
        result=result,
    )


def _agreeing(node: _Node[Result], asked: Asked) -> int:
    count = 0
    for expected, (_query, number) in zip(node.numbers, asked, strict=False):
        if expected != number:
            break
        count += 1
    return count


def _split(node: _Node[Result], place: int) -> None:
    """Make the question at `place` of a row one that parts the ways."""
    after: _Node[Result] = _Node(
        queries=node.queries[place + 1 :],
        numbers=node.numbers[place + 1 :],
        parting=node.parting,
        ways=node.ways,
        result=node.result,
    )
    node.parting, node.ways, node.result = node.queries[place], {node.numbers[place]: after}, None
    node.queries, node.numbers = node.queries[:place], node.numbers[:place]
