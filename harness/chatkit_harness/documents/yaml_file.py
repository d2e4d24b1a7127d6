"""YAML as plain data, read safely and with the line of each place.

The text is read event by event, so that a bomb of aliases is counted, and refused, before anything of
it is expanded, and no tag can construct an object. Aliased places share one object, as in PyYAML.
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from chatkit_harness.core.errors import HarnessError, nearest

MAX_BYTES = 4_000_000
MAX_NODES = 200_000
MAX_DEPTH = 100
# A scalar counts once more for each of these many characters, so that aliases of one long text add up.
CHARACTERS_A_NODE = 1024

Path_ = tuple[str | int, ...]

_CORE = "tag:yaml.org,2002:"
_SCALARS = {
    f"{_CORE}{name}" for name in ("str", "int", "float", "bool", "null", "timestamp", "binary", "value")
}
_LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True, kw_only=True)
class LocatedDocument:
    """Plain data (JSON types only, and bytes where asked for) that knows its file and its lines."""

    name: str
    data: Any
    lines: dict[Path_, int] = field(repr=False)

    def line(self, path: Sequence[str | int] = ()) -> int:
        """The 1-based line of a place, or of its nearest ancestor that stands in the file."""
        place = tuple(path)
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def where(self, path: Sequence[str | int] = ()) -> str:
        """`file:line` of a place."""
        return f"{self.name}:{self.line(path)}"


def load_yaml(
    text: str,
    *,
    name: str,
    error: type[HarnessError],
    max_bytes: int = MAX_BYTES,
    max_nodes: int = MAX_NODES,
    binary: bool = False,
) -> LocatedDocument:
    """One YAML document as plain data.

    Dates, `.nan` and `.inf` stay the text that was written and keys are always text, so that the data
    is JSON; `<<` merges are followed. `!!binary` gives bytes where `binary` is true and is refused
    elsewhere. `max_nodes` bounds the document with every alias expanded.

    Raises `error`, naming `name:line`, for broken YAML, duplicate keys, tags that stand for objects,
    more than one document, and anything beyond the bounds.
    """
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > max_bytes:
        cause = f"the file holds {size} bytes, and at most {max_bytes} are read."
        raise error(name, cause, "Split it, or remove what is not needed.")
    builder = _Builder(name, error, max_nodes, binary=binary)
    try:
        loader = _LOADER(text)
    except (yaml.YAMLError, UnicodeError) as trouble:
        raise builder.broken(trouble) from None
    try:
        data = builder.document(loader)
    except (yaml.YAMLError, UnicodeError) as trouble:
        raise builder.broken(trouble) from None
    finally:
        loader.dispose()
    return LocatedDocument(name=name, data=data, lines=builder.lines)


def read_yaml(
    path: Path | str,
    *,
    error: type[HarnessError],
    name: str | None = None,
    max_bytes: int = MAX_BYTES,
    max_nodes: int = MAX_NODES,
    binary: bool = False,
) -> LocatedDocument:
    """The YAML document in a file; errors name the file as `name`, or as it was given."""
    path = Path(path)
    shown = name or str(path)
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise error(shown, "there is no such file.", _offer(path)) from None
    except IsADirectoryError:
        raise error(shown, "this is a folder, not a file.", "Name a file in it.") from None
    except OSError as trouble:
        cause = f"the file cannot be read ({trouble.strerror or trouble})."
        raise error(shown, cause, "Check the permissions of the file.") from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as trouble:
        line = raw[: trouble.start].count(b"\n") + 1
        cause = f"the file is not UTF-8 text (byte {trouble.start})."
        raise error(f"{shown}:{line}", cause, "Save it as UTF-8.") from None
    return load_yaml(text, name=shown, error=error, max_bytes=max_bytes, max_nodes=max_nodes, binary=binary)


def _offer(path: Path) -> str:
    try:
        names = [entry.name for entry in path.parent.iterdir() if entry.is_file()]
    except OSError:
        return f"There is no folder {str(path.parent)!r} either: check the path."
    close = nearest(path.name, names, limit=1)
    if close:
        return f"Did you mean {str(path.parent / close[0])!r}?"
    return "Check the path."


@dataclass(frozen=True, slots=True)
class _Anchor:
    data: Any
    size: int


class _Builder:
    """Turns parser events into data, counting what the document would be with its aliases expanded."""

    def __init__(self, name: str, error: type[HarnessError], max_nodes: int, *, binary: bool) -> None:
        self.name = name
        self.error = error
        self.max_nodes = max_nodes
        self.binary = binary
        self.size = 0
        self.lines: dict[Path_, int] = {}
        self.anchors: dict[str, _Anchor] = {}
        self.open_anchors: set[str] = set()

    def document(self, loader: Any) -> Any:
        self.loader = loader
        data: Any = None
        seen = False
        while loader.check_event():
            event = loader.get_event()
            if isinstance(event, yaml.DocumentStartEvent):
                if seen:
                    raise self.refuse(event, "a second document begins here.", "Keep one document a file.")
                seen = True
                data = self.node((), 0)
        return data

    def node(self, path: Path_, depth: int, *, keep_line: bool = True) -> Any:
        event = self.loader.get_event()
        if keep_line:
            self.lines[path] = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event)
        if depth > MAX_DEPTH:
            raise self.refuse(event, f"it is nested more than {MAX_DEPTH} deep.", "Flatten it.")
        before = self.size
        self.count(event, 1)
        if event.anchor:
            self.open_anchors.add(event.anchor)
        data = self.content(event, path, depth)
        if event.anchor:
            self.open_anchors.discard(event.anchor)
            self.anchors[event.anchor] = _Anchor(data, self.size - before)
        return data

    def content(self, event: Any, path: Path_, depth: int) -> Any:
        if isinstance(event, yaml.ScalarEvent):
            self.count(event, len(event.value) // CHARACTERS_A_NODE)
            return self.scalar(event)
        kind = "seq" if isinstance(event, yaml.SequenceStartEvent) else "map"
        if event.tag not in (None, "!", f"{_CORE}{kind}"):
            raise self.refuse_tag(event)
        return self.sequence(path, depth) if kind == "seq" else self.mapping(path, depth)

    def sequence(self, path: Path_, depth: int) -> list[Any]:
        items: list[Any] = []
        while not self.loader.check_event(yaml.SequenceEndEvent):
            items.append(self.node((*path, len(items)), depth + 1))
        self.loader.get_event()
        return items

    def mapping(self, path: Path_, depth: int) -> dict[str, Any]:
        own: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        while not self.loader.check_event(yaml.MappingEndEvent):
            event = self.loader.get_event()
            key = self.key(event)
            if key == "<<" and event.implicit[0]:
                merged = {**self.merge(event, self.node((*path, key), depth + 1)), **merged}
                continue
            if key in own:
                first = self.lines[(*path, key)]
                cause = f"the key {key!r} is already given in line {first}."
                raise self.refuse(event, cause, "Keep one of the two.")
            self.lines[(*path, key)] = event.start_mark.line + 1
            own[key] = self.node((*path, key), depth + 1, keep_line=False)
        self.loader.get_event()
        return {**merged, **own}

    def key(self, event: Any) -> str:
        if isinstance(event, yaml.AliasEvent):
            held = self.alias(event)
            if isinstance(held, str):
                return held
        elif isinstance(event, yaml.ScalarEvent):
            if event.tag not in (None, "!") and event.tag not in _SCALARS:
                raise self.refuse_tag(event)
            self.count(event, 1)
            key = str(event.value)
            if event.anchor:
                self.anchors[event.anchor] = _Anchor(key, 1)
            return key
        raise self.refuse(event, "a key must be plain text.", "Write the key as a word.")

    def merge(self, event: Any, held: Any) -> dict[str, Any]:
        parts = held if isinstance(held, list) else [held]
        if not all(isinstance(part, dict) for part in parts):
            raise self.refuse(event, "'<<' merges mappings only.", "Name a mapping, or quote the key.")
        result: dict[str, Any] = {}
        for part in reversed(parts):
            result.update(part)
        return result

    def alias(self, event: Any) -> Any:
        name = event.anchor
        if name in self.open_anchors:
            raise self.refuse(event, f"*{name} stands inside what it refers to.", "Write it out.")
        if name not in self.anchors:
            raise self.refuse(event, f"*{name} refers to nothing above it.", f"Define &{name} first.")
        anchor = self.anchors[name]
        self.count(event, anchor.size)
        return anchor.data

    def scalar(self, event: Any) -> Any:
        tag: Hashable = event.tag
        if tag in (None, "!"):
            tag = self.loader.resolve(yaml.ScalarNode, event.value, event.implicit)
        if tag not in _SCALARS:
            raise self.refuse_tag(event)
        try:
            return self.value(str(tag).removeprefix(_CORE), event)
        except (ValueError, KeyError, binascii.Error):
            cause = f"{event.value[:40]!r} is not what its tag says."
            raise self.refuse(event, cause, "Correct the value or remove the tag.") from None

    def value(self, kind: str, event: Any) -> Any:
        node = yaml.ScalarNode(_CORE + kind, event.value)
        if kind == "null":
            return None
        if kind == "bool":
            return self.loader.construct_yaml_bool(node)
        if kind == "int":
            return self.loader.construct_yaml_int(node)
        if kind == "float":
            number = self.loader.construct_yaml_float(node)
            return number if math.isfinite(number) else event.value
        if kind == "binary":
            if not self.binary:
                raise self.refuse(event, "binary data has no place here.", "Write text.")
            return base64.b64decode(event.value)
        return event.value

    def count(self, event: Any, nodes: int) -> None:
        self.size += nodes
        if self.size > self.max_nodes:
            cause = f"with its aliases expanded the document has more than {self.max_nodes} nodes."
            raise self.refuse(event, cause, "Remove the repeated aliases, or split the file.")

    def refuse_tag(self, event: Any) -> HarnessError:
        shown = str(event.tag).replace(_CORE, "!!")
        cause = f"the tag {shown} stands for an object, and only plain data is read."
        return self.refuse(event, cause, "Remove the tag and write plain values.")

    def refuse(self, event: Any, cause: str, next_step: str) -> HarnessError:
        return self.error(f"{self.name}:{event.start_mark.line + 1}", cause, next_step)

    def broken(self, trouble: Exception) -> HarnessError:
        mark = getattr(trouble, "problem_mark", None) or getattr(trouble, "context_mark", None)
        where = self.name if mark is None else f"{self.name}:{mark.line + 1}"
        said = [getattr(trouble, "context", None), getattr(trouble, "problem", None)]
        words = ", ".join(str(each) for each in said if each) or str(trouble).splitlines()[0]
        return self.error(where, f"this is not valid YAML: {words}.", "Correct the file at that line.")
