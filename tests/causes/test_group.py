from __future__ import annotations

import dataclasses

from tests.reports import sample

from chatkit_harness.causes import group
from chatkit_harness.core.nouns import CaseResult, Cell, Finding
from chatkit_harness.core.transcript import Frame, Raised, Subject


def raised_in(distribution: str | None, version: str, *, line: int = 10, message: str = "no") -> Raised:
    frame = Frame(file="lib/thing.py", function="work", line=line, distribution=distribution, version=version)
    return Raised(type="builtins.ValueError", message=message, frames=(frame,))


def failing(cell: Cell, *findings: Finding, scenario: str = "quote-aapl") -> CaseResult:
    return sample.case(cell, scenario, "fail", findings=findings)


def test_one_root_in_many_cells_is_one_cause() -> None:
    cells, cases = sample.matrix()
    (cause,) = group(cases, cells)
    assert cause.title == (
        "pydantic ValidationError: InputTokensDetails.cache_write_tokens missing (a class of openai 2.54.0), "
        "raised by openai-agents 0.5.1 in agents/usage.py: <lambda>"
    )
    assert cause.culprit == "openai-agents 0.5.1"
    assert len(cause.cases) == 16
    assert len(cause.example["cells"]) == 2


def test_the_key_is_the_same_in_every_version_line_and_message() -> None:
    one = failing(sample.cell(), sample.finding(raised_in("a", "1.0", line=3, message="at 0x7f01 in /tmp/x")))
    other = failing(
        sample.cell("1.6.5"), sample.finding(raised_in("a", "2.3", line=9, message="at 0x8e02 in /srv/y"))
    )
    (cause,) = group([one, other], [])
    assert cause.key == "ValueError(at ADDRESS in PATH)@a:work"
    assert cause.culprit == "a 1.0, 2.3"


def test_places_and_types_are_told_apart() -> None:
    cell = sample.cell()
    other_type = dataclasses.replace(raised_in("a", "1"), type="builtins.KeyError")
    cases = [
        failing(cell, sample.finding(raised_in("a", "1"))),
        failing(cell, sample.finding(raised_in("b", "1")), scenario="news-tsla"),
        failing(cell, sample.finding(other_type), scenario="two-turns"),
    ]
    assert len(group(cases, [cell])) == 3


def test_imports_of_different_names_at_one_place_are_different_roots() -> None:
    def missing(name: str) -> Raised:
        raised = raised_in(None, "")
        return dataclasses.replace(
            raised, type="builtins.ImportError", message=f"cannot import name '{name}' from 'agents'"
        )

    cases = [
        failing(sample.cell(), sample.finding(missing(name)), scenario=name) for name in ("Runner", "Agent")
    ]
    assert {cause.key for cause in group(cases, [])} == {
        "ImportError(agents.Runner)@server",
        "ImportError(agents.Agent)@server",
    }


def test_what_follows_from_an_exception_is_no_cause_of_its_own() -> None:
    lacks = sample.finding(None, rule="expect/widgets", key="expect/widgets", message="no widget came")
    (cause,) = group([failing(sample.cell(), lacks, sample.finding())], [])
    assert cause.culprit == "openai-agents 0.5.1"


def test_without_an_exception_each_finding_is_a_cause() -> None:
    icon = sample.finding(None, rule="widgets/prop", key="widgets/icon", message="no such icon")
    late = sample.finding(None, rule="latency/total", key="latency/total", message="too slow")
    causes = group([failing(sample.cell(), icon, late), failing(sample.cell("1.6.5"), late)], [])
    assert [(cause.key, len(cause.cases)) for cause in causes] == [("latency/total", 2), ("widgets/icon", 1)]
    assert causes[0].title == "too slow"
    assert causes[0].culprit is None


def test_warnings_and_passing_cases_cause_nothing() -> None:
    note = dataclasses.replace(sample.finding(), severity="note")
    assert group([sample.case(sample.cell(), findings=(note,))], [sample.cell()]) == ()


def test_the_deepest_exception_of_a_chain_counts() -> None:
    outer = dataclasses.replace(raised_in("wrapper", "1"), cause=raised_in("inner", "3.1"))
    (cause,) = group([failing(sample.cell(), sample.finding(outer))], [])
    assert cause.culprit == "inner 3.1"


