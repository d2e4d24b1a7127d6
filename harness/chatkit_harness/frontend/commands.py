"""The chart commands of an answer: those of arrays, then those of the text, else what the prose means."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Any

from chatkit_harness import chart
from chatkit_harness.chart.commands import Commands, Level, Placed, Rejected
from chatkit_harness.chart.prose import MOST_PROSE
from chatkit_harness.frontend.lines import sort_out
from chatkit_harness.frontend.passages import Sheet
from chatkit_harness.frontend.reading import CommandSource, FoundCommand, RejectedCommand
from chatkit_harness.frontend.roles import COMMAND_KEYS, role_of
from chatkit_harness.frontend.text import Surface
from chatkit_harness.frontend.values import Path, Place, Span

MAX_COMMANDS = 10_000
"""How many commands of arrays, and how many of the text, are read."""

_TOO_MANY = f"there are more than {MAX_COMMANDS} commands: from here on none is read"
_VERBS = re.compile(r"(?<![A-Za-z_])[A-Za-z_]{2,24}[*`]{0,3}:")
_SHOWN = 40
_FIELD = 300


@dataclass(slots=True, kw_only=True)
class Given:
    """The commands of a message, and the text that is left without them."""

    commands: tuple[FoundCommand, ...]
    rejected: tuple[RejectedCommand, ...]
    text: str


def gather(sheets: Sequence[Sheet], surface: Surface, intent: str | None, symbol: str | None = None) -> Given:
    """Every command, once; `intent` and `symbol` are what the question was taken for.

    The prose is asked only where the answer tried no command at all: one that was cut short is a fault to
    be told, not to be guessed at.
    """
    arrays = [(_read_array(each), each.place) for each in _no_more(_arrays(each) for each in sheets)]
    found = _extracted(surface.asked)
    spans = [(each.start, each.end) for each in found.placed]
    spans += [(each.start, each.end) for each in found.rejected]
    for_chart = _for_chart(found, (each for each, _ in arrays), intent, symbol)
    left = sort_out(surface.text, sorted(spans) if for_chart else [])
    written = _only(found, lambda span: span not in left.spoken)
    groups: list[tuple[CommandSource, Commands]] = [("array", _moved(*each)) for each in arrays]
    groups.append(("text", _moved(written, surface.place)))
    if not any(each.placed or each.rejected for _, each in groups):
        spoken = _only(found, lambda span: span in left.spoken)
        meant = Commands(placed=tuple(_meant(surface.asked, intent, symbol)))
        groups = [("prose", _moved(each, surface.place)) for each in (spoken, meant)]
    return Given(commands=tuple(_merged(groups)), rejected=tuple(_rejected(groups)), text=left.text)


def _for_chart(written: Commands, arrays: Iterable[Commands], intent: str | None, symbol: str | None) -> bool:
    """Whether lines such as `TARGET:99.9%` are for a chart, and not words of an answer on something else."""
    if symbol is not None or (intent is not None and _ABOUT_CHARTS.search(intent)):
        return True
    given = [*written.commands, *(command for each in arrays for command in each.commands)]
    sided = any(isinstance(each, Level) and each.role in ("support", "resistance") for each in given)
    return sided or chart.only_of_charts(given)


def _extracted(text: str) -> Commands:
    """The commands written in a text, of the words before a colon the first MAX_COMMANDS."""
    further = next(islice(_VERBS.finditer(text), MAX_COMMANDS, None), None)
    if further is None:
        return chart.extract(text)
    cut = further.start()
    found = chart.extract(text[:cut])
    if not found.placed and not found.rejected:
        return found
    told = Rejected(verb="", text=text[cut:][:_SHOWN], start=cut, end=len(text), reason=_TOO_MANY)
    return replace(found, rejected=(*found.rejected, told))


def _moved(read: Commands, place: Place) -> Commands:
    """The same commands with their places in the message."""
    placed, rejected = [], []
    for each in read.placed:
        start, end = place(each.start, each.end)
        placed.append(Placed(command=each.command, start=start, end=end))
    for bad in read.rejected:
        start, end = place(bad.start, bad.end)
        rejected.append(replace(bad, start=start, end=end))
    return Commands(placed=tuple(placed), rejected=tuple(rejected))


def _only(read: Commands, wanted: Callable[[Span], bool]) -> Commands:
    return Commands(
        placed=tuple(each for each in read.placed if wanted((each.start, each.end))),
        rejected=tuple(each for each in read.rejected if wanted((each.start, each.end))),
    )


def _merged(groups: list[tuple[CommandSource, Commands]]) -> Iterator[FoundCommand]:
    """Each command once, where it first stood, though a later one may have lent it its label."""
    sources = {id(placed): source for source, group in groups for placed in group.placed}
    for placed in chart.merge(*(group for _, group in groups)).placed:
        yield FoundCommand(
            command=placed.command, source=sources[id(placed)], start=placed.start, end=placed.end
        )


def _rejected(groups: list[tuple[CommandSource, Commands]]) -> Iterator[RejectedCommand]:
    seen: set[tuple[str, str]] = set()
    for source, group in groups:
        for each in group.rejected:
            if not each.text or (each.verb, each.text) not in seen:
                seen.add((each.verb, each.text))
                yield RejectedCommand(
                    verb=each.verb,
                    text=each.text,
                    reason=each.reason,
                    source=source,
                    start=each.start,
                    end=each.end,
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Array:
    """Values that stand where commands do, and where each is in the message."""

    values: list[Any]
    spans: list[Span]
    read: int | None = None
    """How many of them are read; all, if None."""

    def place(self, start: int, end: int) -> Span:
        """The span of the values with those indices."""
        return self.spans[start][0], self.spans[end - 1][1]


def _no_more(arrays: Iterable[Iterator[_Array]]) -> Iterator[_Array]:
    """The arrays with their first MAX_COMMANDS commands; the rest of the values are told as one."""
    left = MAX_COMMANDS
    for array in chain.from_iterable(arrays):
        read = 0
        for value in array.values:
            left -= _at_most(value)
            if left < 0:
                break
            read += 1
        yield replace(array, read=read)


def _at_most(value: Any, deep: int = 4) -> int:
    """How many commands a value can hold, one at least: a text one a colon, an envelope all that is in it."""
    if isinstance(value, str):
        return max(1, value.count(":"))
    if isinstance(value, dict):  # short texts of an object are its fields, such as a time of day
        held = [each for each in value.values() if not isinstance(each, str) or len(each) > _FIELD]
    else:
        held = value if isinstance(value, list) else []
    return max(1, sum(_at_most(each, deep - 1) for each in held)) if deep else 1


def _read_array(array: _Array) -> Commands:
    found = chart.read_array(array.values[: array.read])
    if array.read is None or array.read >= len(array.values):
        return found
    told = Rejected(verb="", text="", start=array.read, end=len(array.values), reason=_TOO_MANY)
    return replace(found, rejected=(*found.rejected, told))


def _arrays(sheet: Sheet) -> Iterator[_Array]:
    """The command arrays of a document; a lone string or object counts as an array of one."""
    value = sheet.found.value
    together = isinstance(value, list) and role_of(value) == "commands"
    if together:
        entries = [(index, each) for index, each in enumerate(value) if _is_entry(each)]
        yield _Array(
            values=[each for _, each in entries], spans=[sheet.place((index,)) for index, _ in entries]
        )
    for part in sheet.parts:
        if part.role == "commands" and not (together and len(part.path) == 1):
            yield _Array(values=[part.value], spans=[sheet.place(part.path)])
        if part.role != "answer" or _KEYS.isdisjoint(part.value):
            continue
        for key in COMMAND_KEYS:
            given, path = part.value.get(key), (*part.path, key)
            if isinstance(given, list):
                yield _array(sheet, path, given)
            elif given is not None:
                written = {each.inside[-1] for each in sheet.hidden}
                yield _Array(values=[_NOTHING if path in written else given], spans=[sheet.place(path)])


_KEYS = frozenset(COMMAND_KEYS)
_NOTHING: Any = {"chart_commands": []}
"""In the place of a text that is itself a document of commands: that is read as one."""


def _array(sheet: Sheet, path: Path, values: list[Any]) -> _Array:
    written = {each.inside[-1] for each in sheet.hidden}
    return _Array(
        values=[_NOTHING if (*path, index) in written else each for index, each in enumerate(values)],
        spans=[sheet.place((*path, index)) for index in range(len(values))],
    )


def _is_entry(value: Any) -> bool:
    return isinstance(value, str) or role_of(value) == "commands"


_ABOUT_CHARTS = re.compile(r"chart|technical|level|pattern|draw|indicator|trade|trading|setup", re.IGNORECASE)
_SPEAKS_OF_CHART = re.compile(
    r"\b(?:draw(?:n|ing)?|drew|plot(?:s|ted|ting)?|overla(?:y|id|ying)|add(?:ed|ing)?|mark(?:ed|ing)?)\b"
    r"|\b(?:your|the) chart\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^.!?\n]*(?:[.!?](?!\s)[^.!?\n]*)*[.!?\n]?")


def _meant(text: str, intent: str | None, symbol: str | None) -> Iterator[Placed]:
    """What the prose means; where the question was of something else, only what speaks of the chart."""
    begin = len(text) - len(text.lstrip())
    text = text[: begin + MOST_PROSE]
    meant = [
        replace(each, start=each.start + begin, end=each.end + begin)
        for each in chart.from_prose(text[begin:], symbol).placed
    ]
    if not meant or intent is None or _ABOUT_CHARTS.search(intent):
        yield from meant
        return
    following = iter(sorted(meant, key=lambda each: each.start))
    placed = next(following, None)
    for sentence in _SENTENCE.finditer(text):
        speaks = placed and _SPEAKS_OF_CHART.search(sentence.group())
        while placed and placed.start < sentence.end():
            if speaks:
                yield placed
            placed = next(following, None)
