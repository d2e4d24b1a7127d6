"""Equal things held once: half of a sweep's cases fail by the same few tracebacks."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from chatkit_harness.core.nouns import CaseResult, Cell, Finding

_WORTH = 100
"""Characters of JSON; what is smaller costs less than finding its like."""


class Shared:
    """Gives for each noun an equal one whose parts are held once among all that went through it.

    Two threads may use one at a time each; what comes back is as frozen as it was given, its evidence is
    not to be changed.
    """

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._values: dict[bytes, Any] = {}
        self._findings: dict[bytes, Finding] = {}
        self._held: set[int] = set()  # the ids of `_values`' values, which stay theirs: none is let go

    def case(self, case: CaseResult) -> CaseResult:
        """A case whose texts and findings are held once."""
        return dataclasses.replace(
            case,
            cell=self.text(case.cell),
            path=self.text(case.path),
            scenario=self.text(case.scenario),
            server=self.text(case.server),
            store=self.text(case.store),
            client=self.text(case.client),
            reason=self.text(case.reason) if case.reason is not None else None,
            findings=tuple(map(self.finding, case.findings)),
            timing=self._by_text(case.timing),
        )

    def cell(self, cell: Cell) -> Cell:
        """A cell whose texts are held once."""
        return dataclasses.replace(
            cell,
            id=self.text(cell.id),
            python=self.text(cell.python),
            resolution=self.text(cell.resolution),
            isolation=self.text(cell.isolation),
            interpreter=self.text(cell.interpreter),
            pins={self.text(name): self.text(version) for name, version in cell.pins.items()},
            lacks=tuple(map(self.text, cell.lacks)),
        )

    def finding(self, finding: Finding) -> Finding:
        """A finding; the very same object for equal ones."""
        evidence = {self.text(name): self.value(value) for name, value in finding.evidence.items()}
        made = Finding(
            rule=self.text(finding.rule),
            severity=finding.severity,
            key=self.text(finding.key),
            message=self.text(finding.message),
            evidence=evidence,
        )
        marks = [self._mark(value) for value in evidence.values()]
        if None in marks:
            return made
        said = (made.rule, made.severity, made.key, made.message, *evidence, *marks)
        return self._findings.setdefault(_name(repr(said)), made)

    def text(self, text: str) -> str:
        """An equal text."""
        return self._texts.setdefault(text, text)

    def value(self, value: Any) -> Any:
        """An equal piece of JSON-like data."""
        if isinstance(value, str):
            return self.text(value)
        if not isinstance(value, dict | list) or id(value) in self._held:
            return value
        text = _json(value)
        if text is None:
            return value
        if len(text) < _WORTH:
            return self._parts(value)
        name = _name(text)
        if name not in self._values:
            self._values[name] = made = self._parts(value)
            self._held.add(id(made))
        return self._values[name]

    def _parts(self, value: dict[Any, Any] | list[Any]) -> Any:
        if isinstance(value, dict):
            return {self.value(key): self.value(each) for key, each in value.items()}
        return [self.value(each) for each in value]

    def _by_text(self, mapping: Mapping[str, Any]) -> dict[str, Any]:
        return {self.text(name): value for name, value in mapping.items()}

    def _mark(self, value: Any) -> tuple[type, Any] | None:
        """What tells a value of evidence from unequal ones; None where nothing does."""
        if not isinstance(value, dict | list):
            return type(value), value
        if id(value) in self._held:
            return type(value), id(value)
        text = _json(value)
        if text is None:
            return None
        return type(value), text


def _name(text: str) -> bytes:
    """A short name of a text: what is remembered of it costs the same however long it is."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _json(value: Any) -> str | None:
    try:
        return json.dumps(value)
    except (TypeError, ValueError, RecursionError):
        return None