def test_what_left_the_machine_is_told_beside_an_exception() -> None:
    leak = sample.finding(None, rule="run/leak", key="run/leak 192.0.2.78:443", message="it asked 192.0.2.78")
    causes = group([failing(sample.cell(), sample.finding(raised_in("a", "1")), leak)], [])
    assert {cause.key for cause in causes} == {"ValueError(no)@a:work", "run/leak 192.0.2.78:443"}


def late(scenario: str, cell: Cell) -> CaseResult:
    slow = sample.finding(None, rule="latency/total", key="latency/total", message="it took 3226 ms")
    return dataclasses.replace(failing(cell, slow, scenario=scenario), confirmed=True)


def test_a_budget_that_was_passed_once_is_blamed_on_no_release() -> None:
    red, green = sample.cell(), sample.cell(agents="0.24.0")
    (once,) = group([late("quote-aapl", red), sample.case(green)], [red, green])
    assert (once.suspect, once.advice, once.confirmed, once.example["fleeting"]) == (None, None, False, True)
    often = [late(name, red) for name in ("a", "b", "c")] + [
        sample.case(green, name) for name in ("a", "b", "c")
    ]
    (again,) = group(often, [red, green])
    assert again.suspect is not None
    assert again.confirmed


def invoked(raised: Raised) -> Raised:
    """What agents make of an exception."""
    line = {"file": "agents/mcp/util.py", "function": "invoke_mcp_tool", "line": 209}
    frame = Frame(distribution="openai-agents", version="0.7.0", **line)  # type: ignore[arg-type]
    return Raised(type="agents.exceptions.AgentsException", message="Error", frames=(frame,), cause=raised)


def test_what_agents_raise_from_a_third_partys_exception_is_theirs_and_one_cause() -> None:
    cell = sample.cell()
    slow = failing(cell, sample.finding(invoked(raised_in("anyio", "4.0", message=""))), scenario="slow")
    crash = failing(cell, sample.finding(invoked(raised_in("mcp", "1.0"))), scenario="crashes")
    (cause,) = group([slow, crash], [cell])
    assert cause.culprit == "openai-agents 0.7.0"
    assert cause.title.endswith("raised anew by openai-agents 0.7.0 in agents/mcp/util.py: invoke_mcp_tool")
    apart = [failing(cell, sample.finding(raised_in(name, "1")), scenario=name) for name in ("anyio", "mcp")]
    assert len(group(apart, [cell])) == 2


def test_what_the_server_raised_stays_the_servers_whoever_raises_it_anew() -> None:
    (cause,) = group([failing(sample.cell(), sample.finding(invoked(raised_in(None, ""))))], [])
    assert cause.culprit is None


def test_the_servers_own_code_is_nobodys_distribution() -> None:
    (cause,) = group([failing(sample.cell(), sample.finding(raised_in(None, "")))], [])
    assert cause.culprit is None
    assert "raised by the server's own code in lib/thing.py: work" in cause.title


def test_many_versions_are_told_as_a_range_in_their_own_order() -> None:
    cases = [
        failing(sample.cell(agents=f"0.{n}.0"), sample.finding(raised_in("a", f"0.{n}.0"))) for n in range(12)
    ]
    (cause,) = group(cases, [])
    assert cause.culprit == "a 0.0.0 to 0.11.0"


def of_module(version: str, raiser: str = "a") -> Raised:
    subject = Subject(name="b.thing", distribution="b", version=version)
    message = "module 'b.thing' has no attribute 'x'"
    raised = raised_in(raiser, "1.0", message=message)
    return dataclasses.replace(raised, type="builtins.AttributeError", subject=subject)


def test_the_definer_is_told_with_its_versions_and_the_key_has_none() -> None:
    cases = [failing(sample.cell(agents=n), sample.finding(of_module(n))) for n in ("0.1.0", "0.2.0")]
    (cause,) = group(cases, [])
    assert "(a module of b 0.1.0, 0.2.0), raised by a 1.0 in lib/thing.py" in cause.title
    assert cause.key == "AttributeError(b.thing.x)@a of b"


def test_who_defines_and_raises_is_named_once() -> None:
    (cause,) = group([failing(sample.cell(), sample.finding(of_module("1.0", raiser="b")))], [])
    assert "a module of" not in cause.title


