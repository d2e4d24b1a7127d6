"""The list of rules is whole: each that any check, any contract or the gate can tell stands in it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import chatkit_harness
from chatkit_harness.checks import CHECKS
from chatkit_harness.checks.rules import RULES, checks_for
from chatkit_harness.gate.findings import RULES as COMPARING

ROOT = Path(chatkit_harness.__file__).parent
FACTORIES: dict[tuple[str, str], tuple[str, int]] = {
    ("text.py", "_finding"): ("text/", 0),
    ("http_answers.py", "_finding"): ("run/", 0),
    ("widgets.py", "_made"): ("widgets/", 1),
    ("expect.py", "finding"): ("expect/", 0),
    ("expect.py", "_wrong_arguments"): ("expect/", 0),
    ("expect_client.py", "finding"): ("expect/", 0),
    ("expect_order.py", "finding"): ("expect/", 0),
    ("incidents.py", "_finding"): ("", 0),
    ("leaving.py", "_finding"): ("run/", 1),
    ("store.py", "_finding"): ("store/", 0),
    ("store_order.py", "_finding"): ("store/", 0),
    ("store_read.py", "_made"): ("store/", 1),
    ("wire_shapes.py", "finding"): ("", 0),
    ("wire_documents.py", "finding"): ("", 0),
    ("thread_events.py", "finding"): ("", 0),
    ("wire.py", "_change"): ("wire/", 0),
    ("reasons.py", "_violation"): ("widgets/", 0),
}
"""Functions that make findings of a rule that they are told, by file: what goes before it, and its place.

Elsewhere `finding` is that of `chart_turns`.
"""

COMPUTED: dict[str, dict[str, tuple[str, ...]]] = {
    "expect.py": {"rule": ()},  # of _wrong_arguments, whose callers are read
    "widgets.py": {"violation.rule": ()},  # of the contracts, which are read
    "thread_events.py": {"_RULE": ("run/invalid-event",)},
    "wire_documents.py": {"REQUEST": ("run/invalid-request",), "ANSWER": ("run/invalid-answer",)},
    "incidents.py": {"rule": ("run/rejected", "run/raised")},
    "chart_expected.py": {"f'wrong-{name}'": ("commands/wrong-symbol", "commands/wrong-timeframe")},
    "reasons.py": {"rule": ("widgets/wrong-type", "widgets/wrong-value")},
}
"""Rules that are no plain text where they are told, and what they can be."""

FORMS = {
    "text.py": ("f'text/{what}'", "finding.rule"),
    "http_answers.py": ("f'run/{what}'",),
    "widgets.py": ("f'widgets/{rule}'",),
    "client.py": ("f'client/{violation.rule}'",),
    "client_faults.py": ("f'unknown-{kind}'",),
    "scope.py": ("f'expect/{what}'",),
    "chart_turns.py": ("f'commands/{what}'",),
    "incidents.py": ("rule",),
    "latency.py": ("f'latency/{short}'",),
    "thread_events.py": ("finding.rule", "_RULE"),
    "wire_shapes.py": ("rule",),
    "findings.py": ("f'wire/{change.what}'", "FAILURE[0]", "LATENCY[0]"),
    "reasons.py": ("rule",),
    "leaving.py": ("f'run/{what}'",),
    "store.py": ("f'store/{what}'",),
    "store_order.py": ("f'store/{what}'",),
    "store_read.py": ("f'store/{rule}'",),
    "dropped.py": ("rule",),
    "exams.py": ("f'{kind}/{breach.rule}'",),  # the exams in the cell are read one by one in tests/incell
}
"""What a finding's rule may be besides a plain text: its factories are named above."""


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield getattr(node.func, "attr", getattr(node.func, "id", "")), node


