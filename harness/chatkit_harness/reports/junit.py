"""`junit.xml`: a test suite a cell, a test case a case, for the test tabs of CI systems."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping, Sequence

from chatkit_harness.causes.group import raised_of
from chatkit_harness.core.nouns import CaseResult, Finding
from chatkit_harness.reports.caught import is_expected, severity_words
from chatkit_harness.reports.rows import planned_cases
from chatkit_harness.reports.text import clean, clip
from chatkit_harness.reports.view import Row, View
from chatkit_harness.results import Results

_FRAMES = 12


def junit_report(seen: View) -> str:
    """The run as JUnit XML; what the run as a whole complains of is a suite of its own."""
    root = ET.Element("testsuites", name="chatkit-harness")
    for row in seen.rows:
        root.append(_suite(row, seen.results))
    if seen.results.complaints:
        root.append(_complaints(seen.results.complaints, seen.results.header.started))
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    root.set("time", f"{sum(float(suite.get('time', '0')) for suite in root):.3f}")
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(row: Row, results: Results) -> ET.Element:
    suite = ET.Element("testsuite", name=clean(row.cell.id))
    # What answered on the Agent Builder path: a demonstration has to be known as one.
    servers = {case.server for case in row.cases.values() if case.path == "agent_builder"}
    told = {"agent_builder": ", ".join(map(_answerer, sorted(servers)))} if servers else {}
    told |= {f"pin.{name}": version for name, version in sorted(row.cell.pins.items())}
    if told:
        properties = ET.SubElement(suite, "properties")
        for name, value in told.items():
            ET.SubElement(properties, "property", name=clean(name), value=clean(value))
    cases = [_case(case, row.cell.id) for case in row.cases.values()]
    suite.extend([*cases, *_left(row, results)] if cases else [_cell_alone(row)])
    return _counted(suite, results.header.started)


def _answerer(server: str) -> str:
    return "demonstration: the built-in workflow" if server == "workflow" else server


def _left(row: Row, results: Results) -> Iterator[ET.Element]:
    """The scenarios that an interrupted run did not come to in a cell that it had begun."""
    begun = {(case.path, case.scenario) for case in row.cases.values()}
    for path, name in planned_cases(results) if results.interrupted else ():
        if (path, name) not in begun:
            where = clean(f"{row.cell.id}.{path}")
            element = ET.Element("testcase", classname=where, name=clean(name), time="0.000")
            ET.SubElement(element, "skipped", message="not run")
            yield element


def _case(case: CaseResult, cell: str) -> ET.Element:
    seconds = (case.timing.get("driver_ms") or case.timing.get("total_ms") or 0.0) / 1000
    element = ET.Element(
        "testcase",
        classname=clean(f"{cell}.{case.path}"),
        name=clean(case.scenario),
        time=f"{seconds:.3f}",
    )
    errors = [finding for finding in case.findings if finding.severity == "error"]
    if case.outcome == "fail":
        message = errors[0].message if errors else case.reason or "failed"
        failure = ET.SubElement(element, "failure", message=clip(message, 400))
        failure.set("type", clean(errors[0].rule if errors else "fail"))
        failure.text = "\n\n".join(_told(finding) for finding in case.findings)
    elif case.outcome == "error":
        said = case.reason or (errors[0].message if errors else "the harness had trouble of its own")
        ET.SubElement(element, "error", message=clip(said, 400), type="harness")
    elif case.outcome in ("skipped", "unresolvable"):
        ET.SubElement(element, "skipped", message=clip(f"{case.outcome}: {case.reason or ''}", 400))
    expected = [finding for finding in case.findings if is_expected(finding)]
    if case.outcome == "pass" and expected:
        told = [f"caught as expected: {finding.rule}: {finding.message}" for finding in expected]
        ET.SubElement(element, "system-out").text = clean("\n".join(told))
    return element


def _cell_alone(row: Row) -> ET.Element:
    """A cell that came to nothing before it had a case."""
    element = ET.Element("testcase", classname=clean(row.cell.id), name="(cell)", time="0.000")
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
        name = f"{complaint.get('code', 'harness')} {n}"
        element = ET.SubElement(suite, "testcase", classname="run", name=clean(name), time="0.000")
        said = " ".join(complaint.get(key, "") for key in ("culprit", "cause", "next_step"))
        ET.SubElement(element, "error", message=clip(said, 600), type=clean(complaint.get("code", "harness")))
    return _counted(suite, started)


def _counted(suite: ET.Element, started: str) -> ET.Element:
    cases = suite.findall("testcase")
    suite.set("tests", str(len(cases)))
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(attribute, str(sum(case.find(tag) is not None for case in cases)))
    suite.set("time", f"{sum(float(case.get('time', '0')) for case in cases):.3f}")
    # The schema that CI systems share knows a time without a zone only.
    suite.set("timestamp", clean(started)[:19])
    return suite
