"""`junit.xml`: a test suite a cell, a test case a case, for the test tabs of CI systems.

It comes in pieces, a suite at a time. Of many cells a traceback is told once a cause, and pins not at all.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from chatkit_harness.causes.group import raised_of
from chatkit_harness.core.nouns import CaseResult, Finding
from chatkit_harness.reports.caught import is_expected, severity_words
from chatkit_harness.reports.rows import planned_cases
from chatkit_harness.reports.stores import store_of, stores_of
from chatkit_harness.reports.text import clean, clip
from chatkit_harness.reports.told import lacking
from chatkit_harness.reports.view import Row, View

_FRAMES = 12
_COUNTED = ("tests", "failures", "errors", "skipped")
_TAGS = {"fail": "failures", "error": "errors", "skipped": "skipped", "unresolvable": "skipped"}


def junit_report(seen: View) -> str:
    """The run as JUnit XML, held whole."""
    return "".join(junit_pieces(seen))


def junit_pieces(seen: View) -> Iterator[str]:
    """The run as JUnit XML; what the run as a whole complains of is a suite of its own."""
    drawing = _Drawing(seen)
    complaints = seen.results.complaints
    totals = Counter(dict.fromkeys(_COUNTED, 0))
    seconds = 0.0
    for row in seen.rows:
        totals.update(drawing.counts(row))
        seconds += sum(round(_seconds(case), 3) for case in row.cases.values())
    totals.update(tests=len(complaints), errors=len(complaints))
    told = "".join(f' {name}="{totals[name]}"' for name in _COUNTED)
    yield '<?xml version="1.0" encoding="utf-8"?>\n'
    yield f'<testsuites name="chatkit-harness"{told} time="{seconds:.3f}">\n'
    for row in seen.rows:
        yield _text(drawing.suite(row))
    if complaints:
        yield _text(_complaints(complaints, seen.results.header.started))
    yield "</testsuites>\n"


def _text(suite: ET.Element) -> str:
    ET.indent(suite, level=1)
    return f"  {ET.tostring(suite, encoding='unicode')}\n"


class _Drawing:
    """Draws one suite after the other; what is the same for all of them is worked out once."""

    def __init__(self, seen: View) -> None:
        self._many = seen.many
        self._stores = len(stores_of(seen.results)) > 1
        self._started = seen.results.header.started
        self._planned = planned_cases(seen.results) if seen.results.interrupted else []
        self._examples = {each.cause.example.get("case"): each for each in seen.told}
        self._causes = {case: each for each in reversed(seen.told) for case in each.cause.cases}

    def counts(self, row: Row) -> Counter[str]:
        """What a row's suite adds to the totals."""
        if not row.cases:
            return Counter({"tests": 1, "errors" if row.cell.unavailable else "skipped": 1})
        left = len(self._left(row))
        counts = Counter({"tests": len(row.cases) + left, "skipped": left})
        for case in row.cases.values():
            if case.outcome in _TAGS:
                counts[_TAGS[case.outcome]] += 1
        return counts

    def suite(self, row: Row) -> ET.Element:
        """A cell with all of its cases."""
        suite = ET.Element("testsuite", name=clean(row.cell.id))
        properties = _properties(row, pins=not self._many)
        if properties:
            told = ET.SubElement(suite, "properties")
            for name, value in properties.items():
                ET.SubElement(told, "property", name=clean(name), value=clean(value))
        suite.extend(self._case(case, row.cell.id) for case in row.cases.values())
        if not row.cases:
            suite.append(_cell_alone(row))
        for path, name in self._left(row):
            element = _testcase(f"{row.cell.id}.{path}", name)
            ET.SubElement(element, "skipped", message="not run")
            suite.append(element)
        return _counted(suite, self.counts(row), self._started)

    def _left(self, row: Row) -> list[tuple[str, str]]:
        """The scenarios that an interrupted run did not come to in a cell that it had begun."""
        if not self._planned or not row.cases:
            return []
        begun = {(case.path, case.scenario) for case in row.cases.values()}
        return [each for each in self._planned if each not in begun]

    def _case(self, case: CaseResult, cell: str) -> ET.Element:
        store = store_of(case) if self._stores else None
        name = f"{case.scenario} ({store})" if store else case.scenario
        element = _testcase(f"{cell}.{case.path}", name, _seconds(case))
        errors = [finding for finding in case.findings if finding.severity == "error"]
        if case.outcome == "fail":
            message = errors[0].message if errors else case.reason or "failed"
            failure = ET.SubElement(element, "failure", message=clip(message, 400))
            failure.set("type", clean(errors[0].rule if errors else "fail"))
            failure.text = self._failure(case)
        elif case.outcome == "error":
            said = case.reason or (errors[0].message if errors else "the harness had trouble of its own")
            ET.SubElement(element, "error", message=clip(said, 400), type="harness")
        elif case.outcome in ("skipped", "unresolvable"):
            ET.SubElement(element, "skipped", message=clip(f"{case.outcome}: {case.reason or ''}", 400))
        expected = [finding for finding in case.findings if is_expected(finding)]
        if case.outcome == "pass" and expected and not self._many:
            told = [f"caught as expected: {finding.rule}: {finding.message}" for finding in expected]
            ET.SubElement(element, "system-out").text = clean("\n".join(told))
        return element

    def _failure(self, case: CaseResult) -> str:
        """What a failing case says: all of it, or of very many the cause, and where that is told in full."""
        cause = self._causes.get(case.id)
        if not self._many or cause is None or case.id in self._examples:
            return "\n\n".join(_told(finding) for finding in case.findings)
        example = cause.cause.example.get("case")
        return clean(f"cause {cause.number}: {cause.title}\ntold in full under {example}")


