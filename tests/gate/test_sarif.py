"""A gate's answer as code scanning takes it.

The whole form is the standard's, SARIF 2.1.0; what is asserted here is what its readers rely on.
"""

from __future__ import annotations

import json
from typing import Any

from tests.gate.answers import FOUND, accepted, answer, case, crowd, finding, liar, problem

from chatkit_harness.gate.sarif import sarif


def run_of(document: dict[str, Any]) -> dict[str, Any]:
    told = json.loads(sarif(document))
    assert (told["version"], len(told["runs"])) == ("2.1.0", 1)
    run: dict[str, Any] = told["runs"][0]
    return run


def result_of(**more: Any) -> dict[str, Any]:
    (result,) = run_of(answer(problems=[problem(**more)], cases=[case("new_failure")]))["results"]
    return dict(result)


def test_a_problem_is_an_error_at_the_line_to_change() -> None:
    result = result_of(culprit=FOUND)
    assert (result["level"], result["ruleId"], result["suppressions"]) == ("error", "run/exception", [])
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "deploy/requirements.txt", "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": 3},
            }
        }
    ]
    assert result["message"]["text"].startswith("It raised.\nCases: quote.\nopenai 2.45.0 and later")
    assert result["properties"]["constraint"] == "openai<2.45.0"


def test_pairs_have_no_place() -> None:
    assert "locations" not in result_of(place=None)


def test_places_are_addresses() -> None:
    def uri(file: str) -> str:
        place = result_of(place={"file": file, "line": 1})["locations"][0]["physicalLocation"]
        return str(place["artifactLocation"]["uri"])

    assert uri("a b/ü#1.txt") == "a%20b/%C3%BC%231.txt"
    assert uri("/elsewhere/uv.lock") == "file:///elsewhere/uv.lock"


def test_a_fingerprint_is_of_the_key_and_not_of_the_words() -> None:
    one, other = (
        result_of(message=words)["partialFingerprints"] for words in ("It raised.", "It fell over.")
    )
    assert one == other
    assert one != result_of(key="other")["partialFingerprints"]


def test_rules_are_listed_once_and_pointed_at() -> None:
    broken = [problem(), problem(finding("b")), problem(finding("c", rule="wire/event-gone"))]
    run = run_of(answer(problems=broken, cases=[case("new_failure")]))
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == ["run/exception", "wire/event-gone"]
    assert [rules[result["ruleIndex"]] for result in run["results"]] == [each["rule"] for each in broken]


def test_what_is_accepted_is_suppressed_with_its_reason() -> None:
    (result,) = run_of(answer(accepted=[accepted()]))["results"]
    assert result["suppressions"] == [
        {"kind": "external", "status": "accepted", "justification": "mended upstream (until 2026-12-31)"}
    ]


def test_a_stale_entry_is_told_where_it_stands() -> None:
    place = {"file": "chatkit-baseline.yaml", "line": 9}
    (result,) = run_of(answer(baseline=[{"message": "It no longer occurs.", "place": place}]))["results"]
    assert result["ruleId"] == "gate/baseline"
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 9}


def test_what_could_not_be_judged_is_a_notification() -> None:
    run = run_of(answer(doubts=["No index."]))
    assert run["results"] == []
    assert run["invocations"] == [
        {
            "executionSuccessful": False,
            "exitCode": 3,
            "toolExecutionNotifications": [{"level": "error", "message": {"text": "No index."}}],
        }
    ]


def test_hostile_text_is_clean_and_short() -> None:
    told = sarif(liar())
    assert told.isascii()
    for result in json.loads(told)["runs"][0]["results"]:
        assert not set(result["message"]["text"]) & {"\x1b", "\x00", "\u202e", "\ud800"}
        assert len(result["message"]["text"]) <= 4000


def test_ten_thousand_problems_are_what_code_scanning_takes() -> None:
    told = sarif(crowd())
    assert len(json.loads(told)["runs"][0]["results"]) == 20_000
    assert len(told) < 50_000_000
