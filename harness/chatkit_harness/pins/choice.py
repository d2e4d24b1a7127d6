"""One question to uv, which pins there are for some requirements, and its answer, kept in the cache."""

from __future__ import annotations

import datetime as dt
import json
import re
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chatkit_harness.core.errors import (
    BuildError,
    HarnessError,
    IndexUnreachableError,
    OutputError,
    UnresolvableError,
)
from chatkit_harness.core.nouns import digest
from chatkit_harness.index.index import Index
from chatkit_harness.machine.cache import Cache
from chatkit_harness.machine.interpreters import Interpreter
from chatkit_harness.machine.uv import UvResult, run_uv, shortened

from .pins import read_pins

TODAY_FRESH_S = 600
PAST_FRESH_S = 30 * 24 * 3600
POLICY = 3
"""Counted up when pins are chosen or kept in another way: what was chosen before is then chosen again."""

_DAY_S = 24 * 3600
_EVER = "9999-01-01T00:00:00Z"
_LOG = "uv_resolver=warn"
_UNREAD = re.compile(r"`(?P<name>[^`=]+)==(?P<version>[^`]+)` has an invalid package format: (?P<why>.*)")
"""Uv passes over a wheel that it cannot read, and takes an older one, or finds none."""

_UNDATED = re.compile(r"`([^`]+)` is missing an upload date")
_ADVICE = re.compile(r"\s*Consider using `exclude-newer-package`[^.]*\.")
"""Uv's own option, which users of the harness have in another form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """All pins of a cell by normalised name; `stale` says why they come from the cache, None if fresh."""

    pins: Mapping[str, str]
    as_of: dt.datetime | None
    stale: str | None = None

    @property
    def digest(self) -> str:
        """Equal digests are equal sets of pins."""
        return digest(dict(self.pins))


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What uv is asked for.

    `constraints` bind what is required anyway, `exempt` are names that may be younger than `as_of`,
    `preferred` are versions to take wherever nothing speaks against them, and `lowest` asks for the oldest
    versions in place of the newest.
    """

    requirements: tuple[str, ...]
    interpreter: Interpreter
    as_of: dt.datetime | None
    constraints: tuple[str, ...] = ()
    exempt: tuple[str, ...] = ()
    preferred: Mapping[str, str] = field(default_factory=dict)
    lowest: bool = False

    @property
    def document(self) -> dict[str, Any]:
        """All that the answer depends on, apart from the index."""
        return {
            "policy": POLICY,
            "requirements": list(self.requirements),
            "constraints": list(self.constraints),
            "exempt": list(self.exempt),
            **({"preferred": dict(self.preferred)} if self.preferred else {}),
            "lowest": self.lowest,
            "python": self.interpreter.version,
            "platform": self.interpreter.platform,
            "as_of": self.as_of.isoformat() if self.as_of else None,
        }

    @property
    def asked(self) -> str:
        """The requirements as they are told to the user."""
        return told(self.requirements)


