"""Answers of a gate as documents, made by hand, and liars among them."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

SCHEMAS = Path(__file__).parents[2] / "schemas"
QUOTE = {"path": "native", "scenario": "quote", "server": "reference", "store": "memory", "client": "none"}
NEWS = {**QUOTE, "scenario": "news"}
HERE = {"file": "deploy/requirements.txt", "line": 3}
EVIL = "\x1b[31m\u202e\x00</pre>]]>\n::error::x ##[error]y `tick` **bold** <b> @team | \ud800 %0A"
"""What a broken server may say: escapes, text that runs backwards, markup, commands, half a character."""

FOUND = {
    "verdict": "found",
    "changes": [{"name": "openai", "base": "2.30.0", "candidate": "2.46.0"}],
    "first_bad": {"name": "openai", "version": "2.45.0"},
    "constraint": "openai<2.45.0",
    "verified": True,
    "text": "openai 2.45.0 and later break it.",
}


def finding(key: str = "boom", message: str = "It raised.", rule: str = "run/exception") -> dict[str, Any]:
    return {"rule": rule, "key": key, "message": message, "evidence": {}}


def problem(
    *findings: dict[str, Any],
    cases: list[dict[str, str]] | None = None,
    place: dict[str, Any] | None = HERE,
    **more: Any,
) -> dict[str, Any]:
    """One cause, of one finding where none is given."""
    told = list(findings) or [finding()]
    filled = {"title": told[0]["message"], "findings": told, "cases": cases or [QUOTE], "culprit": None}
    return {**told[0], **filled, "reproduce": "chatkit-harness run --scenario quote", "place": place, **more}


def case(change: str = "same_pass", key: dict[str, str] = QUOTE, **more: Any) -> dict[str, Any]:
    sides = {"new_failure": ("pass", "fail"), "fixed": ("fail", "pass"), "same_failure": ("fail", "fail")}
    base, candidate = sides.get(change, ("pass", "pass"))
    usual = {"base": base, "candidate": candidate, "base_ms": 10.0, "candidate_ms": 1500.0}
    return {**key, "change": change, **usual, "new": [], "gone": [], "why": None, **more}


def wire(effect: str = "breaking") -> dict[str, Any]:
    gone = {"change": "event-gone", "place": "thread.created", "effect": effect, "why": "It is gone."}
    return {**gone, "key": "wire/event-gone thread.created", "cases": [QUOTE]}


def accepted(**more: Any) -> dict[str, Any]:
    known = {"cases": [QUOTE], "reason": "mended upstream", "expires": "2026-12-31"}
    return {**finding(), **known, "place": {"file": "chatkit-baseline.yaml", "line": 4}, **more}


def answer(**more: Any) -> dict[str, Any]:
    """A document that is valid by the schema; safe, unless something in it says otherwise."""
    side: dict[str, Any] = {
        "named": "main:uv.lock",
        "revision": None,
        "cell": "c",
        "chatkit": "1.6.5",
        "agents": "0.18.1",
    }
    side |= {"python": "3.11.7", "lock": "", "unresolvable": None, "unavailable": None, "place": HERE}
    cases = more.setdefault("cases", [case()])
    kinds = ("new_failure", "other_failure", "fixed", "same_failure", "same_pass", "incomparable")
    broken = bool(more.get("problems") or more.get("baseline"))
    word = "breaks" if broken else "inconclusive" if more.get("doubts") else "safe"
    told: dict[str, Any] = {
        "schema_version": 1,
        "harness_version": "0.1.0",
        "verdict": word,
        "status": {"safe": 0, "breaks": 1, "inconclusive": 3}[word],
        "base": side,
        "candidate": {**side, "named": "uv.lock"},
        "pins": [{"name": "openai", "base": "2.30.0", "candidate": "2.46.0"}],
        "summary": {kind: sum(each["change"] == kind for each in cases) for kind in kinds},
        **{name: [] for name in ("problems", "baseline", "accepted", "doubts", "notes", "wire")},
        "base_is_broken": False,
        "latency": {"verdict": "same", "ratio": 1.1, "budget": 1.5, "turns": 9, "chance": 0.4},
        "update": None,
        **more,
    }
    require_valid(told, "gate")
    return told


def require_valid(document: Any, schema: str) -> None:
    """Fail with the first thing that the schema forbids."""
    known = json.loads((SCHEMAS / f"{schema}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(known)
    Draft202012Validator(known).validate(document)


def liar() -> dict[str, Any]:
    """An answer in which everything that others say is hostile."""
    evil = {**QUOTE, "scenario": EVIL}
    broken = problem(finding(EVIL, EVIL), cases=[evil], reproduce=EVIL, place={"file": EVIL, "line": 1})
    culprit = {**FOUND, "text": EVIL, "constraint": EVIL}
    told = {"message": EVIL, "place": None}
    return answer(
        problems=[{**broken, "culprit": culprit}],
        cases=[case("new_failure", evil, why=EVIL)],
        accepted=[accepted(message=EVIL, reason=EVIL)],
        doubts=[EVIL],
        notes=[told],
        baseline=[told],
        wire=[{**wire(), "place": EVIL, "why": EVIL}],
    )


@functools.cache
def crowd(number: int = 10_000) -> dict[str, Any]:
    """An answer with very many long findings."""
    keys = [{**QUOTE, "scenario": f"scenario-{n}"} for n in range(number)]
    long = [finding(f"key {n} " + "k" * 200, f"{n}: " + "m" * 500) for n in range(number)]
    return {
        **answer(problems=[problem()]),
        "problems": [problem(each, cases=[key]) for each, key in zip(long, keys, strict=True)],
        "cases": [case("new_failure", key) for key in keys],
        "doubts": [f"doubt {n} " + "d" * 300 for n in range(number)],
        "baseline": [{"message": f"stale {n}", "place": HERE} for n in range(number)],
    }
