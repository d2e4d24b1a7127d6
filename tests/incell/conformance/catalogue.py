"""The catalogue of lying servers: one stated defect each, by the exam and the rule that have to find it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

from .honest import Document, Honest

LIARS: dict[tuple[str, str], type[Honest]] = {}


def found_by(exam: str, rule: str) -> Callable[[type[Honest]], type[Honest]]:
    def keep(liar: type[Honest]) -> type[Honest]:
        assert (exam, rule) not in LIARS
        LIARS[exam, rule] = liar
        return liar

    return keep


class Twisting(Honest):
    """Changes the events of a stream on their way out."""

    def twisted(self, events: list[Document]) -> list[Document]:
        return events

    async def stream(self, first: Document, rest: AsyncIterator[Document]) -> AsyncIterator[bytes]:
        for each in self.twisted([first, *[event async for event in rest]]):
            yield self.event(each)
