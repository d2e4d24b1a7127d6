"""`gate-junit.xml`: a test case a compared case, and one for whatever else the gate judges.

A case fails where the candidate fails newly; what failed with the base already, or is accepted, does not.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from chatkit_harness.causes.group import raised_of
from chatkit_harness.core.nouns import Finding
from chatkit_harness.reports.text import clean, clip

from .changes import CaseKey, nothing_lost
from .findings import LATENCY
from .words import advice, case_name, latency, trouble

_COUNTED = ("tests", "failures", "errors", "skipped")
_TAGS = {"failure": "failures", "error": "errors", "skipped": "skipped"}
_FRAMES = 12
_MESSAGE, _TEXT = 400, 20_000


def junit(document: Mapping[str, Any]) -> str:
    """The answer as JUnit XML."""
    suites = [
        _suite("cases", _cases(document)),
        _suite("wire", _wire(document)),
        _suite("latency", _latency(document)),
        _suite("baseline", _baseline(document)),
        _suite("not judged", _doubts(document)),
    ]
    told = [suite for suite in suites if len(suite)]
    root = ET.Element("testsuites", name="chatkit-harness gate")
    for name in _COUNTED:
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in told)))
    root.set("time", f"{sum(float(suite.get('time', '0')) for suite in told):.3f}")
    root.extend(told)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _suite(name: str, cases: Iterable[ET.Element]) -> ET.Element:
    suite = ET.Element("testsuite", name=name)
    suite.extend(cases)
    counts = Counter(_TAGS[each.tag] for case in suite for each in case if each.tag in _TAGS)
    for counted in _COUNTED:
        suite.set(counted, str(len(suite) if counted == "tests" else counts[counted]))
    suite.set("time", f"{sum(float(case.get('time', '0')) for case in suite):.3f}")
    return suite


def _cases(document: Mapping[str, Any]) -> Iterator[ET.Element]:
    broken = _by_case(each for each in document["problems"] if not _is_apart(each))
    accepted = _by_case(each for each in document["accepted"] if not _is_apart(each))
    for case in document["cases"]:
        name = case_name({**case, "path": "native"})
        element = _testcase(case["path"], name, (case["candidate_ms"] or 0.0) / 1000)
        key = _key(case)
        if key in broken:
            first = broken[key][0]
            text = "\n\n".join(_told(each) for each in broken[key])
            _outcome(element, "failure", first["message"], first["rule"], text)
        elif case["change"] == "incomparable":
            kind = "skipped" if nothing_lost(case["base"], case["candidate"]) else "error"
            _outcome(element, kind, case["why"] or "It could not be compared.", "not judged")
        elif key in accepted:
            ET.SubElement(element, "system-out").text = clean("\n".join(map(_borne, accepted[key])))
        elif case["change"] == "same_failure":
            ET.SubElement(element, "system-out").text = "It fails with the base, too."
        yield element


def _wire(document: Mapping[str, Any]) -> Iterator[ET.Element]:
    broken = {finding["key"]: each for each in document["problems"] for finding in each["findings"]}
    accepted: dict[str, list[str]] = {}
    for each in document["accepted"]:
        accepted.setdefault(each["key"], []).append(_borne(each))
    for change in document["wire"]:
        element = _testcase("wire", f"{change['change']} {change['place']}")
        if change["effect"] == "breaking" and change["key"] in broken:
            problem = broken[change["key"]]
            _outcome(element, "failure", change["why"], f"wire/{change['change']}", _told(problem))
        else:
            borne = dict.fromkeys(accepted.get(change["key"], [change["why"]]))
            ET.SubElement(element, "system-out").text = clean("\n".join(borne))
        yield element


def _latency(document: Mapping[str, Any]) -> Iterator[ET.Element]:
    """What may be chance is told under what could not be judged, not here."""
    told = latency(document)
    if told is None or document["latency"]["verdict"] == "inconclusive":
        return
    element = _testcase("latency", "processor time")
    slower = next((each for each in document["problems"] if each["rule"] == LATENCY[0]), None)
    if slower is not None:
        _outcome(element, "failure", slower["message"], LATENCY[0], told)
    else:
        ET.SubElement(element, "system-out").text = told
    yield element


def _baseline(document: Mapping[str, Any]) -> Iterator[ET.Element]:
    for number, each in enumerate(document["baseline"], start=1):
        element = _testcase("baseline", f"entry {number}")
        _outcome(element, "failure", trouble(each), "gate/baseline")
        yield element


def _doubts(document: Mapping[str, Any]) -> Iterator[ET.Element]:
    """What could not be judged, but for the cases that say so themselves."""
    of_cases = {f"{_key(case)}: {case['why']}" for case in document["cases"]}
    rest = [each for each in document["doubts"] if each not in of_cases]
    for number, doubt in enumerate(rest, start=1):
        element = _testcase("gate", f"doubt {number}")
        _outcome(element, "error", doubt, "not judged")
        yield element


def _is_apart(told: Mapping[str, Any]) -> bool:
    """Whether it is told under the wire or the latency, not under each of its cases."""
    rule: str = told["rule"]
    return rule.startswith("wire/") or rule == LATENCY[0]


def _by_case(told: Iterable[Mapping[str, Any]]) -> dict[CaseKey, list[Mapping[str, Any]]]:
    found: dict[CaseKey, list[Mapping[str, Any]]] = {}
    for each in told:
        for case in each["cases"]:
            found.setdefault(_key(case), []).append(each)
    return found


def _key(case: Mapping[str, Any]) -> CaseKey:
    return CaseKey(**{name: case[name] for name in ("path", "scenario", "server", "store", "client")})


def _testcase(where: str, name: str, seconds: float = 0.0) -> ET.Element:
    return ET.Element("testcase", classname=clean(where), name=clip(name, 300), time=f"{seconds:.3f}")


def _outcome(element: ET.Element, tag: str, message: str, kind: str, text: str = "") -> None:
    outcome = ET.SubElement(element, tag, message=clip(message, _MESSAGE), type=clean(kind))
    outcome.text = clean(text)[:_TEXT] or None


def _borne(each: Mapping[str, Any]) -> str:
    return f"accepted until {each['expires']} ({each['reason']}): {each['rule']}: {each['message']}"


def _told(problem: Mapping[str, Any]) -> str:
    lines: list[str | None] = [
        advice(problem),
        f"reproduce: {problem['reproduce']}" if problem["reproduce"] else None,
        *_findings(problem["findings"]),
    ]
    return "\n".join(line for line in lines if line)


def _findings(findings: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for each in findings:
        yield f"{each['rule']}: {each['message']}"
        yield f"key: {each['key']}"
        noun = Finding(rule="", severity="error", key="", message="", evidence=each["evidence"])
        raised = raised_of(noun)
        if raised is not None:
            yield f"{raised.type}: {raised.message}"
            yield from (f"  {f.file}:{f.line} in {f.function}" for f in raised.frames[-_FRAMES:])