def told(requirements: Sequence[str], *, shown: int = 8) -> str:
    """Requirements on one line; of many only the first."""
    more = f" and {len(requirements) - shown} more" if len(requirements) > shown else ""
    return " ".join(requirements[:shown]) + more


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was chosen: pins, or the reason why there are none; `resolved` is in seconds since the epoch."""

    pins: Mapping[str, str] | None = None
    reason: str = ""
    resolved: float = field(default_factory=time.time)

    def lock(self, asked: str, as_of: dt.datetime | None, stale: str | None = None) -> Lock:
        """The answer as a lock. Raises UnresolvableError where there are no pins."""
        if self.pins is not None:
            return Lock(pins=self.pins, as_of=as_of, stale=stale)
        raise UnresolvableError(asked, self.reason, "Choose another version, Python or resolution.")

    def is_fresh(self, as_of: dt.datetime | None) -> bool:
        """Whether it need not be asked for again: not one of the future either, which a clock left behind."""
        past = as_of is not None and as_of < dt.datetime.now(dt.UTC)
        return 0 <= time.time() - self.resolved < (PAST_FRESH_S if past else TODAY_FRESH_S)


class Chooser:
    """Asks uv, and remembers what it said."""

    def __init__(self, cache: Cache, index: Index) -> None:
        self._cache = cache
        self._index = index
        self._born = time.monotonic()
        self._counting = threading.Lock()
        self.runs = 0
        """How often uv was asked."""

    def known(self, document: Mapping[str, Any]) -> Answer | None:
        """The answer that was kept for this; None for none, or one that cannot be read."""
        match self._cache.read_json(self._path(document)):
            case {"pins": dict() as pins, "resolved": int() | float() as resolved}:
                if pins and all(isinstance(version, str) for version in pins.values()):
                    return Answer(pins=pins, resolved=resolved)
            case {"reason": str() as reason, "resolved": int() | float() as resolved}:
                return Answer(reason=reason, resolved=resolved)
        return None

    def keep(self, document: Mapping[str, Any], answer: Answer) -> Answer:
        """Remember the answer, for as long as it can be written: a full disk makes it no worse."""
        found = {"reason": answer.reason} if answer.pins is None else {"pins": dict(answer.pins)}
        self._cache.remember(self._path(document), {**found, "resolved": answer.resolved})
        return answer

    def _path(self, document: Mapping[str, Any]) -> Path:
        return self._cache.folder("resolved", self._index.key) / f"{digest(dict(document))[:24]}.json"

    def choose(self, question: Question) -> Lock:
        """The pins that answer a question.

        Raises UnresolvableError with uv's reason where there are none, and IndexUnreachableError where the
        index does not answer and no earlier answer is kept, BuildError where it gives a wheel that cannot be
        read: without that wheel nobody knows what the answer would be.
        """
        document = question.document
        known = self.known(document)
        if known is not None and known.is_fresh(question.as_of):
            return known.lock(question.asked, question.as_of)
        done = self._compile(question)
        if done.no_room:
            raise _no_room(done)
        if done.out_of_reach:
            return _before(known, question, self._out_of_reach(done))
        unread = _UNREAD.search(done.warnings)
        if unread is not None:
            return _before(known, question, _unreadable(unread))
        if done.status == 0:
            answer = self.keep(document, Answer(pins=read_pins(done.stdout)))
            return answer.lock(question.asked, question.as_of)
        if "No solution found" in done.stderr:
            answer = self.keep(document, Answer(reason=_reason(done.stderr)))
            return answer.lock(question.asked, question.as_of)
        raise BuildError(
            question.asked,
            f"uv could not choose pins: {shortened(done.stderr, limit=300)}",
            "Run again with -v to see uv's own output.",
        )

    def _out_of_reach(self, done: UvResult) -> IndexUnreachableError:
        return IndexUnreachableError(
            self._index.title,
            f"The package index is out of reach: {shortened(done.stderr, limit=300)}",
            "Check the network, then run again.",
        )

    def _compile(self, question: Question) -> UvResult:
        arguments = ["pip", "compile", "-", "--python", question.interpreter.path]
        arguments += ["--no-header", "--no-annotate", "--only-binary", ":all:", "--no-sources"]
        if question.as_of is not None:
            instant = question.as_of.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            arguments += ["--exclude-newer", instant]
            for name in question.exempt:
                arguments += ["--exclude-newer-package", f"{name}={_EVER}"]
        if question.lowest:
            arguments += ["--resolution", "lowest"]
        with self._counting:
            self.runs += 1
        with tempfile.TemporaryDirectory(prefix="chatkit-harness-") as folder:
            settings = Path(folder, "uv.toml")
            settings.write_text(self._settings(), encoding="utf-8")
            arguments += ["--config-file", str(settings)]
            if question.constraints:
                constraints = Path(folder, "constraints.txt")
                constraints.write_text("\n".join(question.constraints) + "\n", encoding="utf-8")
                arguments += ["--constraints", str(constraints)]
            if question.preferred:  # uv keeps to what the file that it is to write holds already
                known = Path(folder, "pins.txt")
                lines = [f"{name}=={version}\n" for name, version in question.preferred.items()]
                known.write_text("".join(lines), encoding="utf-8")
                arguments += ["--output-file", str(known)]
            asked = "\n".join(question.requirements) + "\n"
            return run_uv(arguments, stdin=asked, ending=self._cache.ending, log=_LOG)

    def _settings(self) -> str:
        """Uv's settings: the index alone, whose pages are fetched once in the life of this object.

        Uv otherwise asks the index again for each page at each question, about a second a question, where
        the index says nothing of how long a page holds. Pages from before are always asked for again. What
        a release declares does not change, unless in an index of somebody's own.
        """
        lived = int(time.monotonic() - self._born)
        files = _DAY_S if self._index.url.startswith("https:") else lived
        ages = f'{{ api = "max-age={lived}", files = "max-age={files}" }}'
        lines = ["[[index]]", f"url = {json.dumps(self._index.url)}", "default = true"]
        return "\n".join([*lines, f"cache-control = {ages}", ""])


def _reason(stderr: str) -> str:
    # What comes before is only that there is no solution.
    _none, because, why = stderr.partition("Because")
    said = shortened(_ADVICE.sub("", because + why if because else stderr))
    undated = sorted(set(_UNDATED.findall(stderr)))
    if not undated:
        return said
    more = f" and {len(undated) - 3} more" if len(undated) > 3 else ""
    return f"The index does not say when {', '.join(undated[:3])}{more} came. {said}"


def _before(known: Answer | None, question: Question, error: HarnessError) -> Lock:
    """What was answered before, in the place of trouble that may pass. Raises it where nothing was."""
    if known is None:
        raise error
    why = f"{error.culprit}: {error.cause}".rstrip(".")
    return known.lock(question.asked, question.as_of, stale=why[:200])


def _no_room(done: UvResult) -> OutputError:
    return OutputError(
        "uv",
        f"It cannot write what it keeps ({done.no_room}): {shortened(done.stderr, limit=300)}",
        "Free space there, or set UV_CACHE_DIR to another folder.",
    )


def _unreadable(unread: re.Match[str]) -> BuildError:
    return BuildError(
        f"{unread['name']} {unread['version']}",
        f"Its wheel cannot be read ({unread['why'].strip()}): it is broken, or was cut off on its way.",
        "Run again; if it stays so, mend it in the index or choose another version.",
    )