def test_a_definer_that_one_case_cannot_tell_splits_no_cause() -> None:
    known = of_module("0.1.0")
    cases = [
        failing(sample.cell(agents=str(n)), sample.finding(raised))
        for n, raised in enumerate((known, dataclasses.replace(known, subject=None)))
    ]
    (cause,) = group(cases, [])
    assert (cause.key, len(cause.cases)) == ("AttributeError(b.thing.x)@a of b", 2)


def test_two_definers_of_one_name_are_two_causes() -> None:
    other = dataclasses.replace(of_module("0.1.0"), subject=Subject(name="c.thing", distribution="c"))
    cases = [
        failing(sample.cell(agents=str(n)), sample.finding(raised))
        for n, raised in enumerate((of_module("0.1.0"), other))
    ]
    assert len(group(cases, [])) == 2


def test_one_fault_at_two_places_is_one_cause_that_says_so() -> None:
    moved = dataclasses.replace(
        of_module("1"), frames=(dataclasses.replace(of_module("1").frames[0], function="renamed"),)
    )
    cases = [
        failing(sample.cell(agents=str(n)), sample.finding(raised))
        for n, raised in enumerate((of_module("1"), moved))
    ]
    (cause,) = group(cases, [])
    assert cause.title.endswith(" and 1 other place")


def test_findings_of_one_check_that_always_go_together_are_one_cause() -> None:
    lacks = sample.finding(None, rule="expect/tool-missing", key="expect/tool-missing", message="not called")
    shows = sample.finding(None, rule="expect/widget-missing", key="expect/widget", message="no Card")
    late = sample.finding(None, rule="latency/total", key="latency/total", message="too slow")
    causes = group([failing(cell, lacks, shows, late) for cell in (sample.cell(), sample.cell("1.6.5"))], [])
    assert [cause.key for cause in causes] == ["expect/tool-missing", "latency/total"]
    assert causes[0].title == "not called (in the same cases: no Card)"
    alone = failing(sample.cell("1.4.0"), lacks)
    assert len(group([failing(sample.cell(), lacks, shows), alone], [])) == 2


def test_unresolvable_cells_are_grouped_by_the_reason_and_told_after_failures() -> None:
    cells = [
        sample.cell(agents=f"0.{n}.0", unresolvable=f"chatkit wants agents>=0.3.2, not 0.{n}.0")
        for n in (1, 2)
    ]
    lost = [sample.case(cell, name, "unresolvable") for cell in cells for name in "ab"]
    red = failing(sample.cell(), sample.finding())
    causes = group([*lost, red], [*cells, sample.cell()])
    assert [len(cause.cases) for cause in causes] == [1, 4]
    assert causes[1].title.startswith("no set of pins exists: chatkit wants")


def test_a_cell_without_cases_still_has_its_cause() -> None:
    cell = sample.cell(unavailable="the index does not answer")
    (cause,) = group([], [cell])
    assert cause.cases == ()
    assert cause.example["cells"] == [cell.id]
    assert "the index does not answer" in cause.title


def test_evidence_that_is_no_exception_is_not_taken_for_one() -> None:
    odd = dataclasses.replace(
        sample.finding(None, key="run/odd", message="odd"), evidence={"raised": "what?"}
    )
    (cause,) = group([failing(sample.cell(), odd)], [])
    assert cause.key == "run/odd"


def breach(rule: str, exam: str, message: str) -> Finding:
    return Finding(rule=rule, severity="error", key=f"{rule} {exam}", message=message)


def test_one_rule_broken_in_the_same_words_in_several_exams_is_one_cause() -> None:
    said = "adding an item raised ValueError: no place for {}"
    cases = [
        failing(sample.cell(), breach("contract/raised", exam, said.format(number)), scenario=exam)
        for number, exam in enumerate(("order", "paging", "crash"))
    ]
    (cause,) = group(cases, [sample.cell()])
    assert (len(cause.cases), cause.key) == (3, "contract/raised crash")


def test_other_words_and_other_rules_of_exams_stay_apart() -> None:
    cases = [
        failing(sample.cell(), breach(rule, exam, message), scenario=exam)
        for rule, exam, message in (
            ("contract/raised", "order", "adding raised ValueError"),
            ("contract/raised", "paging", "listing raised ValueError"),
            ("conformance/raised", "rename", "adding raised ValueError"),
            ("widgets/odd", "quote-aapl", "odd"),
            ("widgets/odd", "news-tsla", "odd"),
        )
    ]
    assert len(group(cases, [sample.cell()])) == 5