def told(path: Path) -> Iterator[str]:
    """The rules that a module can tell. Fails on a way of making findings that nobody has named here."""
    prefix = "widgets/" if path.parent.name == "contracts" else ""
    for name, call in calls(path):
        given = [each.value for each in call.keywords if each.arg == "rule"]
        if name in ("Finding", "Violation") and given:
            if isinstance(given[0], ast.Constant):
                yield prefix + str(given[0].value)
            else:
                form = ast.unparse(given[0])
                assert form in FORMS.get(path.name, ()), f"{path.name}: {form} is a new way to tell a rule"
        elif (path.name, name) in FACTORIES or name == "finding":
            before, place = FACTORIES.get((path.name, name), ("commands/", 0))
            yield from _told(call.args[place], before, path.name)


def _told(rule: ast.expr, before: str, file: str) -> Iterator[str]:
    if isinstance(rule, ast.Constant):
        yield before + str(rule.value)
    else:
        form = ast.unparse(rule)
        assert form in COMPUTED.get(file, {}), f"{file}: {form} is a rule that nobody can read"
        yield from COMPUTED[file][form]


def words(name: str, pattern: str) -> set[str]:
    """What the text of a module says in quotes, in this form."""
    return set(re.findall(rf'"({pattern})"', (ROOT / name).read_text(encoding="utf-8")))


def all_told() -> set[str]:
    files = [*(ROOT / "checks").glob("*.py"), *(ROOT / "contracts").glob("*.py")]
    files += [ROOT / "gate/wire.py", ROOT / "gate/findings.py"]
    found = {rule for file in files for rule in told(file)}
    dropped = words("contracts/dropped.py", r"dropped-[a-z]+|changed-[a-z]+")
    # Of a component that stands where it may not the rule is chosen on the spot.
    misplaced = words("contracts/reasons.py", r"unknown-component|not-allowed-here")
    times = {word.removesuffix("_ms").replace("_", "-") for word in words("checks/latency.py", r"[a-z_]+_ms")}
    found |= {f"widgets/{word}" for word in dropped | misplaced}
    # By the client's schemas the same is told as by the server's, but that nothing can be told.
    judged = {rule.removeprefix("widgets/") for rule in told(ROOT / "contracts/reasons.py")}
    found |= {f"client/{word}" for word in (judged | misplaced | {"unknown-effect"}) - {"too-deep"}}
    found |= {f"latency/{word}" for word in times & {"first-event", "widget", "total"}}
    return found


def test_the_list_is_what_the_sources_tell() -> None:
    listed = {rule for rules in RULES.values() for rule in rules} | set(COMPARING)
    assert all_told() - listed == set(), "told, and not in the list"
    of_exams = {*RULES["contract"], *RULES["conformance"]}
    never = listed - all_told() - of_exams
    assert never == {"gate/failure", "gate/latency"}, "in the list, and never told"


def test_every_check_has_its_rules_and_no_rule_has_two() -> None:
    assert RULES.keys() == CHECKS.keys()
    rules = [rule for each in RULES.values() for rule in each]
    assert len(rules) == len(set(rules))
    assert all(rule.startswith((f"{check}/", "upstream/")) for check in RULES for rule in RULES[check])


@pytest.mark.parametrize("says", [*RULES.values(), COMPARING], ids=[*RULES, "gate"])
def test_every_rule_says_in_a_short_sentence_what_was_seen(says: Mapping[str, str]) -> None:
    for rule, sentence in says.items():
        assert sentence.strip() == sentence, rule
        assert 12 <= len(sentence) <= 100, rule
        assert " " in sentence, rule
        assert not sentence.endswith("."), rule
        assert sentence not in (rule, rule.partition("/")[2].replace("-", " ")), rule


def test_no_two_rules_of_a_check_say_the_same() -> None:
    for says in (*RULES.values(), COMPARING):
        assert len(set(says.values())) == len(says)


@pytest.mark.parametrize(
    ("rule", "checks"),
    [
        ("widgets/empty", ["widgets"]),
        ("upstream/history", ["run"]),
        ("wire/order", []),
        ("expect/finding-missing", [*CHECKS]),
    ],
)
def test_a_rule_takes_its_check(rule: str, checks: list[str]) -> None:
    assert list(checks_for(rule)) == checks
