"""A baseline file with entries taken out and put in, in which everything else stays to the letter."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chatkit_harness.core.errors import ConfigurationError
from chatkit_harness.documents import LocatedDocument, load_yaml

from .baseline import HEAD, Accepted, as_yaml, entry_form, written

_LIST = re.compile(r"^accepted\s*:\s*(\[\s*\])?\s*?(?P<comment>\s*#.*)?$")
_DASH = re.compile(r"^(?P<indent> *)-\s")
_SILENT = re.compile(r"^\s*(#.*)?$")
"""A line that is blank, or a comment."""


def edited(
    text: str, located: LocatedDocument, dropped: Sequence[int], added: Sequence[Accepted]
) -> str | None:
    """The text without the entries of these numbers, and with new ones at the end.

    None where its layout is none that can be edited a line at a time, such as JSON or entries in one line.
    """
    lines = text.splitlines()
    end = "\r\n" if "\r\n" in text else "\n"
    listed = next((place for place, line in enumerate(lines) if _LIST.match(line)), None)
    entries = _entries(lines, located)
    if listed is None or entries is None:
        return None
    indent = _DASH.match(lines[entries[0][0]]) if entries else None
    new = [f"{indent['indent'] if indent else '  '}{line}" for line in _yaml_of(added)]
    below = entries[-1][1] if entries else listed + 1
    gone = {line for number in dropped for line in range(*entries[number])}
    left = len(entries) - len(dropped) + len(added)
    lines[listed] = _LIST.sub(rf"accepted:{'' if left else ' []'}\g<comment>", lines[listed])
    kept = [line for place, line in enumerate(lines[:below]) if place not in gone]
    whole = end.join([*kept, *new, *lines[below:]]) + end
    wanted = [each for number, each in enumerate(located.data["accepted"]) if number not in dropped]
    return whole if says(whole, [*wanted, *map(entry_form, added)]) else None


def rewritten(text: str, entries: Sequence[Accepted]) -> str:
    """A new file with these entries, below the comment at the head of the old one."""
    head: list[str] = []
    for line in text.lstrip("\ufeff").splitlines():
        if not _SILENT.match(line):
            break
        head.append(line)
    told = "\n".join(head).strip()
    return written(entries) if not told else f"{told}\n{written(entries).removeprefix(HEAD)}"


def _entries(lines: Sequence[str], located: LocatedDocument) -> list[tuple[int, int]] | None:
    """Where each entry begins and ends, from 0; None where one does not begin a line with its dash."""
    starts = [located.line(("accepted", number)) - 1 for number in range(len(located.data["accepted"]))]
    if len(set(starts)) != len(starts) or not all(_DASH.match(lines[start]) for start in starts):
        return None
    return [(start, _end(lines, start)) for start in starts]


def _end(lines: Sequence[str], start: int) -> int:
    """One past the last line that belongs to the entry; comments and blank lines below it do not."""
    dash = _DASH.match(lines[start])
    indent = len(dash["indent"]) if dash else 0
    end = start + 1
    for place in range(start + 1, len(lines)):
        line = lines[place]
        if _SILENT.match(line):
            continue
        if len(line) - len(line.lstrip(" ")) <= indent:
            break
        end = place + 1
    return end


def _yaml_of(entries: Sequence[Accepted]) -> list[str]:
    return as_yaml([entry_form(each) for each in entries]).splitlines() if entries else []


def says(text: str, entries: Sequence[object]) -> bool:
    """Whether a text can be read as a baseline with exactly these entries."""
    try:
        data = load_yaml(text.lstrip("\ufeff"), name="", error=ConfigurationError).data
    except ConfigurationError:
        return False
    return isinstance(data, dict) and data.get("accepted") == list(entries)