def _properties(row: Row, *, pins: bool) -> dict[str, str]:
    # What answered on the Agent Builder path: a demonstration has to be known as one.
    servers = {case.server for case in row.cases.values() if case.path == "agent_builder"}
    told = {"agent_builder": ", ".join(map(_answerer, sorted(servers)))} if servers else {}
    if lacking(row.cell):
        told["read alone"] = lacking(row.cell)
    if pins:
        told |= {f"pin.{name}": version for name, version in sorted(row.cell.pins.items())}
    elif row.cell.lock:
        told["lock"] = row.cell.lock
    return told


def _answerer(server: str) -> str:
    return "demonstration: the built-in workflow" if server == "workflow" else server


def _testcase(where: str, name: str, seconds: float = 0.0) -> ET.Element:
    return ET.Element("testcase", classname=clean(where), name=clean(name), time=f"{seconds:.3f}")


def _seconds(case: CaseResult) -> float:
    return (case.timing.get("driver_ms") or case.timing.get("total_ms") or 0.0) / 1000


def _cell_alone(row: Row) -> ET.Element:
    """A cell that came to nothing before it had a case."""
    element = _testcase(row.cell.id, "(cell)")
    kind = "error" if row.cell.unavailable else "skipped"
    outcome = ET.SubElement(element, kind, message=clip(row.reason or "not run", 400))
    if kind == "error":
        outcome.set("type", "harness")
    return element


def _told(finding: Finding) -> str:
    lines = [f"[{severity_words(finding)}] {finding.rule}: {finding.message}"]
    raised = raised_of(finding)
    if raised is not None:
        lines.append(f"{raised.type}: {raised.message}")
        lines += [f"  {f.file}:{f.line} in {f.function}" for f in raised.frames[-_FRAMES:]]
    return clean("\n".join(lines))


def _complaints(complaints: Sequence[Mapping[str, str]], started: str) -> ET.Element:
    suite = ET.Element("testsuite", name="run")
    for n, complaint in enumerate(complaints, start=1):
        element = _testcase("run", f"{complaint.get('code', 'harness')} {n}")
        said = " ".join(complaint.get(key, "") for key in ("culprit", "cause", "next_step"))
        ET.SubElement(element, "error", message=clip(said, 600), type=clean(complaint.get("code", "harness")))
        suite.append(element)
    return _counted(suite, Counter(tests=len(complaints), errors=len(complaints)), started)


def _counted(suite: ET.Element, counts: Counter[str], started: str) -> ET.Element:
    for name in _COUNTED:
        suite.set(name, str(counts[name]))
    suite.set("time", f"{sum(float(case.get('time', '0')) for case in suite.iterfind('testcase')):.3f}")
    # The schema that CI systems share knows a time without a zone only.
    suite.set("timestamp", clean(started)[:19])
    return suite
