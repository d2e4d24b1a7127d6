"""`gate.sarif`: what breaks as code scanning shows it, at the lines of the user's own files (SARIF 2.1.0)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from chatkit_harness.reports.text import clean, clip

from .words import advice, cases

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"
"""The top of the repository, as code scanning calls it."""
_BASELINE = "gate/baseline"
_WORDS, _MESSAGE = 1000, 4000
_FAMILIES = {
    "imports": "Something that a ChatKit server needs cannot be imported.",
    "run": "A turn of a conversation raises, or does not come to its end.",
    "widgets": "A widget is not what the ChatKit release allows.",
    "expect": "What a scenario expects is not seen.",
    "commands": "A chart command is missing or wrong.",
    "text": "What a user reads is not right.",
    "latency": "A turn takes longer than its budget.",
    "upstream": "The model is asked for something else than was recorded.",
    "wire": "The wire changed so that a client of the older one cannot read it.",
    "gate": "A difference between the two sides, or a baseline that is out of date.",
}
"""What the rules of a family are about."""


def sarif(document: Mapping[str, Any]) -> str:
    """The answer as SARIF: problems are errors, accepted findings suppressed ones, doubts notifications."""
    told = [
        *(_problem(each) for each in document["problems"]),
        *_accepted(document["accepted"], document["candidate"]["place"]),
        *(_trouble(each) for each in document["baseline"]),
    ]
    rules = list(dict.fromkeys(each["ruleId"] for each in told))
    number = {rule: place for place, rule in enumerate(rules)}
    results = [{"ruleIndex": number[each["ruleId"]], **each} for each in told]
    run = {
        "tool": {"driver": _driver(rules, document["harness_version"])},
        "automationDetails": {"id": "chatkit-harness/gate/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(document)],
        "results": results,
        "properties": {"verdict": document["verdict"]},
    }
    # In ASCII: half a surrogate pair, which a broken server may send, is no text that can be written.
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _driver(rules: Iterable[str], version: str) -> dict[str, Any]:
    return {
        "name": "chatkit-harness",
        "version": version,
        "rules": [
            {
                "id": rule,
                "shortDescription": {"text": _FAMILIES.get(rule.partition("/")[0], f"A finding of {rule}.")},
                "defaultConfiguration": {"level": "error"},
            }
            for rule in rules
        ],
    }


def _invocation(document: Mapping[str, Any]) -> dict[str, Any]:
    """Whether everything could be judged; what could not is a notification each."""
    inconclusive = document["verdict"] == "inconclusive"
    return {
        "executionSuccessful": not inconclusive,
        "exitCode": document["status"],
        "toolExecutionNotifications": [
            {"level": "error" if inconclusive else "warning", "message": {"text": clip(each, _WORDS)}}
            for each in document["doubts"]
        ],
    }


def _problem(problem: Mapping[str, Any]) -> dict[str, Any]:
    found = problem["culprit"] or {}
    properties = {
        "cases": [f"{each['path']}/{each['scenario']}" for each in problem["cases"]],
        "key": problem["key"],
        "findings": [each["key"] for each in problem["findings"]],
        "culprit": found.get("verdict"),
        "constraint": found.get("constraint"),
        "reproduce": problem["reproduce"] or None,
    }
    return _result(problem["rule"], problem["key"], _message(problem), problem["place"], properties)


def _message(problem: Mapping[str, Any]) -> str:
    sentences = [
        clip(problem["message"], _WORDS),
        f"Cases: {cases(problem['cases'])}.",
        advice(problem),
        f"Reproduce: {clip(problem['reproduce'], _WORDS)}" if problem["reproduce"] else None,
    ]
    return "\n".join(each for each in sentences if each)


def _accepted(
    accepted: Iterable[Mapping[str, Any]], place: Mapping[str, Any] | None
) -> Iterator[dict[str, Any]]:
    """A result for each finding, with what each entry that accepts it says; two would share a fingerprint."""
    entries: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for each in accepted:
        entries.setdefault((each["rule"], each["key"]), []).append(each)
    for (rule, key), theirs in entries.items():
        result = _result(rule, key, clip(theirs[0]["message"], _WORDS), place, {"key": key})
        reasons = dict.fromkeys(_justification(each) for each in theirs)
        known = [{"kind": "external", "status": "accepted", "justification": said} for said in reasons]
        yield {**result, "suppressions": known}


def _justification(entry: Mapping[str, Any]) -> str:
    until = f" (until {entry['expires']})" if entry["expires"] else ""
    return clip(f"{entry['reason'] or 'no reason given'}{until}", _WORDS)


def _trouble(each: Mapping[str, Any]) -> dict[str, Any]:
    return _result(_BASELINE, each["message"], clip(each["message"], _WORDS), each["place"], {})


def _result(
    rule: str, key: str, message: str, place: Mapping[str, Any] | None, properties: Mapping[str, Any]
) -> dict[str, Any]:
    known = {name: _clean(value) for name, value in properties.items() if value}
    return {
        "ruleId": clean(rule),
        "level": "error",
        "message": {"text": message[:_MESSAGE] or "It says nothing."},
        "partialFingerprints": {"chatkitHarness/v1": _fingerprint(rule, key)},
        "suppressions": [],
        **({"locations": [_location(place)]} if place else {}),
        **({"properties": known} if known else {}),
    }


def _clean(value: str | Sequence[str]) -> str | list[str]:
    return clip(value, _WORDS) if isinstance(value, str) else [clip(each, _WORDS) for each in value]


def _fingerprint(rule: str, key: str) -> str:
    """The same for the same finding, wherever it is met and whatever is said with it."""
    return hashlib.sha256(f"{rule}\n{key}".encode("utf-8", "surrogatepass")).hexdigest()


def _location(place: Mapping[str, Any]) -> dict[str, Any]:
    path = PurePosixPath(place["file"])
    within = {"uri": quote(str(path), errors="replace"), "uriBaseId": _ROOT}
    artifact = {"uri": path.as_uri()} if path.is_absolute() else within
    return {"physicalLocation": {"artifactLocation": artifact, "region": {"startLine": place["line"]}}}
