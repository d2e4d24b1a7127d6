"""A report as one JSON document, and as what may be sent to somebody else."""

from __future__ import annotations

import dataclasses
import os
import re
from typing import Any, Dict

from .nouns import Distribution, Facts, Report

_SECRETS = (
    re.compile(r"(?<![A-Za-z0-9_-])(?:sk|rk|ek|sess|pk)[-_](?=[A-Za-z_-]*\d)[A-Za-z0-9_-]{16,}"),
    re.compile(r"(?<=://)[^\s/?#\"'<>@]+(?=@)"),
    re.compile(r"(?i)(?<=bearer )[A-Za-z0-9._~+/-]{16,}=*"),
    re.compile(r"(?i)(?<=[?&](?:key|sig)=)[^&\s\"']{8,}|(?<=[?&]token=)[^&\s\"']{8,}"),
)
_HOMES = re.compile(
    r"(?<![\w.-])(?:/home/|/Users/)[^/\s:\"'\\<>]+|(?<![\w.-])/root(?=/)|[A-Za-z]:\\Users\\[^\\\s\"']+"
)


def document(report: Report) -> Dict[str, Any]:
    """The report for machines; `send` is there only where no cause is known."""
    facts = report.facts
    told: Dict[str, Any] = {
        "schema_version": 1,
        "verdict": report.verdict,
        "patient": {**dataclasses.asdict(facts.environment), "cwd": facts.cwd},
        "imports": [_plain(each) for each in facts.attempts],
        "causes": [_plain(each) for each in report.causes],
        "notes": list(report.notes),
        "distributions": [_distribution(each) for each in facts.distributions],
        "path": [_plain(each) for each in facts.places],
        "modules": [_plain(each) for each in facts.modules],
        "programs": [_plain(each) for each in facts.programs],
        "done": list(report.done),
        "cured": [_plain(each) for each in report.cured],
    }
    cleaned: Dict[str, Any] = without_secrets(told)
    if report.verdict == "unknown":
        cleaned["send"] = to_send(facts)
    return cleaned


def _plain(noun: Any) -> Dict[str, Any]:
    plain: Dict[str, Any] = dataclasses.asdict(noun)
    return plain


def _distribution(found: Distribution) -> Dict[str, Any]:
    kept = (
        "name",
        "version",
        "home",
        "place",
        "installer",
        "record",
        "files",
        "missing",
        "changed",
        "claims",
    )
    whole = _plain(found)
    return {name: whole[name] for name in kept}


def to_send(facts: Facts) -> Dict[str, Any]:
    """What somebody needs who looks at a trouble that is not known here: no secret, no home folder."""
    environment = _plain(facts.environment)
    told = {
        "environment": {k: environment[k] for k in ("version", "kind", "made_by", "sees_base", "has_pip")},
        "markers": facts.markers,
        "path": [f"{each.kind}: {each.folder}" for each in facts.places],
        "modules": {each.name: [each.kind, *each.places] for each in facts.modules},
        "distributions": {
            each.name: f"{each.version} ({each.installer or 'unknown installer'}, {each.record})"
            for each in reversed(facts.distributions)
        },
        "failed": [_plain(each) for each in facts.failed()],
        "unmet": [_plain(each) for each in facts.unmet],
    }
    cleaned: Dict[str, Any] = without_homes(without_secrets(told))
    return cleaned


def without_secrets(value: Any) -> Any:
    """A copy of JSON-like data in which keys and passwords are blanked."""
    return _walked(value, _no_secrets)


def without_homes(value: Any) -> Any:
    """A copy of JSON-like data in which home folders are `~`."""
    return _walked(value, _no_homes)


def _no_secrets(text: str) -> str:
    for pattern in _SECRETS:
        text = pattern.sub("REDACTED", text)
    return text


def _no_homes(text: str) -> str:
    home = os.path.expanduser("~")
    text = text.replace(home, "~") if len(home) > 1 else text
    return _HOMES.sub("~", text)


def _walked(value: Any, change: Any) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: _walked(each, change) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_walked(each, change) for each in value]
    return value
