"""The baseline: findings that a project has accepted, each with a reason and the day it ends."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from chatkit_harness.checks.rules import RULES
from chatkit_harness.core.data import data_folder
from chatkit_harness.core.errors import ConfigurationError, did_you_mean, nearest
from chatkit_harness.core.nouns import Finding
from chatkit_harness.documents import LocatedDocument, read_yaml, require_valid

from .findings import RULES as COMPARING

FILE = "chatkit-baseline.yaml"
SCHEMA = "baseline.schema.json"
SCHEMA_VERSION = 1
DAYS = 90
"""How long an entry holds that `--update-baseline` writes."""
HEAD = "# Findings that this project accepts: chatkit-harness gate passes over them until the day given.\n"

UNEXPLAINED = "accepted by --update-baseline: say here why"
"""The reason of an entry that nobody has explained yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A finding that does not fail the gate: rule and key, why it is borne, and the last day on which it is.

    `scenario` and `path` narrow it to cases; None stands for all. `where` is file and line.
    """

    rule: str
    key: str
    reason: str
    expires: dt.date
    scenario: str | None = None
    path: str | None = None
    where: str = ""

    def covers(self, finding: Finding, *, scenario: str, path: str) -> bool:
        """Whether it is this finding of this case."""
        return self.is_at(scenario, path) and (self.rule, self.key) == (finding.rule, finding.key)

    def is_at(self, scenario: str, path: str) -> bool:
        """Whether it is about cases of this scenario on this path."""
        return self.scenario in (None, scenario) and self.path in (None, path)

    @property
    def unexplained(self) -> bool:
        """Whether nobody has said yet why it is borne."""
        return self.reason == UNEXPLAINED

    def expired(self, today: dt.date) -> bool:
        """Whether its last day has passed."""
        return self.expires < today


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """What a project has accepted, in the order of its file."""

    accepted: tuple[Accepted, ...] = ()

    def entry(self, finding: Finding, *, scenario: str, path: str) -> Accepted | None:
        """The entry that accepts a finding of a case, if any."""
        found = (each for each in self.accepted if each.covers(finding, scenario=scenario, path=path))
        return next(found, None)


def read_baseline(path: Path) -> Baseline:
    """A baseline file.

    Raises ConfigurationError, with file and line, for what cannot be read, is not valid, accepts something
    twice, or names a rule that does not exist.
    """
    located = read_yaml(path, error=ConfigurationError)
    require_valid(located, _schema(), error=ConfigurationError)
    entries: list[Accepted] = []
    for number, given in enumerate(located.data["accepted"]):
        place = ("accepted", number)
        entry = _entry(given, located, place)
        _require_rule(entry, located.where((*place, "rule")))
        if any(_subject(entry) == _subject(each) for each in entries):
            raise ConfigurationError(entry.where, f"{entry.key!r} is accepted twice.", "Remove one of them.")
        entries.append(entry)
    return Baseline(accepted=tuple(entries))


def _schema() -> Mapping[str, Any]:
    schema: Mapping[str, Any] = json.loads((data_folder("schemas") / SCHEMA).read_text(encoding="utf-8"))
    return schema


def _entry(given: Mapping[str, Any], located: LocatedDocument, place: Sequence[str | int]) -> Accepted:
    return Accepted(
        rule=given["rule"],
        key=given["key"],
        reason=given["reason"],
        expires=_day(given["expires"], located, place),
        scenario=given.get("scenario"),
        path=given.get("path"),
        where=located.where(place),
    )


def _day(text: str, located: LocatedDocument, place: Sequence[str | int]) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        where = located.where((*place, "expires"))
        raise ConfigurationError(where, f"{text!r} is not a day.", "Write 2026-12-31, for example.") from None


def _require_rule(entry: Accepted, where: str) -> None:
    """An entry for a rule that nothing is ever found by is a slip of the pen."""
    known = (*(rule for rules in RULES.values() for rule in rules), *COMPARING)
    if entry.rule not in known:
        family = [rule for rule in known if rule.partition("/")[0] == entry.rule.partition("/")[0]]
        close = nearest(entry.rule, known, limit=1)
        offer = f"Did you mean {close[0]!r}?" if close else did_you_mean(entry.rule, family or known)
        raise ConfigurationError(where, f"No check has a rule {entry.rule!r}.", offer)


def _subject(entry: Accepted) -> tuple[str | None, ...]:
    return entry.rule, entry.key, entry.scenario, entry.path


def written(entries: Iterable[Accepted]) -> str:
    """A baseline file with these entries."""
    document = {"schema_version": SCHEMA_VERSION, "accepted": [entry_form(each) for each in entries]}
    return HEAD + as_yaml(document)


def entry_form(entry: Accepted) -> dict[str, str]:
    """An entry as it stands in the file."""
    return {
        "rule": entry.rule,
        "key": entry.key,
        **({"scenario": entry.scenario} if entry.scenario else {}),
        **({"path": entry.path} if entry.path else {}),
        "reason": entry.reason,
        "expires": entry.expires.isoformat(),
    }


def as_yaml(document: Any) -> str:
    """Plain data as YAML in the order given; a reader of this file gets back the very same."""
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=100)


def accepted_until(
    finding: Finding, today: dt.date, *, reason: str = UNEXPLAINED, **narrowed: str
) -> Accepted:
    """A new entry for a finding; a person has to say why, unless a reason is given.

    `narrowed` are the scenario and the path, where it is for one of them only.
    """
    expires = today + dt.timedelta(days=DAYS)
    return Accepted(rule=finding.rule, key=finding.key, reason=reason, expires=expires, **narrowed)
